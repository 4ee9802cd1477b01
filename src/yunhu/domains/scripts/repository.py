"""Every query about scripts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.scripts.models import Channel, FiledScript, Script, ScriptVersion, VersionState

ApprovedRow = Row[ScriptVersion, Script]

IN_FORCE = """
filed.in_force @> CAST(:now AS timestamptz)
AND (worded.retired_at IS NULL OR worded.retired_at <= lower(filed.in_force))
"""
"""SQL: whether `filing_scripts AS filed` lets the `script_versions AS worded` be used at :now. A version that was
retired while its filing held stays out of use; one that a later filing has again comes back."""

# States follow the filings. Retiring comes first: a script has one approved version at a time.
_RETIRE_UNFILED = text(
    f"""
    UPDATE script_versions AS v SET state = 'retired', retired_at = :now
    WHERE v.state = 'approved' AND (CAST(:tenant_id AS uuid) IS NULL OR v.tenant_id = :tenant_id)
      AND EXISTS (SELECT FROM filing_scripts AS f WHERE f.script_id = v.script_id AND f.in_force IS NOT NULL
                  AND (f.script_version_id = v.id OR f.in_force @> CAST(:now AS timestamptz)))
      AND NOT EXISTS (SELECT FROM filing_scripts AS filed JOIN script_versions AS worded
                      ON worded.id = filed.script_version_id WHERE worded.id = v.id AND {IN_FORCE})
    """  # noqa: S608 constant text
)
_APPROVE_FILED = text(
    f"""
    UPDATE script_versions AS v SET state = 'approved', approved_at = coalesce(v.approved_at, :now),
        approved_by = coalesce(v.approved_by, filing.decided_by ->> 'name'), retired_at = NULL
    FROM filing_scripts AS filed, script_versions AS worded, filing_versions AS filing
    WHERE v.state <> 'approved' AND filed.script_version_id = v.id AND worded.id = v.id
      AND filing.id = filed.filing_version_id
      AND (CAST(:tenant_id AS uuid) IS NULL OR filed.tenant_id = :tenant_id) AND {IN_FORCE}
    RETURNING v.id, v.tenant_id
    """  # noqa: S608 constant text
)


def _versions() -> Select[ScriptVersion, Script]:
    return select(ScriptVersion, Script).join(Script, Script.id == ScriptVersion.script_id)


async def approved_of(session: AsyncSession, tenant_id: UUID) -> Sequence[ApprovedRow]:
    """The approved version of each script of a tenant."""
    query = _versions().where(
        ScriptVersion.tenant_id == tenant_id, ScriptVersion.state == VersionState.APPROVED
    )
    return (await session.execute(query)).all()


async def versions_of(session: AsyncSession, ids: Collection[UUID]) -> Sequence[ApprovedRow]:
    """Versions by id, whatever their state: what was approved once stays provable."""
    return (await session.execute(_versions().where(ScriptVersion.id.in_(ids)))).all()


async def scripts_of(session: AsyncSession, tenant_id: UUID) -> Sequence[Script]:
    """Every script of a tenant, by slug, locked against a second change at the same time."""
    query = select(Script).where(Script.tenant_id == tenant_id).order_by(Script.slug).with_for_update()
    return (await session.scalars(query)).all()


async def latest_version(session: AsyncSession, script_id: UUID, state: VersionState) -> ScriptVersion | None:
    """The newest version in that state."""
    query = (
        select(ScriptVersion)
        .where(ScriptVersion.script_id == script_id, ScriptVersion.state == state)
        .order_by(ScriptVersion.number.desc())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def next_number(session: AsyncSession, script_id: UUID) -> int:
    """The number that the script's next version takes."""
    highest = select(func.max(ScriptVersion.number)).where(ScriptVersion.script_id == script_id)
    return (await session.scalar(highest) or 0) + 1


async def in_force_of(session: AsyncSession, tenant_id: UUID, now: datetime) -> Sequence[ApprovedRow]:
    """Wordings that the filings in force hold at a moment, one a script."""
    filed = FiledScript.in_force
    query = (
        _versions()
        .join(FiledScript, FiledScript.script_version_id == ScriptVersion.id)
        .where(
            FiledScript.tenant_id == tenant_id,
            filed.contains(now),
            (ScriptVersion.retired_at.is_(None)) | (ScriptVersion.retired_at <= func.lower(filed)),
        )
    )
    return (await session.execute(query)).all()


