"""Use cases of caller numbers: import, allocate, hold, cool, restore, release, papers."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.documents.public import DocumentNotFoundError, document_by_id
from yunhu.domains.numbers import repository
from yunhu.domains.numbers.errors import (
    NotRegisteredError,
    NumberKnownError,
    NumberNotFoundError,
    NumberStepRefusedError,
    NumberTakenError,
    TooFewAvailableError,
)
from yunhu.domains.numbers.models import CallerNumber, NumberEvent, NumberPaper, NumberState
from yunhu.domains.numbers.states import EVENTS, Step, after, steps_from
from yunhu.foundation.actor import Actor
from yunhu.foundation.changes import CONFIG_CHANNEL
from yunhu.foundation.clock import natural_day
from yunhu.foundation.db import notify
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone


class PaperCard(msgspec.Struct, frozen=True, kw_only=True):
    """A document that proves whose a number is, and until when."""

    kind: str
    document_id: UUID
    valid_until: date | None


class NumberCard(msgspec.Struct, frozen=True, kw_only=True):
    """A number as it comes from the carrier."""

    phone: Phone
    trunk_id: UUID
    registered_to: str
    valid_from: date
    valid_until: date | None
    per_minute: int
    per_hour: int
    per_day: int
    max_concurrent: int
    region: str
    papers: tuple[PaperCard, ...] = ()


async def import_numbers(
    session: AsyncSession, cards: Sequence[NumberCard], actor: Actor, now: datetime
) -> list[CallerNumber]:
    """Take numbers into the operator's stock, with their papers: all of them or none.

    Raises `NumberKnownError`, also for a number that is named twice, and `DocumentNotFoundError`.
    """
    wanted = Counter(card.phone.e164 for card in cards)
    known = {row.e164 for row in await repository.numbers_by_e164(session, list(wanted))}
    known |= {e164 for e164, times in wanted.items() if times > 1}
    if known:
        raise NumberKnownError(numbers=[Phone(e164).dialled for e164 in sorted(known)])
    rows = [
        CallerNumber(
            id=new_id(),
            e164=card.phone.e164,
            region=card.region,
            trunk_id=card.trunk_id,
            registered_to=card.registered_to,
            valid_from=card.valid_from,
            valid_until=card.valid_until,
            state=NumberState.AVAILABLE,
            per_minute=card.per_minute,
            per_hour=card.per_hour,
            per_day=card.per_day,
            max_concurrent=card.max_concurrent,
            created_at=now,
        )
        for card in cards
    ]
    session.add_all(rows)
    await session.flush()
    for row, card in zip(rows, cards, strict=True):
        note(session, row, "imported", actor, now)
        for paper in card.papers:
            await _file(session, row, paper, actor, now)
    await session.flush()
    return rows


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which numbers of the stock somebody is to get."""

    registered_to: str
    count: int = 0
    region: str | None = None
    numbers: tuple[Phone, ...] = ()
    """Exactly these, in the place of `count`."""


async def allocate_numbers(
    session: AsyncSession, tenant_id: UUID, wanted: Wanted, actor: Actor, now: datetime
) -> list[CallerNumber]:
    """Give a tenant numbers that are registered to it, and the right to call from their regions (row B3).

    Raises `TooFewAvailableError`, `NotRegisteredError`, `NumberTakenError`, `NumberNotFoundError`.
    """
    rows = await (_named(session, wanted) if wanted.numbers else _counted(session, wanted))
    for row in rows:
        row.tenant_id = tenant_id
        step_to(session, row, Step.ALLOCATE, "", actor, now)
    await repository.add_regions(session, tenant_id, {row.region for row in rows})
    await _tell(session, tenant_id)
    return rows


async def _counted(session: AsyncSession, wanted: Wanted) -> list[CallerNumber]:
    rows = list(
        await repository.lock_available(
            session, wanted.count, registered_to=wanted.registered_to, region=wanted.region
        )
    )
    if len(rows) < wanted.count:
        raise TooFewAvailableError(
            wanted=wanted.count, available=len(rows), registered_to=wanted.registered_to
        )
    return rows


async def _named(session: AsyncSession, wanted: Wanted) -> list[CallerNumber]:
    e164s = {phone.e164 for phone in wanted.numbers}
    rows = list(await repository.numbers_by_e164(session, e164s))
    if len(rows) < len(e164s):
        raise NumberNotFoundError(
            numbers=sorted(Phone(e164).dialled for e164 in e164s - {row.e164 for row in rows})
        )
    taken = [Phone(row.e164).dialled for row in rows if Step.ALLOCATE not in steps_from(row.state)]
    if taken:
        raise NumberTakenError(numbers=taken)
    foreign = [Phone(row.e164).dialled for row in rows if row.registered_to != wanted.registered_to]
    if foreign:
        raise NotRegisteredError(numbers=foreign, registered_to=wanted.registered_to)
    return rows


async def take_step(
    session: AsyncSession, number_id: UUID, step: Step, reason: str, actor: Actor, now: datetime
) -> CallerNumber:
    """Hold, quarantine, restore or release one number; nodes stop showing it within a second.

    Raises `NumberNotFoundError`, `NumberStepRefusedError`.
    """
    row = await _locked(session, number_id)
    step_to(session, row, step, reason, actor, now)
    await _tell(session, row.tenant_id)
    return row


async def hold_number(
    session: AsyncSession, number_id: UUID, reason: str, actor: Actor, now: datetime
) -> bool:
    """Stop showing a number until somebody restores it; False when it was not in use anyway."""
    return await _try(session, number_id, Step.HOLD, reason, actor, now)


async def restore_number(
    session: AsyncSession, number_id: UUID, reason: str, actor: Actor, now: datetime
) -> bool:
    """Show a held number again; False when it is not held."""
    return await _try(session, number_id, Step.RESTORE, reason, actor, now)


