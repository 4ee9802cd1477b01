"""Every query about scripts."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.scripts.models import Script, ScriptVersion, VersionState

ApprovedRow = Row[ScriptVersion, Script]


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