async def follow_filings(
    session: AsyncSession, tenant_id: UUID | None, now: datetime
) -> Sequence[Row[UUID, UUID]]:
    """Bring states in line with the filings in force; id and tenant of what was approved."""
    values = {"tenant_id": tenant_id, "now": now}
    await session.execute(_RETIRE_UNFILED, values)
    return (await session.execute(_APPROVE_FILED, values)).all()


async def versions_by_wording(
    session: AsyncSession, tenant_id: UUID, hashes: Mapping[str, str]
) -> Sequence[ApprovedRow]:
    """The newest version of each script (slug) that has this very wording (hash)."""
    query = (
        _versions()
        .where(
            ScriptVersion.tenant_id == tenant_id,
            tuple_(Script.slug, ScriptVersion.text_hash).in_(list(hashes.items())),
        )
        .ext(distinct_on(Script.slug))
        .order_by(Script.slug, ScriptVersion.number.desc())
    )
    return (await session.execute(query)).all()


async def script_by_slug(
    session: AsyncSession, tenant_id: UUID, slug: str, *, lock: bool = False
) -> Script | None:
    """A script of a tenant; with `lock` held, so that versions are numbered one after the other."""
    query = select(Script).where(Script.tenant_id == tenant_id, Script.slug == slug)
    return (await session.scalars(query.with_for_update() if lock else query)).one_or_none()


async def scripts_page(
    session: AsyncSession, tenant_id: UUID, before: UUID | None, limit: int, channel: Channel | None = None
) -> Sequence[Script]:
    """Scripts, newest first."""
    query = select(Script).where(Script.tenant_id == tenant_id).order_by(Script.id.desc()).limit(limit)
    if channel is not None:
        query = query.where(Script.channel == channel)
    return (await session.scalars(query if before is None else query.where(Script.id < before))).all()


async def standings_of(session: AsyncSession, script_ids: Collection[UUID]) -> Sequence[ScriptVersion]:
    """Of each script its newest version, and the approved one."""
    of_these = ScriptVersion.script_id.in_(script_ids)
    newest = (
        select(ScriptVersion.script_id, func.max(ScriptVersion.number))
        .where(of_these)
        .group_by(ScriptVersion.script_id)
    )
    query = select(ScriptVersion).where(
        of_these,
        (ScriptVersion.state == VersionState.APPROVED)
        | tuple_(ScriptVersion.script_id, ScriptVersion.number).in_(newest),
    )
    return (await session.scalars(query)).all()


async def versions_page(
    session: AsyncSession, script_id: UUID, before: int | None, limit: int
) -> Sequence[ScriptVersion]:
    """Versions of a script, newest first."""
    query = (
        select(ScriptVersion)
        .where(ScriptVersion.script_id == script_id)
        .order_by(ScriptVersion.number.desc())
        .limit(limit)
    )
    return (
        await session.scalars(query if before is None else query.where(ScriptVersion.number < before))
    ).all()


async def version_by_number(session: AsyncSession, script_id: UUID, number: int) -> ScriptVersion | None:
    """One version of a script."""
    query = select(ScriptVersion).where(ScriptVersion.script_id == script_id, ScriptVersion.number == number)
    return (await session.scalars(query)).one_or_none()


async def version_ids_of(session: AsyncSession, tenant_id: UUID, script_id: UUID) -> Sequence[UUID]:
    """Every version that a tenant's script ever had."""
    query = select(ScriptVersion.id).where(
        ScriptVersion.tenant_id == tenant_id, ScriptVersion.script_id == script_id
    )
    return (await session.scalars(query.order_by(ScriptVersion.number))).all()


async def names_of_versions(session: AsyncSession, version_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of the scripts that these are versions of."""
    query = (
        select(ScriptVersion.id, Script.name)
        .join(Script, Script.id == ScriptVersion.script_id)
        .where(ScriptVersion.id.in_(version_ids))
    )
    return {row.id: row.name for row in await session.execute(query)}
