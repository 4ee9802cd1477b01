"""Calls for people: lists and details, always of one tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import any_, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from yunhu.domains.calls.models import Call, CallState
from yunhu.domains.notifications.public import of_queue_number
from yunhu.domains.scripts.public import version_ids_of
from yunhu.foundation.db.paging import OneOf, Place, between, equal, page_query

# Without callee, text, keys and verdict: what the operator may know of a tenant's call (row D8).
_OF_ANYBODY = text(
    """
    SELECT c.id, c.tenant_id, o.slug AS tenant, c.notification_id, c.attempt, c.caller_number, t.name AS trunk,
        d.name AS node, c.state, c.result, c.reason, c.ended_by, c.sip_code, c.q850, c.answered_by, c.reserved_at,
        c.early_media_at, c.ringing_at, c.answered_at, c.ended_at
    FROM calls AS c JOIN tenants AS o ON o.id = c.tenant_id JOIN trunks AS t ON t.id = c.trunk_id
    JOIN nodes AS d ON d.id = c.node_id
    WHERE c.id = :id
    """
)


class CallFilters(msgspec.Struct, frozen=True, kw_only=True):
    """What a list may be narrowed to."""

    state: str | None = None
    result: str | None = None
    notification_id: UUID | None = None
    script_id: UUID | None = None
    caller_number: str | None = None
    callee_index: bytes | None = None
    queue_number: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def calls_of(
    session: AsyncSession, tenant_id: UUID, filters: CallFilters, place: Place
) -> Sequence[Any]:
    """One page; ids are in order of time."""
    names = ("state", "result", "notification_id", "caller_number", "callee_index")
    conditions = [Call.tenant_id == tenant_id, *equal(Call, filters, names)]
    live = filters.state not in {None, CallState.ENDED}
    if live:
        conditions.append(Call.state != CallState.ENDED)  # the condition of the index of live calls
    conditions += between(Call.id, Call.reserved_at, filters.since, filters.until)
    one_of = None
    if filters.script_id is not None:
        versions = await version_ids_of(session, tenant_id, filters.script_id)
        if not versions:
            return []
        one_of = OneOf(column=Call.script_version_id, values=versions)
    if filters.queue_number is not None:
        ids = await of_queue_number(session, tenant_id, filters.queue_number, "voice")
        conditions.append(Call.notification_id == any_(literal(list(ids), ARRAY(Uuid()))))
    few = live or any((filters.callee_index, filters.queue_number, filters.notification_id))
    query = page_query(Call, conditions, place, one_of=one_of, found_first=few)
    return (await session.scalars(query)).all()


async def call_of(session: AsyncSession, tenant_id: UUID, call_id: UUID) -> Any | None:
    """One call, if it is the tenant's."""
    return await session.scalar(select(Call).where(Call.tenant_id == tenant_id, Call.id == call_id))


async def call_of_anybody(session: AsyncSession, call_id: UUID) -> Any | None:
    """One call of whichever tenant, without what was said and to whom."""
    return (await session.execute(_OF_ANYBODY, {"id": call_id})).one_or_none()
