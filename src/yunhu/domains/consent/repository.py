"""Every query about refusals."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.consent.models import Refusal, RefusalSource

# One standing refusal a person and tenant, and one a person for all: a second one changes and returns nothing.
STAND = text(
    """
    INSERT INTO refusals (id, tenant_id, callee_cipher, callee_index, source, call_id, at, recorded_by)
    VALUES (:id, :tenant_id, :cipher, :index, :source, :call_id, :now, :by)
    ON CONFLICT DO NOTHING
    RETURNING id
    """
)


class RefusalFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which refusals. Moments are aware; `said_to` itself is not included."""

    index: bytes | None = None
    source: RefusalSource | None = None
    standing: bool | None = None
    said_from: datetime | None = None
    said_to: datetime | None = None


async def standing(session: AsyncSession, tenant_id: UUID | None, index: bytes) -> Refusal | None:
    """The refusal of one person that is in force."""
    query = select(Refusal).where(_of(tenant_id), Refusal.callee_index == index, Refusal.lifted_at.is_(None))
    return await session.scalar(query)


async def standing_of(session: AsyncSession, tenant_id: UUID, indexes: Collection[bytes]) -> set[bytes]:
    """Which of these persons refuse."""
    query = select(Refusal.callee_index).where(
        Refusal.tenant_id == tenant_id,
        Refusal.callee_index.in_(indexes),
        Refusal.lifted_at.is_(None),
    )
    return set((await session.scalars(query)).all()) if indexes else set()


async def find(session: AsyncSession, tenant_id: UUID | None, refusal_id: UUID) -> Refusal | None:
    """A tenant's refusal, or one of the whole platform; locked."""
    query = select(Refusal).where(Refusal.id == refusal_id, _of(tenant_id))
    return await session.scalar(query.with_for_update())


async def refusals_of(
    session: AsyncSession,
    tenant_id: UUID | None,
    filters: RefusalFilter,
    *,
    before: UUID | None = None,
    limit: int,
) -> Sequence[Refusal]:
    """A tenant's refusals, or those of the whole platform, newest first; lifted ones included unless asked."""
    query = select(Refusal).where(_of(tenant_id))
    if filters.index is not None:
        query = query.where(Refusal.callee_index == filters.index)
    if filters.source is not None:
        query = query.where(Refusal.source == filters.source)
    if filters.standing is not None:
        stands = Refusal.lifted_at.is_(None)
        query = query.where(stands if filters.standing else ~stands)
    if filters.said_from is not None:
        query = query.where(Refusal.at >= filters.said_from)
    if filters.said_to is not None:
        query = query.where(Refusal.at < filters.said_to)
    if before is not None:
        query = query.where(Refusal.id < before)
    return (await session.scalars(query.order_by(Refusal.id.desc()).limit(limit))).all()


def _of(tenant_id: UUID | None) -> ColumnElement[bool]:
    return Refusal.tenant_id.is_(None) if tenant_id is None else Refusal.tenant_id == tenant_id
