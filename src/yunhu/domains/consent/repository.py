"""Every query about refusals."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.consent.models import Refusal

# One standing refusal a person and tenant: a second one changes nothing and returns nothing.
STAND = text(
    """
    INSERT INTO refusals (id, tenant_id, callee_cipher, callee_index, source, call_id, at)
    VALUES (:id, :tenant_id, :cipher, :index, :source, :call_id, :now)
    ON CONFLICT (tenant_id, callee_index) WHERE lifted_at IS NULL DO NOTHING
    RETURNING id
    """
)


async def standing(session: AsyncSession, tenant_id: UUID, index: bytes) -> Refusal | None:
    """The refusal of one person that is in force."""
    query = select(Refusal).where(
        Refusal.tenant_id == tenant_id, Refusal.callee_index == index, Refusal.lifted_at.is_(None)
    )
    return await session.scalar(query)


async def standing_of(session: AsyncSession, tenant_id: UUID, indexes: Collection[bytes]) -> set[bytes]:
    """Which of these persons refuse."""
    query = select(Refusal.callee_index).where(
        Refusal.tenant_id == tenant_id,
        Refusal.callee_index.in_(indexes),
        Refusal.lifted_at.is_(None),
    )
    return set((await session.scalars(query)).all()) if indexes else set()


async def find(session: AsyncSession, tenant_id: UUID, refusal_id: UUID) -> Refusal | None:
    """A tenant's refusal, locked."""
    query = select(Refusal).where(Refusal.id == refusal_id, Refusal.tenant_id == tenant_id)
    return await session.scalar(query.with_for_update())


async def refusals_of(
    session: AsyncSession, tenant_id: UUID, *, index: bytes | None, before: UUID | None, limit: int
) -> Sequence[Refusal]:
    """A tenant's refusals, newest first, lifted ones included."""
    query = select(Refusal).where(Refusal.tenant_id == tenant_id)
    if index is not None:
        query = query.where(Refusal.callee_index == index)
    if before is not None:
        query = query.where(Refusal.id < before)
    return (await session.scalars(query.order_by(Refusal.id.desc()).limit(limit))).all()
