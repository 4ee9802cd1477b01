"""Bring a tenant's contract in line with its file: made, signed, its documents checked, its payments recorded.

What was signed is never changed by a file; the file is refused when it says something else.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts import repository, repository_parts
from yunhu.domains.contracts.drafts import SignWish, create, edit, sign
from yunhu.domains.contracts.errors import ContractExistsError, NotDraftError
from yunhu.domains.contracts.events import Journal, journal_of
from yunhu.domains.contracts.file import ContractFile, fen_of, wish_of
from yunhu.domains.contracts.models import Contract, ContractItem
from yunhu.domains.contracts.payments import PaymentWish, record_payment
from yunhu.domains.contracts.qualifications import (
    QualificationWish,
    add_qualification,
    check_qualification,
)
from yunhu.domains.contracts.wishes import ContractWish, ItemWish
from yunhu.domains.contracts.words import ContractState
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.calendar import CalendarYearUnknownError, load_calendar
from yunhu.foundation.changes import Change, ChangeKind, compared
from yunhu.foundation.clock import natural_day
from yunhu.foundation.money import yuan_plain

_OBJECT = "contract"


async def provision_contract(
    session: AsyncSession,
    tenant_id: UUID,
    file: ContractFile,
    now: datetime,
    *,
    actor: Actor | None = None,
) -> list[Change]:
    """Add or change. Raises `ContractExistsError`, `NotDraftError` for a signed contract that reads otherwise."""
    actor = actor or Actor(ActorKind.COMMAND, "yunhu apply")
    async with journal_of(session, actor, now) as journal:
        return await _provision(journal, tenant_id, file)


async def _provision(journal: Journal, tenant_id: UUID, file: ContractFile) -> list[Change]:
    row = await repository.by_number(journal.session, file.number)
    if row is not None and row.tenant_id != tenant_id:
        raise ContractExistsError(f"contract {file.number} is another tenant's")
    wish = wish_of(file, row.first_day if row else natural_day(journal.now))
    if row is None:
        row = await create(journal, tenant_id, wish)
        changes = [Change(ChangeKind.ADD, _OBJECT, file.number, note=_note(file))]
    else:
        changes = [await _change(journal, row, wish)]
    changes += await _papers(journal, row, file)
    changes += await _sign(journal, row, file)
    changes += await _payments(journal, row, file)
    return changes


async def _change(journal: Journal, row: Contract, wish: ContractWish) -> Change:
    items = await repository.item_rows(journal.session, row.id)
    change = compared(
        _OBJECT, row.number, _stored(row, [_as_wish(item) for item in items]), _wanted(row, wish)
    )
    if change.kind is ChangeKind.UNCHANGED:
        return change
    if row.state != ContractState.DRAFT:
        names = ", ".join(field.name for field in change.fields)
        raise NotDraftError(
            f"contract {row.number} is {row.state}, the file has another {names}", state=row.state
        )
    await edit(journal, row.id, wish)
    return change


async def _papers(journal: Journal, row: Contract, file: ContractFile) -> list[Change]:
    there = {
        (paper.kind, paper.reference, paper.valid_until)
        for paper in await repository_parts.qualifications_of(journal.session, row.id)
    }
    changes = []
    for part in file.qualification.documents:
        if (part.kind, part.reference, part.valid_until) in there:
            continue
        wish = QualificationWish(kind=part.kind, reference=part.reference, valid_until=part.valid_until)
        paper = await add_qualification(journal, row.id, wish)
        await check_qualification(journal, row.id, paper.id, part.checked_by)
        note = f"{part.reference}, checked by {part.checked_by}"
        changes.append(Change(ChangeKind.ADD, "qualification document", part.kind, note=note))
    return changes


async def _sign(journal: Journal, row: Contract, file: ContractFile) -> list[Change]:
    if file.signed is None or row.state != ContractState.DRAFT:
        return []
    on = file.signed.on or journal.today
    calendar = await load_calendar(journal.session)
    wish = SignWish(signed_on=on, signed_by=file.signed.by)
    try:
        await sign(journal, row.id, wish, calendar)
    except CalendarYearUnknownError:
        if not _paid_at_once(file, on, journal.today):
            raise
        # Paid in full on the day of signing: nothing is late, whatever the calendar of that year will be.
        await sign(journal, row.id, wish, calendar, due_on=on)
    return [Change(ChangeKind.CHANGE, _OBJECT, row.number, note=f"signed on {on} by {file.signed.by}")]


async def _payments(journal: Journal, row: Contract, file: ContractFile) -> list[Change]:
    there = {payment.reference for payment in await repository_parts.payments_of(journal.session, row.id)}
    changes = []
    for part in file.paid:
        if part.reference in there:
            continue
        wish = PaymentWish(
            amount=fen_of(part.amount), paid_on=part.on or journal.today, reference=part.reference
        )
        await record_payment(journal, row.id, wish)
        note = f"{part.amount} yuan, {wish.paid_on}; the contract is now {row.state}"
        changes.append(Change(ChangeKind.ADD, "payment", part.reference, note=note))
    return changes


def _paid_at_once(file: ContractFile, on: date, today: date) -> bool:
    paid = sum(fen_of(part.amount) for part in file.paid if (part.on or today) <= on)
    return paid >= fen_of(file.payment.prepayment)


def _note(file: ContractFile) -> str:
    return f"{file.totals.gross} yuan = {file.totals.net} + {file.totals.vat} VAT"


def _stored(row: Contract, items: list[ItemWish]) -> dict[str, Any]:
    names = (name for name in ContractWish.__struct_fields__ if name != "items")
    columns = {name: msgspec.to_builtins(getattr(row, name)) for name in names}
    if row.state != ContractState.DRAFT:
        # A supplement may have moved the last day since; the file speaks of what was signed first.
        del columns["last_day"]
    return {**columns, "items": [_line(item) for item in items]}


def _wanted(row: Contract, wish: ContractWish) -> dict[str, Any]:
    columns = {
        **msgspec.structs.asdict(wish),
        "required_documents": wish.documents,
        "items": [_line(item) for item in wish.items],
    }
    if row.state != ContractState.DRAFT:
        del columns["last_day"]
    built: dict[str, Any] = msgspec.to_builtins(columns)
    return built


def _line(item: ItemWish) -> str:
    return f"{item.kind} {item.name}: {item.quota} {item.unit}, {yuan_plain(item.price)} yuan a {item.period}"


def _as_wish(row: ContractItem) -> ItemWish:
    return msgspec.convert(
        {name: getattr(row, name) for name in ItemWish.__struct_fields__}, ItemWish, strict=False
    )
