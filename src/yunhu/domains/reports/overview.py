"""Today at a glance: a dozen short queries over sums and small indexes, whatever the past holds."""

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

# By the partial index of what is open, which stays small however long the past is.
_OPEN = text(
    """
    SELECT count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'active') AS active,
        count(*) FILTER (WHERE state = 'pending' AND due_at <= :now AND channel = 'voice') AS due_voice,
        count(*) FILTER (WHERE state = 'pending' AND due_at <= :now AND channel = 'sms') AS due_sms,
        min(due_at) FILTER (WHERE state = 'pending' AND due_at <= :now) AS oldest
    FROM notifications WHERE state IN ('pending', 'active') AND tenant_id = ANY(CAST(:tenants AS uuid[]))
    """
)
_ROBOTS = text(
    """
    SELECT count(*) AS total, count(call_id) AS busy FROM robots
    WHERE NOT retired AND tenant_id = ANY(CAST(:tenants AS uuid[]))
    """
)
_LIVE = text(
    "SELECT count(*) FROM calls WHERE state <> 'ended' AND tenant_id = ANY(CAST(:tenants AS uuid[]))"
)
_TENANTS = text("SELECT id::text AS key, slug, name FROM tenants WHERE id = ANY(CAST(:tenants AS uuid[]))")


async def overview_of(database: Database, tenant_id: UUID, now: datetime) -> Overview:
    """A tenant's own."""
    async with database.tenant_transaction(tenant_id) as session:
        quotas = await _quotas(session, tenant_id, now)
        parts = await _parts(session, [tenant_id], quotas, now)
    async with database.transaction() as session:
        platform = await alarms.of_platform(session, for_operator=False)
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


async def _parts(
    session: AsyncSession, tenants: Sequence[UUID], quotas: list[Quota], now: datetime
) -> dict[str, Any]:
    today = Span(natural_day(now), natural_day(now))
    found = {
        kind: await repository.sums(
            session,
            tenants,
            Question(kind=kind, by=By.HOUR_OF_DAY if kind is Kind.CALL else By.SCRIPT, span=today),
        )
        for kind in Kind
    }
    arrived = await repository.sums(
        session, tenants, Question(kind=Kind.NOTIFICATION, by=By.DAY, span=today), voice_only=True
    )
    calls = Sums(found[Kind.CALL])
    told: list[Alarm] = await alarms.of_tenants(session, tenants, now)
    return {
        "at": now,
        "day": today.first,
        "calls": call_figures(calls, Sums(arrived).reached),
        "calls_live": await session.scalar(_LIVE, {"tenants": list(tenants)}),
        "hours": [
            HourOfToday(hour=int(key), attempts=sums.n, answered=sums.reached)
            for key, sums in by_key(found[Kind.CALL]).items()
        ],
        "notifications": count_figures(Sums(found[Kind.NOTIFICATION])),
        "open": await _open(session, tenants, now),
        "messages": count_figures(Sums(found[Kind.MESSAGE])),
        "robots": await _robots(session, tenants),
        "event_to_ring": await figures.event_to_ring(session, tenants, today),
        "quotas": quotas,
        "alarms": told + alarms.of_figures(calls, quotas),
    }


async def _open(session: AsyncSession, tenants: Sequence[UUID], now: datetime) -> OpenNotifications:
    row = (await session.execute(_OPEN, {"tenants": list(tenants), "now": now})).one()
    waited = (now - row.oldest).total_seconds() if row.oldest is not None else None
    return OpenNotifications(
        pending=row.pending,
        active=row.active,
        due_voice=row.due_voice,
        due_sms=row.due_sms,
        oldest_due_seconds=waited,
    )


async def _robots(session: AsyncSession, tenants: Sequence[UUID]) -> Robots:
    row = (await session.execute(_ROBOTS, {"tenants": list(tenants)})).one()
    return Robots(total=row.total, busy=row.busy)


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
