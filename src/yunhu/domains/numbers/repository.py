"""Queries about caller numbers, apart from those of the rotation."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, text, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.numbers.models import (
    CallerNumber,
    NumberDay,
    NumberEvent,
    NumberPaper,
    NumberRegion,
    NumberState,
)

# What the health job compares, for every allocated number of one tenant.
_POOL = text(
    """
    SELECT n.id, n.health, n.cooling_until, n.state_reason,
        coalesce(sum(d.reached), 0) AS reached, coalesce(sum(d.answered), 0) AS answered,
        coalesce(sum(d.refused), 0) AS refused, coalesce(sum(d.flagged), 0) AS flagged,
        (SELECT count(*) FROM number_events AS e WHERE e.number_id = n.id AND e.kind = 'cooled'
            AND e.at >= :rests_since) AS rests
    FROM caller_numbers AS n
    LEFT JOIN number_days AS d ON d.number_id = n.id AND d.day >= :since
    WHERE n.tenant_id = :tenant_id AND n.state = 'allocated'
    GROUP BY n.id ORDER BY n.id
    """
)

# The index `ix_number_days_pool` finds the days of a tenant.
_REST_OF_POOL = text(
    """
    SELECT day, sum(reached)::bigint AS reached, sum(answered)::bigint AS answered, sum(refused)::bigint AS refused
    FROM number_days WHERE tenant_id = :tenant_id AND day >= :since AND number_id <> :number_id
    GROUP BY day ORDER BY day
    """
)
_NOTE_HEALTH = text(
    """
    INSERT INTO number_days AS d (number_id, day, tenant_id, calls, reached, answered, refused, flagged,
        talk_seconds, health)
    SELECT id, :day, tenant_id, 0, 0, 0, 0, 0, 0, health FROM caller_numbers
    WHERE tenant_id = :tenant_id AND state IN ('allocated', 'quarantined')
    ON CONFLICT (number_id, day) DO UPDATE SET health = EXCLUDED.health
    """
)
_COUNT_FLAG = text(
    """
    INSERT INTO number_days AS d (number_id, day, tenant_id, calls, reached, answered, refused, flagged, talk_seconds)
    VALUES (:number_id, :day, :tenant_id, 0, 0, 0, 0, 1, 0)
    ON CONFLICT (number_id, day) DO UPDATE SET flagged = d.flagged + 1
    """
)


class NumberFilters(msgspec.Struct, frozen=True, kw_only=True):
    """What a list may be narrowed to."""

    tenant_id: UUID | None = None
    state: str | None = None


async def trunks_in_use(session: AsyncSession, tenant_id: UUID) -> tuple[set[UUID], set[UUID]]:
    """The trunks that carry this tenant's numbers, and those that carry other tenants' numbers."""
    query = (
        select(CallerNumber.tenant_id, CallerNumber.trunk_id)
        .where(CallerNumber.state != NumberState.RELEASED)
        .distinct()
    )
    rows = (await session.execute(query)).all()
    return (
        {row.trunk_id for row in rows if row.tenant_id == tenant_id},
        {row.trunk_id for row in rows if row.tenant_id != tenant_id},
    )


async def lock_numbers(
    session: AsyncSession, tenant_id: UUID, e164s: Collection[str]
) -> Sequence[CallerNumber]:
    """Every number of the tenant and every one of these, by number, locked."""
    query = (
        select(CallerNumber)
        .where((CallerNumber.tenant_id == tenant_id) | CallerNumber.e164.in_(e164s))
        .order_by(CallerNumber.e164)
        .with_for_update()
    )
    return (await session.scalars(query)).all()


async def lock_number(session: AsyncSession, number_id: UUID) -> CallerNumber | None:
    """One number, locked."""
    return await session.scalar(select(CallerNumber).where(CallerNumber.id == number_id).with_for_update())


async def numbers_by_e164(session: AsyncSession, e164s: Collection[str]) -> Sequence[CallerNumber]:
    """Those of these that are known, locked."""
    query = select(CallerNumber).where(CallerNumber.e164.in_(e164s)).order_by(CallerNumber.e164)
    return (await session.scalars(query.with_for_update())).all()


async def lock_available(
    session: AsyncSession, limit: int, *, registered_to: str, region: str | None
) -> Sequence[CallerNumber]:
    """Numbers that nobody has, registered to somebody, perhaps of one region, locked."""
    query = (
        select(CallerNumber)
        .where(CallerNumber.state == NumberState.AVAILABLE, CallerNumber.registered_to == registered_to)
        .where(CallerNumber.region == region if region is not None else true())
        .order_by(CallerNumber.e164)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


async def numbers_of(
    session: AsyncSession, filters: NumberFilters, *, before: UUID | None, limit: int
) -> Sequence[CallerNumber]:
    """Newest first."""
    query = select(CallerNumber).order_by(CallerNumber.id.desc()).limit(limit)
    if filters.tenant_id is not None:
        query = query.where(CallerNumber.tenant_id == filters.tenant_id)
    if filters.state is not None:
        query = query.where(CallerNumber.state == filters.state)
    if before is not None:
        query = query.where(CallerNumber.id < before)
    return (await session.scalars(query)).all()


async def days_of(session: AsyncSession, number_id: UUID, since: date) -> Sequence[NumberDay]:
    """The points of a number's curve, oldest first."""
    query = select(NumberDay).where(NumberDay.number_id == number_id, NumberDay.day >= since)
    return (await session.scalars(query.order_by(NumberDay.day))).all()


