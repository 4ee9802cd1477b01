"""Reads what somebody wants taken into stock: from a request, or from a table (CSV) of the carrier's."""

import csv
import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.calls.public import Trunk
from yunhu.domains.numbers import repository
from yunhu.domains.numbers.errors import NumberInvalidError, NumberKnownError, TrunkUnknownError
from yunhu.domains.numbers.regions import MOBILE, SERVICE, region_of
from yunhu.domains.numbers.schemas import NewNumber, NumberCheck
from yunhu.domains.numbers.service import NumberCard, PaperCard
from yunhu.foundation.phone import InvalidPhoneError, Phone

COLUMNS = ("number", "trunk", "registered_to", "valid_from", "valid_until", "region", "per_minute", "per_hour",
           "per_day", "max_concurrent")  # fmt: skip
"""Of a table; those after `valid_from` may be left out or empty."""
_COUNTS = COLUMNS[-4:]


def read_table(text: str) -> list[NewNumber]:
    """Every row of a CSV table with a header. Raises `NumberInvalidError` naming the row."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        head = reader.fieldnames or ()
    except csv.Error as error:
        raise NumberInvalidError(str(error), row=0) from None
    unknown = sorted(set(head) - set(COLUMNS))
    if unknown or not head:
        raise NumberInvalidError(f"columns are {', '.join(COLUMNS)}; not {', '.join(unknown)}", row=0)
    found = []
    try:
        for at, row in enumerate(reader, start=1):
            found.append(_row(row, at))
    except csv.Error as error:
        raise NumberInvalidError(str(error), row=len(found) + 1) from None
    if not found:
        raise NumberInvalidError("there is no row", row=0)
    return found


def _row(row: dict[str, Any], at: int) -> NewNumber:
    if None in row:
        raise NumberInvalidError("more cells than columns", row=at)
    wanted = {name: cell.strip() for name, cell in row.items() if cell and cell.strip()}
    try:
        return msgspec.convert(
            wanted | {name: int(wanted[name]) for name in _COUNTS if name in wanted}, NewNumber
        )
    except (msgspec.ValidationError, ValueError) as error:
        raise NumberInvalidError(str(error), number=wanted.get("number", ""), row=at) from None


async def cards_of(session: AsyncSession, wanted: Sequence[NewNumber]) -> list[NumberCard]:
    """What is to be stored. Raises `NumberInvalidError`, `TrunkUnknownError`."""
    trunks = await trunks_by_name(session)
    return [_card(number, at, trunks) for at, number in enumerate(wanted, start=1)]


async def trunks_by_name(session: AsyncSession) -> dict[str, UUID]:
    """Every trunk."""
    return {row.name: row.id for row in (await session.execute(select(Trunk.id, Trunk.name))).all()}


async def checks_of(session: AsyncSession, wanted: Sequence[NewNumber]) -> list[NumberCheck]:
    """What would become of each row, by itself and beside the others."""
    trunks = await trunks_by_name(session)
    found: list[tuple[NewNumber, NumberCard | None, NumberInvalidError | TrunkUnknownError | None]] = []
    for at, number in enumerate(wanted, start=1):
        try:
            found.append((number, _card(number, at, trunks), None))
        except (NumberInvalidError, TrunkUnknownError) as error:
            found.append((number, None, error))
    taken = await repository.known_e164s(session, [card.phone.e164 for _, card, _ in found if card])
    checks = []
    for at, (number, card, fault) in enumerate(found, start=1):
        known = card is not None and card.phone.e164 in taken
        checks.append(
            NumberCheck(
                row=at,
                number=card.phone.dialled if card is not None else number.number,
                region=card.region if card is not None else None,
                problem=fault.id if fault is not None else NumberKnownError.id if known else None,
                detail=str(fault) if fault is not None else None,
            )
        )
        if card is not None:
            taken.add(card.phone.e164)
    return checks


def phone_of(number: str, at: int) -> Phone:
    """A number as somebody typed it. Raises `NumberInvalidError` naming the row."""
    try:
        return Phone.parse(number)
    except InvalidPhoneError as error:
        raise NumberInvalidError(str(error), number=number, row=at) from None


def _card(wanted: NewNumber, at: int, trunks: dict[str, UUID]) -> NumberCard:
    phone = phone_of(wanted.number, at)
    if wanted.valid_until is not None and wanted.valid_until < wanted.valid_from:
        raise NumberInvalidError("the last day lies before the first", number=wanted.number, row=at)
    if wanted.trunk not in trunks:
        raise TrunkUnknownError(trunk=wanted.trunk)
    region = region_of(phone)
    if wanted.region is not None and region not in {MOBILE, SERVICE, wanted.region}:
        raise NumberInvalidError(f"its region is {region}", number=wanted.number, row=at)
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
