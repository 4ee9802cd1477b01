"""Bring caller numbers in line with a tenant's file."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.numbers import repository
from yunhu.domains.numbers.errors import NumberTakenError
from yunhu.domains.numbers.models import CallerNumber, NumberState
from yunhu.domains.numbers.regions import region_of
from yunhu.domains.numbers.service import step_to
from yunhu.domains.numbers.states import Step
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.changes import Change, ChangeKind, compared
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone

_OBJECT = "caller number"
_ACTOR = Actor(ActorKind.COMMAND, "yunhu apply")


class NumberWish(msgspec.Struct, frozen=True):
    """A caller number as the file wants it."""

    phone: Phone
    trunk_id: UUID
    trunk: str
    per_hour: int
    per_day: int
    per_minute: int = 30
    max_concurrent: int = 30
    registered_to: str = ""


async def provision_numbers(
    session: AsyncSession,
    tenant_id: UUID,
    wishes: Sequence[NumberWish],
    trunk_names: dict[UUID, str],
    now: datetime,
) -> list[Change]:
    """Allocate, change and release. Raises `NumberTakenError` naming every number that another tenant holds.

    A number that inspection holds back stays held. One that another tenant gave up keeps its counters: the
    networks count calls by number, not by tenant.
    """
    wanted = {wish.phone.e164: wish for wish in wishes}
    rows = {row.e164: row for row in await repository.lock_numbers(session, tenant_id, wanted.keys())}
    _refuse_taken(rows.values(), tenant_id)
    await repository.add_regions(session, tenant_id, {region_of(wish.phone) for wish in wishes})
    changes = []
    for e164, wish in wanted.items():
        row = rows.get(e164)
        if row is None or row.tenant_id != tenant_id or row.state == NumberState.RELEASED:
            changes.append(_allocate(session, tenant_id, row, wish, now))
        else:
            changes.append(_change(row, wish, trunk_names))
    for e164, row in rows.items():
        if e164 not in wanted and row.tenant_id == tenant_id and row.state != NumberState.RELEASED:
            step_to(session, row, Step.RELEASE, "", _ACTOR, now)
            changes.append(Change(ChangeKind.REMOVE, _OBJECT, Phone(e164).dialled, note="released"))
    await session.flush()
    return changes


def _refuse_taken(rows: Iterable[CallerNumber], tenant_id: UUID) -> None:
    taken = [
        Phone(row.e164).dialled
        for row in rows
        if row.tenant_id != tenant_id and row.state != NumberState.RELEASED
    ]
    if taken:
        raise NumberTakenError(", ".join(taken), numbers=taken)


def _allocate(
    session: AsyncSession, tenant_id: UUID, row: CallerNumber | None, wish: NumberWish, now: datetime
) -> Change:
    if row is None:
        row = CallerNumber(id=new_id(), e164=wish.phone.e164, created_at=now)
        session.add(row)
        row.state = NumberState.AVAILABLE
    row.tenant_id = tenant_id
    _set(row, wish)
    step_to(session, row, Step.ALLOCATE, "", _ACTOR, now)
    note = f"by {wish.trunk}, at most {wish.per_hour} calls an hour, {wish.per_day} a day"
    return Change(ChangeKind.ADD, _OBJECT, wish.phone.dialled, note=note)


def _change(row: CallerNumber, wish: NumberWish, trunk_names: dict[UUID, str]) -> Change:
    before = {
        "trunk": trunk_names.get(row.trunk_id, "(another trunk)"),
        "per_hour": row.per_hour,
        "per_day": row.per_day,
        "per_minute": row.per_minute,
        "max_concurrent": row.max_concurrent,
        "registered_to": row.registered_to,
    }
    after = {
        "trunk": wish.trunk,
        "per_hour": wish.per_hour,
        "per_day": wish.per_day,
        "per_minute": wish.per_minute,
        "max_concurrent": wish.max_concurrent,
        "registered_to": wish.registered_to,
    }
    _set(row, wish)
    return compared(_OBJECT, wish.phone.dialled, before, after)


def _set(row: CallerNumber, wish: NumberWish) -> None:
    row.trunk_id, row.registered_to, row.region = wish.trunk_id, wish.registered_to, region_of(wish.phone)
    row.per_minute, row.per_hour, row.per_day = wish.per_minute, wish.per_hour, wish.per_day
    row.max_concurrent = max(wish.max_concurrent, row.live_calls or 0)
    # A lower limit than what was used already means: used up. The counters never stand above their limits.
    row.calls_this_minute = min(row.calls_this_minute or 0, wish.per_minute)
    row.calls_this_hour = min(row.calls_this_hour or 0, wish.per_hour)
    row.calls_this_day = min(row.calls_this_day or 0, wish.per_day)
