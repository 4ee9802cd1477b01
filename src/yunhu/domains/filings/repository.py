"""Every query about filings."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.filings.models import Filing, FilingVersion
from yunhu.domains.filings.plan import CallPlan, FiledTerms
from yunhu.domains.filings.rules import FiledWording
from yunhu.domains.filings.states import OPEN, STANDING, FilingState
from yunhu.domains.scripts.public import IN_FORCE, ApprovedScript, FiledScript
from yunhu.foundation.db.paging import after_in_order

Pair = Row[FilingVersion, Filing]

# Reaches somebody: any trunk of the tenant's caller numbers, or its SMSC account, is not the sandbox's.
_EQUIPMENT = text(
    """
    SELECT count(*) AS all, count(*) FILTER (WHERE kind <> 'sandbox') AS real FROM (
        SELECT DISTINCT t.id, t.kind FROM caller_numbers AS n JOIN trunks AS t ON t.id = n.trunk_id
        WHERE n.tenant_id = :tenant_id AND n.state <> 'released'
        UNION ALL SELECT id, kind FROM smsc_accounts WHERE tenant_id = :tenant_id
    ) AS equipment
    """
)

# Versions whose state lags behind the clock, in the order in which states change.
_DUE = text(
    """
    SELECT id FROM filing_versions
    WHERE state IN ('approved', 'effective') AND in_force IS NOT NULL
      AND (upper(in_force) <= :now OR (state = 'approved' AND lower(in_force) <= :now))
    ORDER BY lower(in_force), id LIMIT :limit FOR UPDATE SKIP LOCKED
    """
)


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which versions a list shows."""

    tenant_id: UUID | None = None
    state: FilingState | None = None
    filing: str | None = None
    before: UUID | None = None
    oldest_first: bool = False


async def page(session: AsyncSession, filters: Filters, limit: int) -> Sequence[Pair]:
    """Versions, newest first."""
    conditions: list[ColumnElement[bool]] = []
    if filters.tenant_id is not None:
        conditions.append(FilingVersion.tenant_id == filters.tenant_id)
    if filters.state is not None:
        conditions.append(FilingVersion.state == filters.state)
    if filters.filing is not None:
        conditions.append(Filing.slug == filters.filing)
    query = (
        select(FilingVersion, Filing).join(Filing, Filing.id == FilingVersion.filing_id).where(*conditions)
    )
    query = after_in_order(query, FilingVersion.id, filters.before, limit, oldest_first=filters.oldest_first)
    return (await session.execute(query)).all()


async def pair(session: AsyncSession, version_id: UUID, *, lock: bool = False) -> Pair | None:
    """A version with its filing; with `lock` both are held, the filing first in every transaction."""
    if lock:
        of_version = select(FilingVersion.filing_id).where(FilingVersion.id == version_id).scalar_subquery()
        await session.execute(select(Filing.id).where(Filing.id == of_version).with_for_update())
    query = (
        select(FilingVersion, Filing)
        .join(Filing, Filing.id == FilingVersion.filing_id)
        .where(FilingVersion.id == version_id)
    )
    if lock:
        query = query.with_for_update(of=FilingVersion)
    return (await session.execute(query)).one_or_none()


async def hold_approvals(session: AsyncSession, tenant_id: UUID) -> None:
    """One approval of a tenant at a time: only one can be the first."""
    await session.execute(
        text("SELECT FROM tenants WHERE id = :tenant_id FOR NO KEY UPDATE"), {"tenant_id": tenant_id}
    )


async def filing_by_slug(session: AsyncSession, tenant_id: UUID, slug: str) -> Filing | None:
    """A filing, locked."""
    query = select(Filing).where(Filing.tenant_id == tenant_id, Filing.slug == slug).with_for_update()
    return (await session.scalars(query)).one_or_none()


async def open_version(session: AsyncSession, filing_id: UUID) -> FilingVersion | None:
    """The version that is not decided yet."""
    query = select(FilingVersion).where(
        FilingVersion.filing_id == filing_id, FilingVersion.state.in_(tuple(OPEN))
    )
    return (await session.scalars(query)).one_or_none()


async def standing(session: AsyncSession, filing_id: UUID) -> Sequence[FilingVersion]:
    """In force or waiting to be, in order of time, locked."""
    query = (
        select(FilingVersion)
        .where(FilingVersion.filing_id == filing_id, FilingVersion.state.in_(tuple(STANDING)))
        .order_by(FilingVersion.number)
        .with_for_update()
    )
    return (await session.scalars(query)).all()


async def version_in_force(session: AsyncSession, filing_id: UUID, now: datetime) -> FilingVersion | None:
    """The version that holds at a moment."""
    query = select(FilingVersion).where(
        FilingVersion.filing_id == filing_id, FilingVersion.in_force.contains(now)
    )
    return (await session.scalars(query)).one_or_none()


