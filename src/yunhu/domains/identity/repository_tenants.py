"""Every query about tenants themselves."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity.models import Tenant
from yunhu.domains.identity.user_errors import TenantExistsError, TenantUnknownError
from yunhu.foundation.ids import new_id

_LIKE = re.compile(r"([%_\\])")


async def tenants(
    session: AsyncSession, part: str | None, *, enabled: bool | None, after: str | None, limit: int
) -> Sequence[Tenant]:
    """By slug; those whose slug or name has the part in it."""
    query = select(Tenant)
    if part is not None:
        literal = _LIKE.sub(r"\\\1", part)
        pattern = f"%{literal}%"
        query = query.where(or_(Tenant.slug.ilike(pattern), Tenant.name.ilike(pattern)))
    if enabled is not None:
        query = query.where(Tenant.disabled_at.is_(None) if enabled else Tenant.disabled_at.is_not(None))
    if after is not None:
        query = query.where(Tenant.slug > after)
    return (await session.scalars(query.order_by(Tenant.slug).limit(limit))).all()


async def add(session: AsyncSession, slug: str, name: str, now: datetime) -> Tenant:
    """A new tenant. Raises `TenantExistsError`."""
    row = Tenant(id=new_id(), slug=slug, name=name, created_at=now)
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError:
        raise TenantExistsError(tenant=slug) from None
    return row


async def locked(session: AsyncSession, slug: str) -> Tenant:
    """A tenant, held for a change. Raises `TenantUnknownError`."""
    row = await session.scalar(select(Tenant).where(Tenant.slug == slug).with_for_update())
    if row is None:
        raise TenantUnknownError(tenant=slug)
    return row
