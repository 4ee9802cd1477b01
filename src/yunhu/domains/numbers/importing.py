"""Rows of an import, checked one by one before any is taken."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.calls.public import Trunk
from yunhu.domains.numbers import repository
from yunhu.domains.numbers.errors import NumberInvalidError, NumberKnownError, TrunkUnknownError
from yunhu.domains.numbers.regions import MOBILE, SERVICE, region_of
from yunhu.domains.numbers.schemas import NewNumber, NumberCheck
from yunhu.domains.numbers.service import NumberCard, PaperCard
from yunhu.foundation.phone import InvalidPhoneError, Phone


async def trunks_by_name(session: AsyncSession) -> dict[str, UUID]:
    """Every trunk."""
    return {row.name: row.id for row in (await session.execute(select(Trunk.id, Trunk.name))).all()}


async def checks_of(session: AsyncSession, wanted: Sequence[NewNumber]) -> list[NumberCheck]:
    """What would become of each row, by itself and beside the others."""
    trunks = await trunks_by_name(session)
    found: list[tuple[NewNumber, NumberCard | None, NumberInvalidError | TrunkUnknownError | None]] = []
    for at, number in enumerate(wanted):
        try:
            found.append((number, _card(number, at, trunks), None))
        except (NumberInvalidError, TrunkUnknownError) as error:
            found.append((number, None, error))
    taken = await repository.known_e164s(session, [card.phone.e164 for _, card, _ in found if card])
    checks = []
    for at, (number, card, error) in enumerate(found):
        known = card is not None and card.phone.e164 in taken
        checks.append(
            NumberCheck(
                row=at + 1,
                number=card.phone.dialled if card is not None else number.number,
                region=card.region if card is not None else None,
                problem=error.id if error is not None else NumberKnownError.id if known else None,
                detail=str(error) if error is not None else None,
            )
        )
        if card is not None:
            taken.add(card.phone.e164)
    return checks


async def cards_of(session: AsyncSession, wanted: Sequence[NewNumber]) -> list[NumberCard]:
    """Every row as it is taken. Raises `NumberInvalidError`, `TrunkUnknownError` for the first that is wrong."""
    trunks = await trunks_by_name(session)
    return [_card(number, at, trunks) for at, number in enumerate(wanted)]


def _card(wanted: NewNumber, at: int, trunks: dict[str, UUID]) -> NumberCard:
    phone = phone_of(wanted.number, at)
    if wanted.valid_until is not None and wanted.valid_until < wanted.valid_from:
        raise NumberInvalidError("the last day lies before the first", number=wanted.number, row=at + 1)
    if wanted.trunk not in trunks:
        raise TrunkUnknownError(trunk=wanted.trunk)
    region = region_of(phone)
    if wanted.region is not None and region not in {MOBILE, SERVICE, wanted.region}:
        raise NumberInvalidError(f"its region is {region}", number=wanted.number, row=at + 1)
    return NumberCard(
        phone=phone,
        region=wanted.region or region,
        papers=tuple(
            PaperCard(kind=paper.kind, document_id=paper.document_id, valid_until=paper.valid_until)
            for paper in wanted.papers
        ),
        trunk_id=trunks[wanted.trunk],
        registered_to=wanted.registered_to,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        per_minute=wanted.per_minute,
        per_hour=wanted.per_hour,
        per_day=wanted.per_day,
        max_concurrent=wanted.max_concurrent,
    )


def phone_of(number: str, at: int) -> Phone:
    """Raises `NumberInvalidError` with the row, counted from 1."""
    try:
        return Phone.parse(number)
    except InvalidPhoneError as error:
        raise NumberInvalidError(str(error), number=number, row=at + 1) from None