async def note_health(session: AsyncSession, tenant_id: UUID, day: date) -> None:
    """A point of the health curve for every number of a pool."""
    await session.execute(_NOTE_HEALTH, {"tenant_id": tenant_id, "day": day})


async def count_flag(session: AsyncSession, number_id: UUID, tenant_id: UUID, day: date) -> None:
    """One mark from outside."""
    await session.execute(_COUNT_FLAG, {"number_id": number_id, "tenant_id": tenant_id, "day": day})


async def rest_of_pool(session: AsyncSession, number_id: UUID, tenant_id: UUID, since: date) -> Sequence[Any]:
    """Counts of all other numbers of a tenant by day, oldest first."""
    values = {"number_id": number_id, "tenant_id": tenant_id, "since": since}
    return (await session.execute(_REST_OF_POOL, values)).all()


async def known_e164s(session: AsyncSession, e164s: Collection[str]) -> set[str]:
    """Those of these that are in stock or with somebody already; nothing is locked."""
    query = select(CallerNumber.e164).where(CallerNumber.e164.in_(e164s))
    return set((await session.scalars(query)).all())


async def events_of(
    session: AsyncSession, number_id: UUID, tenant_id: UUID | None, limit: int
) -> Sequence[NumberEvent]:
    """The newest steps of a number's life; for a tenant only those under itself."""
    query = select(NumberEvent).where(NumberEvent.number_id == number_id)
    if tenant_id is not None:
        query = query.where(NumberEvent.tenant_id == tenant_id)
    return (await session.scalars(query.order_by(NumberEvent.id.desc()).limit(limit))).all()


async def papers_of(session: AsyncSession, number_id: UUID) -> Sequence[NumberPaper]:
    """A number's documents, newest first."""
    query = select(NumberPaper).where(NumberPaper.number_id == number_id).order_by(NumberPaper.id.desc())
    return (await session.scalars(query)).all()


async def regions_of(session: AsyncSession, tenant_id: UUID) -> list[str]:
    """Where the tenant may call from."""
    query = select(NumberRegion.region).where(NumberRegion.tenant_id == tenant_id)
    return sorted((await session.scalars(query)).all())


async def set_regions(session: AsyncSession, tenant_id: UUID, regions: Collection[str]) -> None:
    """Exactly these."""
    await session.execute(delete(NumberRegion).where(NumberRegion.tenant_id == tenant_id))
    if regions:
        rows = [{"tenant_id": tenant_id, "region": region} for region in sorted(set(regions))]
        await session.execute(insert(NumberRegion), rows)


async def add_regions(session: AsyncSession, tenant_id: UUID, regions: Collection[str]) -> None:
    """These, too."""
    if regions:
        rows = [{"tenant_id": tenant_id, "region": region} for region in sorted(set(regions))]
        await session.execute(insert(NumberRegion).on_conflict_do_nothing(), rows)


async def tenants_with_numbers(session: AsyncSession) -> Sequence[UUID]:
    """Every tenant that has a pool."""
    query = select(CallerNumber.tenant_id).where(CallerNumber.state == NumberState.ALLOCATED).distinct()
    return [tenant_id for tenant_id in (await session.scalars(query)).all() if tenant_id is not None]


async def pool_of(
    session: AsyncSession, tenant_id: UUID, since: date, rests_since: datetime
) -> Sequence[Any]:
    """Counts of a pool's numbers within the window."""
    values = {"tenant_id": tenant_id, "since": since, "rests_since": rests_since}
    return (await session.execute(_POOL, values)).all()
