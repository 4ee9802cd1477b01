"""Messages for people: lists and details, always of one tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import any_, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from yunhu.domains.notifications.public import of_queue_number
from yunhu.domains.scripts.public import version_ids_of
from yunhu.domains.sms.models import MessageState, SmsMessage, SmsPart
from yunhu.foundation.db.paging import OneOf, Place, between, equal, page_query

# Without callee, text and verdict: what the operator may know of a tenant's message (row D8).
_OF_ANYBODY = text(
    """
    SELECT m.id, m.tenant_id, o.slug AS tenant, m.notification_id, m.attempt, a.name AS account, d.name AS node, m.state,
        m.raw_status, m.created_at, m.submitted_at, m.receipt_deadline, m.final_at
    FROM sms_messages AS m JOIN tenants AS o ON o.id = m.tenant_id JOIN smsc_accounts AS a ON a.id = m.account_id
    JOIN nodes AS d ON d.id = m.node_id
    WHERE m.id = :id
    """
)
_OPEN = frozenset({MessageState.SUBMITTING, MessageState.SUBMITTED})


class MessageFilters(msgspec.Struct, frozen=True, kw_only=True):
    """What a list may be narrowed to."""

    state: str | None = None
    notification_id: UUID | None = None
    script_id: UUID | None = None
    callee_index: bytes | None = None
    queue_number: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def messages_of(
    session: AsyncSession, tenant_id: UUID, filters: MessageFilters, place: Place
) -> Sequence[SmsMessage]:
    """One page; ids are in order of time."""
    names = ("state", "notification_id", "callee_index")
    conditions = [SmsMessage.tenant_id == tenant_id, *equal(SmsMessage, filters, names)]
    under_way = filters.state in _OPEN
    if filters.state is not None:
        # The conditions of the two partial indexes.
        conditions.append(SmsMessage.final_at.is_(None) if under_way else SmsMessage.final_at.is_not(None))
    conditions += between(SmsMessage.id, SmsMessage.created_at, filters.since, filters.until)
    one_of = None
    if filters.script_id is not None:
        versions = await version_ids_of(session, tenant_id, filters.script_id)
        if not versions:
            return []
        one_of = OneOf(column=SmsMessage.script_version_id, values=versions)
    if filters.queue_number is not None:
        ids = await of_queue_number(session, tenant_id, filters.queue_number, "sms")
        conditions.append(SmsMessage.notification_id == any_(literal(list(ids), ARRAY(Uuid()))))
    few = under_way or any((filters.callee_index, filters.queue_number, filters.notification_id))
    query = page_query(SmsMessage, conditions, place, one_of=one_of, found_first=few)
    return (await session.scalars(query)).all()


async def message_of(session: AsyncSession, tenant_id: UUID, message_id: UUID) -> SmsMessage | None:
    """One message, if it is the tenant's."""
    query = select(SmsMessage).where(SmsMessage.tenant_id == tenant_id, SmsMessage.id == message_id)
    return await session.scalar(query)


async def message_of_anybody(session: AsyncSession, message_id: UUID) -> Any | None:
    """One message of whichever tenant, without what was said and to whom."""
    return (await session.execute(_OF_ANYBODY, {"id": message_id})).one_or_none()


async def parts_of(session: AsyncSession, message_id: UUID) -> Sequence[SmsPart]:
    """The segments of a message, in order."""
    query = select(SmsPart).where(SmsPart.message_id == message_id).order_by(SmsPart.part)
    return (await session.scalars(query)).all()
