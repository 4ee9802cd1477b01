"""Today at a glance: few queries, over sums and small indexes, whatever the past holds."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts.public import active_contract, usage_on
from yunhu.domains.reports import alarms, figures, repository
from yunhu.domains.reports.figures import Sums, by_key, call_figures, count_figures
from yunhu.domains.reports.rules import By, Kind, Question, Span, rate
from yunhu.domains.reports.schemas import (
    Alarm,
    HourOfToday,
    OpenNotifications,
    OperatorOverview,
    Overview,
    Quota,
    Robots,
    TenantToday,
)
from yunhu.foundation.clock import natural_day
from yunhu.foundation.db import Database

# What is open is counted by the partial index of it, which stays small however long the past is.
_STANDING = text(
    f"""
    SELECT pending, active, due_voice, due_sms, oldest, robots, busy, live, alarms FROM (
        SELECT count(*) FILTER (WHERE state = 'pending') AS pending,
            count(*) FILTER (WHERE state = 'active') AS active,
            count(*) FILTER (WHERE state = 'pending' AND due_at <= :now AND channel = 'voice') AS due_voice,
            count(*) FILTER (WHERE state = 'pending' AND due_at <= :now AND channel = 'sms') AS due_sms,
            min(due_at) FILTER (WHERE state = 'pending' AND due_at <= :now) AS oldest
        FROM notifications WHERE state IN ('pending', 'active') AND tenant_id = ANY(CAST(:tenants AS uuid[]))
    ) AS notifications, (
        SELECT count(*) AS robots, count(call_id) AS busy FROM robots
        WHERE NOT retired AND tenant_id = ANY(CAST(:tenants AS uuid[]))
    ) AS robots, (
        SELECT count(*) AS live FROM calls WHERE state <> 'ended' AND tenant_id = ANY(CAST(:tenants AS uuid[]))
    ) AS calls, (
        SELECT jsonb_agg(jsonb_build_object('code', code, 'count', count, 'since', since)) AS alarms
        FROM ({alarms.OF_TENANTS}) AS found WHERE count > 0
    ) AS alarms
    """  # noqa: S608 fixed text
)
_TENANTS = text("SELECT id::text AS key, slug, name FROM tenants WHERE id = ANY(CAST(:tenants AS uuid[]))")


async def overview_of(database: Database, tenant_id: UUID, now: datetime) -> Overview:
    """A tenant's own."""
    parts, platform = await asyncio.gather(_own_parts(database, tenant_id, now), _platform_alarms(database))
    return Overview(**parts | {"alarms": alarms.ordered(parts["alarms"] + platform)})


async def overview_of_all(
    session: AsyncSession, tenants: Sequence[UUID], now: datetime, *, one: bool
) -> OperatorOverview:
    """The operator's, over all tenants or one."""
    quotas = await _quotas(session, tenants[0], now) if one else []
    parts = await _parts(session, tenants, quotas, now)
    platform = await alarms.of_platform(session, for_operator=True)
    parts["alarms"] = alarms.ordered(parts["alarms"] + platform)
    today = Span(natural_day(now), natural_day(now))
    question = Question(kind=Kind.CALL, by=By.TENANT, span=today)
    called = by_key(await repository.sums(session, tenants, question))
    names = {row.key: row for row in await session.execute(_TENANTS, {"tenants": list(tenants)})}
    busiest = sorted(called.items(), key=lambda item: -item[1].n)
    return OperatorOverview(
        **parts,
        tenants=[
            TenantToday(
                slug=names[key].slug,
                name=names[key].name,
                attempts=sums.n,
                answered=sums.reached,
                answer_rate=rate(sums.reached, sums.n),
            )
            for key, sums in busiest
        ],
    )


async def _own_parts(database: Database, tenant_id: UUID, now: datetime) -> dict[str, Any]:
    async with database.tenant_transaction(tenant_id) as session:
        quotas = await _quotas(session, tenant_id, now)
        return await _parts(session, [tenant_id], quotas, now)


async def _platform_alarms(database: Database) -> list[Alarm]:
    """The platform's own tables are out of a tenant's reach."""
    async with database.transaction() as session:
        return await alarms.of_platform(session, for_operator=False)


async def _parts(
    session: AsyncSession, tenants: Sequence[UUID], quotas: list[Quota], now: datetime
) -> dict[str, Any]:
    today = Span(natural_day(now), natural_day(now))
    found = await repository.day_sums(session, tenants, today)
    standing = (await session.execute(_STANDING, {"tenants": list(tenants), "now": now})).one()
    calls, notifications = Sums(found.rows[Kind.CALL]), found.rows[Kind.NOTIFICATION]
    arrived = Sums(row for row in notifications if row.key == "voice").reached
    return {
        "at": now,
        "day": today.first,
        "calls": call_figures(calls, arrived),
        "calls_live": standing.live,
        "hours": [
            HourOfToday(hour=int(key), attempts=sums.n, answered=sums.reached)
            for key, sums in by_key(found.rows[Kind.CALL]).items()
        ],
        "notifications": count_figures(Sums(notifications)),
        "open": _open(standing, now),
        "messages": count_figures(Sums(found.rows[Kind.MESSAGE])),
        "robots": Robots(total=standing.robots, busy=standing.busy),
        "event_to_ring": figures.ring_figures(found.to_ring),
        "quotas": quotas,
        "alarms": alarms.told(standing.alarms or []) + alarms.of_figures(calls, quotas),
    }


def _open(row: Any, now: datetime) -> OpenNotifications:
    return OpenNotifications(
        pending=row.pending,
        active=row.active,
        due_voice=row.due_voice,
        due_sms=row.due_sms,
        oldest_due_seconds=(now - row.oldest).total_seconds() if row.oldest is not None else None,
    )


async def _quotas(session: AsyncSession, tenant_id: UUID, now: datetime) -> list[Quota]:
    day = natural_day(now)
    contract = await active_contract(session, tenant_id, day)
    if contract is None:
        return []
    return [
        Quota(
            kind=usage.kind,
            granted=usage.granted,
            used=usage.used,
            left=max(0, usage.granted - usage.used) if usage.used is not None else None,
            first_day=usage.first_day,
            last_day=usage.last_day,
        )
        for usage in await usage_on(session, contract, day)
    ]