async def next_number(session: AsyncSession, filing_id: UUID) -> int:
    """The number that the filing's next version takes."""
    highest = select(func.max(FilingVersion.number)).where(FilingVersion.filing_id == filing_id)
    return (await session.scalar(highest) or 0) + 1


async def was_ever_approved(session: AsyncSession, tenant_id: UUID) -> bool:
    """Whether anything of the tenant was approved before: from then on, whatever is approved is a change."""
    query = select(
        select(FilingVersion.id)
        .where(FilingVersion.tenant_id == tenant_id, FilingVersion.in_force.is_not(None))
        .exists()
    )
    return bool(await session.scalar(query))


async def reaches_nobody(session: AsyncSession, tenant_id: UUID) -> bool:
    """Whether the tenant has equipment, and all of it is the sandbox's."""
    row = (await session.execute(_EQUIPMENT, {"tenant_id": tenant_id})).one()
    return bool(row.all > 0 and row.real == 0)


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[UUID]:
    """Versions that the clock has moved on, locked."""
    return (await session.execute(_DUE, {"now": now, "limit": limit})).scalars().all()


async def wordings(session: AsyncSession, tenant_id: UUID, ids: Collection[UUID]) -> list[FiledWording]:
    """What a filing's script versions are; those of other tenants are not found."""
    rows = await session.execute(_WORDINGS, {"tenant_id": tenant_id, "ids": list(ids)})
    return [msgspec.convert(dict(row), FiledWording) for row in rows.mappings()]


_WORDINGS = text(
    """
    SELECT v.id AS version_id, v.script_id, s.slug, s.channel
    FROM script_versions AS v JOIN scripts AS s ON s.id = v.script_id
    WHERE v.id = ANY(CAST(:ids AS uuid[])) AND v.tenant_id = :tenant_id
    ORDER BY s.slug, v.number
    """
)


async def set_scripts(
    session: AsyncSession, version: FilingVersion, scripts: Collection[ApprovedScript]
) -> None:
    """Write down which wordings a version has, in the place of what it had."""
    await session.execute(delete(FiledScript).where(FiledScript.filing_version_id == version.id))
    rows = [
        {
            "filing_version_id": version.id,
            "script_version_id": script.version_id,
            "script_id": script.script_id,
            "tenant_id": version.tenant_id,
            "text_hash": script.text_hash,
        }
        for script in scripts
    ]
    if rows:
        await session.execute(insert(FiledScript), rows)


async def set_force(session: AsyncSession, version: FilingVersion, force: Range[datetime] | None) -> None:
    """Set when a version and its wordings hold."""
    version.in_force = force
    await session.flush()
    await session.execute(
        update(FiledScript).where(FiledScript.filing_version_id == version.id).values(in_force=force)
    )


_ELSEWHERE = text(
    """
    SELECT s.slug FROM filing_scripts AS mine
    JOIN filing_scripts AS other ON other.script_id = mine.script_id
        AND other.in_force && tstzrange(CAST(:start AS timestamptz), CAST(:end AS timestamptz))
    JOIN filing_versions AS theirs ON theirs.id = other.filing_version_id AND theirs.filing_id <> :filing_id
    JOIN scripts AS s ON s.id = mine.script_id
    WHERE mine.filing_version_id = :id ORDER BY s.slug
    """
)


async def scripts_elsewhere(
    session: AsyncSession, version: FilingVersion, force: Range[datetime]
) -> Sequence[str]:
    """Slugs of scripts that another filing holds at the same time."""
    values = {"id": version.id, "filing_id": version.filing_id, "start": force.lower, "end": force.upper}
    return (await session.execute(_ELSEWHERE, values)).scalars().all()


_IN_FORCE = text(
    f"""
    SELECT s.slug, f.content -> 'plan' AS plan, f.content -> 'purposes' AS purposes
    FROM filing_scripts AS filed
    JOIN script_versions AS worded ON worded.id = filed.script_version_id
    JOIN scripts AS s ON s.id = filed.script_id
    JOIN filing_versions AS f ON f.id = filed.filing_version_id
    WHERE filed.tenant_id = :tenant_id AND {IN_FORCE}
    """  # noqa: S608 constant text
)


async def terms_in_force(session: AsyncSession, tenant_id: UUID, now: datetime) -> dict[str, FiledTerms]:
    """By the slug of each script that may be used at this moment: what its filing allows."""
    rows = await session.execute(_IN_FORCE, {"tenant_id": tenant_id, "now": now})
    return {row.slug: FiledTerms(msgspec.convert(row.plan, CallPlan), tuple(row.purposes)) for row in rows}
