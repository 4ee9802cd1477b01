"""Queries that read notifications and journeys, always inside one tenant."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications.models import Journey, Notification, QueueEvent, TimelineEntry

# Calls and messages belong to other slices; the union is the one look at both that an attempt's list needs.
_ATTEMPTS = text(
    """
    SELECT id, attempt, 'voice' AS channel, text, state, result, reserved_at AS started_at, answered_at,
           ended_at, verdict
    FROM calls WHERE notification_id = :id AND tenant_id = :tenant_id
    UNION ALL
    SELECT id, attempt, 'sms', text, state, raw_status, created_at, NULL, final_at, verdict
    FROM sms_messages WHERE notification_id = :id AND tenant_id = :tenant_id
    ORDER BY attempt, started_at
    """
)


class NotificationFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; None is no condition."""

    state: str | None = None
    purpose: str | None = None
    channel: str | None = None
    client_reference: str | None = None
    queue_number: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    callee_index: bytes | None = None
    journey_id: UUID | None = None


class JourneyFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; None is no condition."""

    day: date | None = None
    hall: str | None = None
    queue_number: str | None = None


async def notification_by_id(
    session: AsyncSession, tenant_id: UUID, notification_id: UUID
) -> Notification | None:
    """A tenant's notification."""
    return await session.scalar(
        select(Notification).where(Notification.id == notification_id, Notification.tenant_id == tenant_id)
    )


async def notification_by_reference(
    session: AsyncSession, tenant_id: UUID, reference: str
) -> Notification | None:
    """The notification that was created under a reference."""
    return await session.scalar(
        select(Notification).where(
            Notification.client_reference == reference, Notification.tenant_id == tenant_id
        )
    )


async def list_notifications(
    session: AsyncSession, tenant_id: UUID, narrowed: NotificationFilter, *, before: UUID | None, limit: int
) -> Sequence[Notification]:
    """Newest first (ids are UUIDv7)."""
    query = select(Notification).where(Notification.tenant_id == tenant_id)
    for name in ("state", "purpose", "channel", "client_reference", "callee_index", "journey_id"):
        value = getattr(narrowed, name)
        if value is not None:
            query = query.where(getattr(Notification, name) == value)
    if narrowed.queue_number is not None:
        query = query.join(Journey, Journey.id == Notification.journey_id).where(
            Journey.queue_number == narrowed.queue_number
        )
    if narrowed.created_from is not None:
        query = query.where(Notification.created_at >= narrowed.created_from)
    if narrowed.created_to is not None:
        query = query.where(Notification.created_at < narrowed.created_to)
    if before is not None:
        query = query.where(Notification.id < before)
    return (await session.scalars(query.order_by(Notification.id.desc()).limit(limit))).all()


async def timeline_of(session: AsyncSession, notification_id: UUID) -> Sequence[TimelineEntry]:
    """Every line, oldest first."""
    query = select(TimelineEntry).where(TimelineEntry.notification_id == notification_id)
    return (await session.scalars(query.order_by(TimelineEntry.id))).all()


async def attempts_of(session: AsyncSession, tenant_id: UUID, notification_id: UUID) -> Sequence[Any]:
    """Calls and messages, oldest first."""
    return (await session.execute(_ATTEMPTS, {"id": notification_id, "tenant_id": tenant_id})).all()


async def journey_by_id(session: AsyncSession, tenant_id: UUID, journey_id: UUID) -> Journey | None:
    """A tenant's journey."""
    return await session.scalar(
        select(Journey).where(Journey.id == journey_id, Journey.tenant_id == tenant_id)
    )


async def list_journeys(
    session: AsyncSession, tenant_id: UUID, narrowed: JourneyFilter, *, before: UUID | None, limit: int
) -> Sequence[Journey]:
    """Newest first."""
    query = select(Journey).where(Journey.tenant_id == tenant_id)
    for name in ("day", "hall", "queue_number"):
        value = getattr(narrowed, name)
        if value is not None:
            query = query.where(getattr(Journey, name) == value)
    if before is not None:
        query = query.where(Journey.id < before)
    return (await session.scalars(query.order_by(Journey.id.desc()).limit(limit))).all()


async def events_of(session: AsyncSession, tenant_id: UUID, journey_id: UUID) -> Sequence[QueueEvent]:
    """A journey's events in the order in which they happened."""
    query = select(QueueEvent).where(QueueEvent.journey_id == journey_id, QueueEvent.tenant_id == tenant_id)
    return (await session.scalars(query.order_by(QueueEvent.occurred_at, QueueEvent.id))).all()
