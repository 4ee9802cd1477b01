"""Bring a tenant's own row and its robots in line with its file."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.dispatch.models import Robot
from yunhu.domains.identity.models import Tenant
from yunhu.entrypoints.apply_file import TenantPart
from yunhu.foundation.changes import Change, ChangeKind, compared
from yunhu.foundation.ids import new_id


async def provision_tenant(session: AsyncSession, wish: TenantPart, now: datetime) -> tuple[Change, UUID]:
    """Add or rename; the slug says which tenant it is."""
    row = await session.scalar(select(Tenant).where(Tenant.slug == wish.slug).with_for_update())
    if row is None:
        row = Tenant(id=new_id(), slug=wish.slug, name=wish.name, created_at=now)
        session.add(row)
        await session.flush()
        return Change(ChangeKind.ADD, "tenant", wish.slug, note=wish.name), row.id
    change = compared("tenant", wish.slug, {"name": row.name}, {"name": wish.name})
    row.name = wish.name
    await session.flush()
    return change, row.id


async def provision_robots(session: AsyncSession, tenant_id: UUID, names: Sequence[str]) -> list[Change]:
    """Add, bring back and retire. A robot that speaks just now gets no further call and ends this one."""
    query = select(Robot).where(Robot.tenant_id == tenant_id).order_by(Robot.name).with_for_update()
    rows = {row.name: row for row in await session.scalars(query)}
    changes = []
    for name in names:
        row = rows.get(name)
        if row is None:
            session.add(Robot(id=new_id(), tenant_id=tenant_id, name=name, retired=False))
            changes.append(Change(ChangeKind.ADD, "robot", name))
        elif row.retired:
            row.retired = False
            changes.append(Change(ChangeKind.ADD, "robot", name, note="back from retirement"))
        else:
            changes.append(Change(ChangeKind.UNCHANGED, "robot", name))
    for name, row in rows.items():
        if name not in names and not row.retired:
            row.retired = True
            note = "retires when its call ends" if row.call_id else "retired"
            changes.append(Change(ChangeKind.REMOVE, "robot", name, note=note))
    await session.flush()
    return changes
