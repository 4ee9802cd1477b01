"""Use cases of caller numbers: import, allocate, hold, cool, restore, release, papers."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.numbers import repository
from yunhu.domains.numbers.errors import (
    NumberKnownError,
    NumberNotFoundError,
    NumberStepRefusedError,
    TooFewAvailableError,
)
from yunhu.domains.numbers.models import CallerNumber, NumberEvent, NumberPaper, NumberState
from yunhu.domains.numbers.regions import region_of
from yunhu.domains.numbers.states import EVENTS, Step, after
from yunhu.foundation.actor import Actor
from yunhu.foundation.changes import CONFIG_CHANNEL
from yunhu.foundation.db import notify
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone


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


async def import_numbers(
    session: AsyncSession, cards: Sequence[NumberCard], actor: Actor, now: datetime
) -> list[CallerNumber]:
    """Take numbers into the operator's stock: all of them or none. Raises `NumberKnownError`."""
    known = await repository.numbers_by_e164(session, [card.phone.e164 for card in cards])
    if known:
        raise NumberKnownError(numbers=[Phone(row.e164).dialled for row in known])
    rows = [
        CallerNumber(
            id=new_id(),
            e164=card.phone.e164,
            region=region_of(card.phone),
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
    for row in rows:
        note(session, row, "imported", actor, now)
    await session.flush()
    return rows


async def allocate_numbers(
    session: AsyncSession, tenant_id: UUID, count: int, actor: Actor, now: datetime
) -> list[CallerNumber]:
    """Give a tenant numbers out of the stock, and the right to call from their regions.

    Raises `TooFewAvailableError`.
    """
    rows = list(await repository.lock_available(session, count))
    if len(rows) < count:
        raise TooFewAvailableError(wanted=count, available=len(rows))
    for row in rows:
        row.tenant_id = tenant_id
        step_to(session, row, Step.ALLOCATE, "", actor, now)
    await repository.add_regions(session, tenant_id, {row.region for row in rows})
    await _tell(session, tenant_id)
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
    session: AsyncSession, number_id: UUID, paper: NumberPaper, actor: Actor, now: datetime
) -> CallerNumber:
    """File a document for a number; its end moves the number's own when it comes first."""
    row = await _locked(session, number_id)
    paper.id, paper.number_id, paper.added_at, paper.added_by = new_id(), number_id, now, actor.name
    session.add(paper)
    if paper.valid_until is not None and (row.valid_until is None or paper.valid_until < row.valid_until):
        row.valid_until = max(paper.valid_until, row.valid_from)
    note(session, row, "papers", actor, now, reason=paper.kind)
    await session.flush()
    await _tell(session, row.tenant_id)
    return row


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


async def _locked(session: AsyncSession, number_id: UUID) -> CallerNumber:
    row = await repository.lock_number(session, number_id)
    if row is None:
        raise NumberNotFoundError
    return row


async def _tell(session: AsyncSession, tenant_id: UUID | None) -> None:
    await session.flush()
    await notify(session, CONFIG_CHANNEL, str(tenant_id or ""))