async def _try(
    session: AsyncSession, number_id: UUID, step: Step, reason: str, actor: Actor, now: datetime
) -> bool:
    row = await _locked(session, number_id)
    try:
        step_to(session, row, step, reason, actor, now)
    except NumberStepRefusedError:
        return False
    await _tell(session, row.tenant_id)
    return True


async def cool_number(
    session: AsyncSession, number_id: UUID, until: datetime, reason: str, actor: Actor, now: datetime
) -> CallerNumber:
    """Let a number rest until a moment (also: end its rest, with a moment that has come)."""
    row = await _locked(session, number_id)
    row.cooling_until = until
    note(session, row, "cooled", actor, now, reason=reason, until=until)
    await session.flush()
    return row


async def change_limits(
    session: AsyncSession, number_id: UUID, limits: dict[str, int], actor: Actor, now: datetime
) -> CallerNumber:
    """New frequency limits; what is used up under a lower one stays used up."""
    row = await _locked(session, number_id)
    for name, value in limits.items():
        setattr(row, name, value)
    row.calls_this_minute = min(row.calls_this_minute, row.per_minute)
    row.calls_this_hour = min(row.calls_this_hour, row.per_hour)
    row.calls_this_day = min(row.calls_this_day, row.per_day)
    if row.live_calls > row.max_concurrent:
        detail = f"{row.live_calls} calls show it just now"
        raise NumberStepRefusedError(detail, state=row.state, step="limits")
    shown = ", ".join(f"{name} {value}" for name, value in sorted(limits.items()))
    note(session, row, "limits", actor, now, reason=shown)
    await session.flush()
    return row


async def add_paper(
    session: AsyncSession, number_id: UUID, paper: PaperCard, actor: Actor, now: datetime
) -> CallerNumber:
    """File a document for a number; its end moves the number's own when it comes first.

    Raises `NumberNotFoundError`, `DocumentNotFoundError`.
    """
    row = await _locked(session, number_id)
    await _file(session, row, paper, actor, now)
    await _tell(session, row.tenant_id)
    return row


async def flag_number(
    session: AsyncSession, number_id: UUID, reason: str, actor: Actor, now: datetime
) -> CallerNumber:
    """Somebody outside marked it: it counts against its health like a network's barring. See `jobs`."""
    row = await _locked(session, number_id)
    if row.tenant_id is None:
        raise NumberStepRefusedError("it is nobody's yet", state=row.state, step="flag")
    await repository.count_flag(session, row.id, row.tenant_id, natural_day(now))
    note(session, row, "flagged", actor, now, reason=reason)
    await session.flush()
    return row


async def set_tenant_regions(session: AsyncSession, tenant_id: UUID, regions: Collection[str]) -> None:
    """Where a tenant may call from; nodes stop showing its other numbers within a second."""
    await repository.set_regions(session, tenant_id, regions)
    await _tell(session, tenant_id)


async def set_validity(
    session: AsyncSession, number_id: UUID, first: date, last: date | None, actor: Actor, now: datetime
) -> CallerNumber:
    """Renew or end the days on which a number may be shown."""
    row = await _locked(session, number_id)
    row.valid_from, row.valid_until = first, last
    note(session, row, "papers", actor, now, reason=f"valid {first} to {last or 'further notice'}")
    await session.flush()
    await _tell(session, row.tenant_id)
    return row


def step_to(
    session: AsyncSession, row: CallerNumber, step: Step, reason: str, actor: Actor, now: datetime
) -> None:
    """Change the state by the table and note it. Raises `NumberStepRefusedError`."""
    row.state = after(NumberState(row.state), step)
    row.state_reason = reason
    if step in {Step.ALLOCATE, Step.RESTORE}:
        row.cooling_until, row.health = None, 100
    note(session, row, EVENTS[step], actor, now, reason=reason)


def note(
    session: AsyncSession,
    row: CallerNumber,
    kind: str,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    until: datetime | None = None,
) -> None:
    """Add a step to the number's history."""
    session.add(
        NumberEvent(
            id=new_id(),
            number_id=row.id,
            tenant_id=row.tenant_id,
            at=now,
            kind=kind,
            reason=reason,
            until=until,
            health=row.health if row.health is not None else 100,
            actor=actor.name,
        )
    )


async def _file(
    session: AsyncSession, row: CallerNumber, paper: PaperCard, actor: Actor, now: datetime
) -> None:
    await _check_document(session, paper.document_id, row.tenant_id)
    session.add(
        NumberPaper(
            id=new_id(),
            number_id=row.id,
            kind=paper.kind,
            document_id=paper.document_id,
            valid_until=paper.valid_until,
            added_at=now,
            added_by=actor.name,
        )
    )
    if paper.valid_until is not None and (row.valid_until is None or paper.valid_until < row.valid_until):
        row.valid_until = max(paper.valid_until, row.valid_from)
    note(session, row, "papers", actor, now, reason=paper.kind)


async def _check_document(session: AsyncSession, document_id: UUID, tenant_id: UUID | None) -> None:
    """One of the operator's own, or of the tenant that has the number. Raises `DocumentNotFoundError`."""
    try:
        await document_by_id(session, document_id, None)
    except DocumentNotFoundError:
        if tenant_id is None:
            raise
        await document_by_id(session, document_id, tenant_id)


async def _locked(session: AsyncSession, number_id: UUID) -> CallerNumber:
    row = await repository.lock_number(session, number_id)
    if row is None:
        raise NumberNotFoundError
    return row


async def _tell(session: AsyncSession, tenant_id: UUID | None) -> None:
    await session.flush()
    await notify(session, CONFIG_CHANNEL, str(tenant_id or ""))
