"""Calls for people: lists and details, always of one tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.calls.models import Call


class CallFilters(msgspec.Struct, frozen=True, kw_only=True):
    """What a list may be narrowed to."""

    state: str | None = None
    result: str | None = None
    notification_id: UUID | None = None
    callee_index: bytes | None = None
    since: datetime | None = None
    until: datetime | None = None


async def calls_of(
    session: AsyncSession, tenant_id: UUID, filters: CallFilters, *, before: UUID | None, limit: int
) -> Sequence[Any]:
    """Newest first; ids are in order of time."""
    query = select(Call).where(Call.tenant_id == tenant_id).order_by(Call.id.desc()).limit(limit)
    for column, wanted in (
        (Call.state, filters.state),
        (Call.result, filters.result),
        (Call.notification_id, filters.notification_id),
        (Call.callee_index, filters.callee_index),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if filters.since is not None:
        query = query.where(Call.reserved_at >= filters.since)
    if filters.until is not None:
        query = query.where(Call.reserved_at < filters.until)
    if before is not None:
        query = query.where(Call.id < before)
    return (await session.scalars(query)).all()


async def call_of(session: AsyncSession, tenant_id: UUID, call_id: UUID) -> Any | None:
    """One call, if it is the tenant's."""
    return await session.scalar(select(Call).where(Call.tenant_id == tenant_id, Call.id == call_id))
