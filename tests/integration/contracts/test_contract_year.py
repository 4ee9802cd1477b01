"""A whole contract year, day by day, on a clock that moves when told."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.support.contracts.builders import TESTER, contract_wish
from tests.support.hall.builders import Hall

from yunhu.domains.contracts.clocks import Tick, entries
from yunhu.domains.contracts.drafts import SignWish, create, find_contract, sign
from yunhu.domains.contracts.ending import Ground, TerminationWish, account_of, settle, terminate
from yunhu.domains.contracts.errors import ContractInvalidError, StepRefusedError, TooEarlyError
from yunhu.domains.contracts.events import journal_of
from yunhu.domains.contracts.fees import late_fee
from yunhu.domains.contracts.jobs import turn_clock
from yunhu.domains.contracts.models import Contract
from yunhu.domains.contracts.payments import PaymentWish, record_payment
from yunhu.domains.contracts.qualifications import (
    QualificationWish,
    add_qualification,
    check_qualification,
)
from yunhu.domains.contracts.repository import whole
from yunhu.domains.contracts.repository_parts import clock_of, suspensions_of
from yunhu.domains.contracts.settlement import Metered
from yunhu.domains.contracts.supplements import add_supplement, sign_supplement
from yunhu.domains.contracts.timeline import timeline_of
from yunhu.domains.contracts.wishes import ItemWish, SupplementWish
from yunhu.domains.contracts.words import ItemKind, ServiceStart, SuspensionState
from yunhu.foundation.calendar import WorkingCalendar
from yunhu.foundation.clock import ManualClock, day_start
from yunhu.foundation.db import Database

FIRST, LAST = date(2025, 6, 1), date(2026, 5, 31)


class Traveller:
    """Turns the clock day by day and remembers what changed."""

    def __init__(self, database: Database, tenant_id: UUID) -> None:
        self.database = database
        self.tenant_id = tenant_id
        self.clock = ManualClock(noon(date(2025, 5, 20)))
        self.contract_id: UUID | None = None
        self.seen: list[tuple[date, str, tuple[str, ...]]] = []

    async def to(self, day: date) -> None:
        while (today := self.clock.now()) < noon(day):
            self.clock.set(today + timedelta(days=1))
            async with self.database.transaction() as session:
                while await turn_clock(session, self.clock.now()):
                    pass
            await self._look()

    async def _look(self) -> None:
        async with self.database.transaction() as session:
            row = await find_contract(session, self.id)
            standing = await suspensions_of(session, row.id, (SuspensionState.STANDING,))
            causes = tuple(suspension.cause for suspension in standing)
            if not self.seen or self.seen[-1][1:] != (row.state, causes):
                self.seen.append((self.clock.now().date(), row.state, causes))

    @property
    def id(self) -> UUID:
        assert self.contract_id is not None
        return self.contract_id


def noon(day: date) -> datetime:
    return day_start(day) + timedelta(hours=12)


@pytest.fixture
def traveller(database: Database, hall: Hall) -> Iterator[Traveller]:
    return Traveller(database, hall.tenant_id)


async def _sign(traveller: Traveller) -> None:
    wish = contract_wish(FIRST)
    async with (
        traveller.database.transaction() as session,
        journal_of(session, TESTER, traveller.clock.now()) as journal,
    ):
        row = await create(journal, traveller.tenant_id, _with(wish, service_start=ServiceStart.ON_FIRST_DAY))
        traveller.contract_id = row.id
        for kind, until in (
            ("subject_certificate", None),
            ("number_use_commitment", date(2025, 12, 31)),
        ):
            await _paper(journal, row.id, kind, until)
        signature = SignWish(signed_on=date(2025, 5, 20), signed_by="both")
        await sign(journal, row.id, signature, WorkingCalendar())


async def _paper(journal: Any, contract_id: UUID, kind: str, until: date | None) -> None:
    wish = QualificationWish(kind=kind, reference="paper", valid_until=until)
    paper = await add_qualification(journal, contract_id, wish)
    await check_qualification(journal, contract_id, paper.id, "reviewer")


def _with(wish: Any, **changes: Any) -> Any:
    return type(wish)(**{name: getattr(wish, name) for name in wish.__struct_fields__} | changes)


async def test_given_a_year_when_days_pass_then_each_clock_strikes_on_its_day(traveller: Traveller) -> None:
    await _sign(traveller)
    await traveller.to(date(2025, 8, 10))
    await _pay_late(traveller)
    await traveller.to(date(2026, 1, 15))
    await _renew_paper(traveller)
    await traveller.to(date(2026, 6, 20))
    assert traveller.seen == [
        (date(2025, 5, 21), "signed", ()),
        (FIRST, "active", ()),
        # 15 working days after 2025-05-20, over the Dragon Boat holiday, is 2025-06-11: suspended from July 1st.
        (date(2025, 7, 1), "suspended", ("unpaid",)),
        (date(2025, 8, 11), "active", ()),
        (date(2026, 1, 1), "suspended", ("qualification_expired",)),
        (date(2026, 1, 16), "active", ()),
        (date(2026, 6, 1), "ended", ()),
    ]
    await _settle_in_time(traveller)


async def test_given_a_debt_that_nobody_pays_when_days_pass_then_the_contract_may_be_ended_on_the_thirtieth(
    traveller: Traveller,
) -> None:
    await _sign(traveller)
    # Due on 2025-06-11: suspended from the 1st of July, and terminable from the 11th, 30 days after the due day.
    await traveller.to(date(2025, 7, 10))
    with pytest.raises(TooEarlyError) as told:
        await _terminate(traveller)
    assert told.value.details["not_before"] == "2025-07-11"
    await traveller.to(date(2025, 7, 11))
    await _terminate(traveller)
    await traveller.to(date(2025, 9, 12))
    assert traveller.seen == [
        (date(2025, 5, 21), "signed", ()),
        (FIRST, "active", ()),
        (date(2025, 7, 1), "suspended", ("unpaid",)),
        (date(2025, 7, 12), "terminated", ("unpaid",)),
    ]
    async with (
        traveller.database.transaction() as session,
        journal_of(session, TESTER, traveller.clock.now()) as journal,
    ):
        row = await find_contract(session, traveller.id)
        dated = {entry.kind: entry for entry in entries(await clock_of(session, row), journal.today)}
        # Within two months after the end; a day later it is late, and goes on being so until it is done.
        assert (dated[Tick.SETTLEMENT_DUE].day, dated[Tick.SETTLEMENT_DUE].state) == (
            date(2025, 9, 11),
            "late",
        )
        account = await account_of(journal, row, {})
        # 41 of 365 days of the robots, and 93 days of late fee, of which nothing was paid.
        assert (account.used, account.late_fee) == (494_247, 93 * 24_900)
        assert (account.due, account.returned, account.retained) == (494_247 + 93 * 24_900, 0, 0)
    await _timeline_tells(traveller)


async def _terminate(traveller: Traveller) -> None:
    async with (
        traveller.database.transaction() as session,
        journal_of(session, TESTER, traveller.clock.now()) as journal,
    ):
        await terminate(journal, traveller.id, TerminationWish(ground=Ground.UNPAID, reason="no money"))


async def _timeline_tells(traveller: Traveller) -> None:
    async with traveller.database.transaction() as session:
        row = await find_contract(session, traveller.id)
        points = await timeline_of(session, row, traveller.clock.now().date())
    assert [(point.day, point.kind, point.state) for point in points] == [
        (date(2025, 5, 20), "drafted", "done"),
        (date(2025, 5, 20), "signed", "done"),
        (FIRST, "activated", "done"),
        (FIRST, "term_begins", "done"),
        (date(2025, 6, 11), "invoice_due", "late"),
        (date(2025, 6, 11), "payment_due", "late"),
        (date(2025, 7, 1), "suspended", "done"),
        (date(2025, 7, 11), "ended_early", "done"),
        (date(2025, 7, 11), "term_ends", "done"),
        (date(2025, 9, 11), "settlement_due", "late"),
        (date(2025, 12, 31), "qualification_expires", "coming"),
    ]
    suspended = next(point for point in points if point.kind == "suspended")
    assert suspended.saw["cause"] == "unpaid"
    assert suspended.at is not None


async def test_given_a_supplement_for_a_later_day_when_its_day_comes_then_the_quota_is_there(
    traveller: Traveller,
) -> None:
    await _sign(traveller)
    await traveller.to(date(2025, 6, 5))
    wish = SupplementWish(
        number="S-1",
        reason="the hall grows",
        effective_on=date(2025, 6, 20),
        items=(ItemWish(kind=ItemKind.ROBOT, name="robot", unit="robot", quota=1, price=2_200_000),),
        new_last_day=date(2026, 8, 31),
        prepayment=2_200_000,
    )
    async with (
        traveller.database.transaction() as session,
        journal_of(session, TESTER, traveller.clock.now()) as journal,
    ):
        part = await add_supplement(journal, traveller.id, wish)
        signature = SignWish(signed_on=journal.today, signed_by="both")
        await sign_supplement(journal, traveller.id, part.id, signature, WorkingCalendar())
    quotas = {}
    for day in (date(2025, 6, 19), date(2025, 6, 20)):
        await traveller.to(day)
        async with traveller.database.transaction() as session:
            row = await find_contract(session, traveller.id)
            contract = await whole(session, row)
            quotas[day] = (contract.quota(ItemKind.ROBOT, day), row.last_day)
    assert quotas == {date(2025, 6, 19): (2, LAST), date(2025, 6, 20): (3, date(2026, 8, 31))}


async def _pay_late(traveller: Traveller) -> None:
    async with (
        traveller.database.transaction() as session,
        journal_of(session, TESTER, traveller.clock.now()) as journal,
    ):
        row = await find_contract(session, traveller.id)
        facts = await clock_of(session, row)
        # 60 natural days from 06-12 to 08-10 at 0.1% of 249,000.00 a day.
        assert facts.debts[0].due_on == date(2025, 6, 11)
        assert late_fee(facts.debts, row.late_fee_basis_points, journal.today) == 60 * 24_900
        part = PaymentWish(amount=24_800_000, paid_on=journal.today, reference="bank-1")
        await record_payment(journal, row.id, part)
        assert row.state == "suspended"
        rest = PaymentWish(amount=100_000, paid_on=journal.today, reference="bank-2")
        await record_payment(journal, row.id, rest)
        assert row.state == "active"


async def _renew_paper(traveller: Traveller) -> None:
    async with (
        traveller.database.transaction() as session,
        journal_of(session, TESTER, traveller.clock.now()) as journal,
    ):
        with pytest.raises(ContractInvalidError):
            await _paper(journal, traveller.id, "number_use_commitment", date(2026, 1, 14))
        row = await find_contract(session, traveller.id)
        assert row.state == "suspended"
        await _paper(journal, traveller.id, "number_use_commitment", date(2026, 12, 31))
        assert row.state == "active"


async def _settle_in_time(traveller: Traveller) -> None:
    used = {
        ItemKind.VOICE_NOTIFICATION: Metered(1_000_000, 10_000_000),
        ItemKind.CALL_CARD: Metered(1_000_000, 4_855_072),
    }
    async with (
        traveller.database.transaction() as session,
        journal_of(session, TESTER, traveller.clock.now()) as journal,
    ):
        row = await find_contract(session, traveller.id)
        account = await account_of(journal, row, used)
        # Robots for the whole year, 100,000.00 for voice, 48,550.72 for cards, and 60 days of late fee.
        assert account.used == 4_400_000 + 10_000_000 + 4_855_072
        assert account.late_fee == 60 * 24_900
        assert (account.returned, account.retained, account.due) == (
            24_900_000 - account.used - account.late_fee,
            0,
            0,
        )
        dated = {entry.kind: entry for entry in entries(await clock_of(session, row), journal.today)}
        assert dated[Tick.SETTLEMENT_DUE].day == date(2026, 7, 31)
        assert dated[Tick.SETTLEMENT_DUE].state == "coming"
        await settle(journal, row.id, used)
        assert row.state == "settled"
        with pytest.raises(StepRefusedError):
            await settle(journal, row.id, used)
    await _history_tells(traveller)


async def _history_tells(traveller: Traveller) -> None:
    async with traveller.database.transaction() as session:
        query = text("SELECT type FROM outbox WHERE subject_id = :id ORDER BY id")
        types = list((await session.execute(query, {"id": traveller.id})).scalars())
        assert types == [
            "contract.signed",
            "contract.activated",
            "contract.suspended",
            "contract.payment_received",
            "contract.payment_received",
            "contract.suspension_lifted",
            "contract.resumed",
            "contract.suspended",
            "contract.suspension_lifted",
            "contract.resumed",
            "contract.ended",
            "contract.settled",
        ]
        row = await session.get(Contract, traveller.id)
        assert row is not None
        assert (row.ended_on, row.settled_on) == (LAST, date(2026, 6, 20))
