"""Queries about caller numbers, apart from dispatch's own statement that takes one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.numbers.models import CallerNumber, NumberState


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


async def cool_down(session: AsyncSession, number_id: UUID, until: datetime) -> None:
    """Let a number rest; it is passed over in the rotation until then."""
    await session.execute(
        update(CallerNumber).where(CallerNumber.id == number_id).values(cooling_until=until)
    )
