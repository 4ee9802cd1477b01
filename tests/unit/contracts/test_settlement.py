"""The closing account: a table of endings."""

from datetime import date
from uuid import UUID

import pytest

from yunhu.domains.contracts.settlement import Account, Closing, Metered, MissedDay, close
from yunhu.domains.contracts.terms import Item
from yunhu.domains.contracts.words import ItemKind, Period, ShortfallKind, Side

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
HALF = date(2026, 7, 2)
"""The 183rd day of 365."""


def sold(kind: ItemKind, quota: int, price: int) -> Item:
    return Item(
        id=UUID(int=len(kind)),
        kind=kind,
        name=kind,
        unit="piece",
        quota=quota,
        price=price,
        period=Period.TERM,
        first_day=FIRST,
        last_day=LAST,
    )


ITEMS = (
    sold(ItemKind.ROBOT, 2, 4_400_000),
    sold(ItemKind.VOICE_NOTIFICATION, 1_380_000, 13_800_000),
    sold(ItemKind.CALL_CARD, 1_380_000, 6_700_000),
)
USED = {
    ItemKind.VOICE_NOTIFICATION: Metered(500_000, 5_000_000),
    ItemKind.CALL_CARD: Metered(500_000, 2_427_536),
}


def closing(
    *,
    ended_on: date = LAST,
    ended_by: Side = Side.NOBODY,
    paid: int = 24_900_000,
    fee: int = 0,
    missed: tuple[MissedDay, ...] = (),
    began: bool = True,
) -> Account:
    return close(
        Closing(
            items=ITEMS,
            began=began,
            ended_on=ended_on,
            ended_by=ended_by,
            used=USED if began else {},
            missed=missed,
            paid=paid,
            fee=fee,
        )
    )


def test_given_a_full_year_when_closed_then_time_is_paid_whole_and_pieces_by_use() -> None:
    account = closing()
    # 44,000.00 + 500,000 x 0.1 yuan + 500,000 x 67,000/1,380,000 yuan
    assert account.used == 4_400_000 + 5_000_000 + 2_427_536
    assert (account.returned, account.retained, account.due) == (24_900_000 - account.used, 0, 0)


@pytest.mark.parametrize(
    ("ended_by", "goes_back"), [(Side.OPERATOR, True), (Side.NOBODY, True), (Side.TENANT, False)]
)
def test_given_an_early_end_when_closed_then_what_is_left_goes_back_unless_the_tenant_caused_it(
    ended_by: Side, goes_back: bool
) -> None:
    account = closing(ended_on=HALF, ended_by=ended_by)
    left = 24_900_000 - account.used
    # 4,400,000 x 183/365 = 2,206,027.40 and 500,000 x 67,000.00 / 1,380,000 = 24,275.36 yuan
    assert account.used == 2_206_027 + 5_000_000 + 2_427_536
    assert (account.returned, account.retained) == ((left, 0) if goes_back else (0, left))


def test_given_nothing_paid_when_closed_then_use_and_late_fee_are_due() -> None:
    account = closing(ended_on=HALF, ended_by=Side.TENANT, paid=0, fee=700_000)
    assert (account.due, account.returned, account.retained) == (account.used + 700_000, 0, 0)


def test_given_service_never_began_when_closed_then_nothing_was_used() -> None:
    account = closing(began=False)
    assert (account.used, account.returned) == (0, 24_900_000)


def test_given_one_robot_too_few_when_closed_then_its_share_of_the_day_is_credited() -> None:
    missed = (MissedDay(date(2026, 5, 5), ShortfallKind.ROBOT, 2, 1, 9),)
    account = closing(missed=missed)
    assert (account.credit, account.shortfall_days) == (6_027, 1)  # 4,400,000 / 365 / 2 = 6,027.40
    assert account.returned == 24_900_000 - account.used + 6_027


def test_given_a_tenant_caused_end_when_capacity_had_failed_then_lost_notifications_are_credited() -> None:
    missed = (MissedDay(date(2026, 5, 5), ShortfallKind.TRUNK, 40, 0, 1_000),)
    account = closing(missed=missed, ended_by=Side.TENANT)
    assert account.credit == 10_000  # 1,000 at 0.1 yuan; at any other end they are in what goes back
    assert account.returned == 10_000
    assert closing(missed=missed).credit == 0
