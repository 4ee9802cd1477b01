"""Judges every pool's numbers by the hour: the worst rest, and who rests again and again is quarantined."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.numbers import repository
from yunhu.domains.numbers.health import (
    FLAGS_TO_QUARANTINE,
    REST,
    RESTS_TO_QUARANTINE,
    WINDOW_DAYS,
    Counts,
    Health,
    health_of,
    resting,
)
from yunhu.domains.numbers.service import note, step_to
from yunhu.domains.numbers.states import Step
from yunhu.foundation.actor import system
from yunhu.foundation.changes import CONFIG_CHANNEL
from yunhu.foundation.clock import natural_day
from yunhu.foundation.db import notify
from yunhu.foundation.jobs import Job

_ACTOR = system("numbers.health")
_RESTS_WITHIN = timedelta(days=30)


async def judge_pools(session: AsyncSession, now: datetime) -> bool:
    """One look at every tenant's pool."""
    for tenant_id in await repository.tenants_with_numbers(session):
        await judge_pool(session, tenant_id, now)
    return False


async def judge_pool(session: AsyncSession, tenant_id: UUID, now: datetime) -> None:
    """Score a pool's numbers against the rest of it; rest the worst, quarantine the incorrigible."""
    since = natural_day(now) - timedelta(days=WINDOW_DAYS - 1)
    rows = await repository.pool_of(session, tenant_id, since, now - _RESTS_WITHIN)
    judged = {row.id: health_of(_counts([row]), _counts([r for r in rows if r is not row])) for row in rows}
    cooling = {row.id for row in rows if row.cooling_until is not None and row.cooling_until > now}
    to_rest = set(
        resting({number: health for number, health in judged.items() if number not in cooling}, len(cooling))
    )
    quarantined = False
    for row in rows:
        quarantined |= await _apply(session, row, judged[row.id], rest=row.id in to_rest, now=now)
    await session.flush()
    await repository.note_health(session, tenant_id, natural_day(now))
    if quarantined:
        await notify(session, CONFIG_CHANNEL, str(tenant_id))


async def _apply(session: AsyncSession, seen: Any, health: Health, *, rest: bool, now: datetime) -> bool:
    incorrigible = health.poor and (
        seen.flagged >= FLAGS_TO_QUARANTINE or (rest and seen.rests + 1 >= RESTS_TO_QUARANTINE)
    )
    if health.score == seen.health and not rest and not incorrigible:
        return False
    row = await repository.lock_number(session, seen.id)
    if row is None or row.state != "allocated":
        return False
    row.health = health.score
    reason = ", ".join(health.reasons)
    if incorrigible:
        step_to(session, row, Step.QUARANTINE, reason, _ACTOR, now)
    elif rest:
        row.cooling_until = now + REST
        note(session, row, "cooled", _ACTOR, now, reason=reason, until=row.cooling_until)
    return incorrigible


def _counts(rows: list[Any]) -> Counts:
    return Counts(
        reached=sum(row.reached for row in rows),
        answered=sum(row.answered for row in rows),
        refused=sum(row.refused for row in rows),
        flagged=sum(row.flagged for row in rows),
    )


HEALTH = Job("numbers.health", timedelta(hours=1), judge_pools)
