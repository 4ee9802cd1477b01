"""Every query about API keys."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity.models import ApiKey, Tenant

# The moment of use is written at most once a minute a key: the row would otherwise be the busiest of all.
_TOUCH = text(
    """
    UPDATE api_keys SET last_used_at = :now
    WHERE id = :id AND (last_used_at IS NULL OR last_used_at < CAST(:now AS timestamptz) - interval '1 minute')
    """
)


async def key_by_digest(session: AsyncSession, digest: bytes) -> ApiKey | None:
    """The key with this keyed hash, whatever its state; none of a tenant out of use."""
    disabled = select(Tenant.id).where(Tenant.id == ApiKey.tenant_id, Tenant.disabled_at.is_not(None))
    return await session.scalar(select(ApiKey).where(ApiKey.digest == digest, ~disabled.exists()))


async def key_by_id(session: AsyncSession, tenant_id: UUID | None, key_id: UUID) -> ApiKey | None:
    """A key of a tenant or of the operator, locked for a change."""
    return await session.scalar(
        select(ApiKey).where(ApiKey.id == key_id, ApiKey.tenant_id == tenant_id).with_for_update()
    )


async def keys_of(
    session: AsyncSession, tenant_id: UUID | None, *, before: UUID | None, limit: int
) -> Sequence[ApiKey]:
    """The keys of a tenant or of the operator, newest first."""
    query = select(ApiKey).where(ApiKey.tenant_id == tenant_id)
    if before is not None:
        query = query.where(ApiKey.id < before)
    return (await session.scalars(query.order_by(ApiKey.id.desc()).limit(limit))).all()


async def touch(session: AsyncSession, key_id: UUID, now: datetime) -> None:
    """Record that the key was used."""
    await session.execute(_TOUCH, {"id": key_id, "now": now})
