"""Queries that read notifications and journeys inside one tenant, and one of them for the operator."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from yunhu.domains.notifications.models import Journey, Notification, QueueEvent, TimelineEntry
from yunhu.domains.notifications.states import OPEN_STATES, NotificationState
from yunhu.domains.scripts.public import version_ids_of
from yunhu.foundation.db.paging import OneOf, Place, between, equal, page_query

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
# Without callee, visit, parameters and the tenant's own reference: what the operator may know of it (row D8).
_OF_ANYBODY = text(
    """
    SELECT n.id, n.tenant_id, o.slug AS tenant, n.purpose, n.channel, s.slug AS scenario, n.priority, n.state, n.result,
           n.stop_reason, n.attempts, n.due_at AS not_before, n.deadline, n.created_at, n.finished_at
    FROM notifications AS n JOIN tenants AS o ON o.id = n.tenant_id LEFT JOIN scenarios AS s ON s.id = n.scenario_id
    WHERE n.id = :id
    """
)
_OF_CHANNEL = text(
    """
    SELECT v.id FROM script_versions AS v JOIN scripts AS s ON s.id = v.script_id
    WHERE s.tenant_id = :tenant_id AND s.channel = :channel
    """
).columns(id=Uuid())
_PENDING, _ACTIVE = NotificationState.PENDING.value, NotificationState.ACTIVE.value


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
    result: str | None = None
    script_id: UUID | None = None
    matter: str | None = None
    window: str | None = None


class JourneyFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; None is no condition."""

    day: date | None = None
    hall: str | None = None
    queue_number: str | None = None
    state: str | None = None
    callee_index: bytes | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


async def notification_by_id(
    session: AsyncSession, tenant_id: UUID, notification_id: UUID
) -> Notification | None:
    """A tenant's notification."""
    return await session.scalar(
        select(Notification).where(Notification.id == notification_id, Notification.tenant_id == tenant_id)
    )


async def notification_of_anybody(session: AsyncSession, notification_id: UUID) -> Any | None:
    """One notification of whichever tenant, without what is said and to whom."""
    return (await session.execute(_OF_ANYBODY, {"id": notification_id})).one_or_none()


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
    session: AsyncSession, tenant_id: UUID, narrowed: NotificationFilter, place: Place
) -> Sequence[Notification]:
    """One page; ids are in order of time."""
    names = (
        "purpose",
        "channel",
        "client_reference",
        "callee_index",
        "journey_id",
        "result",
        "matter",
        "window",
    )
    conditions = [Notification.tenant_id == tenant_id, *equal(Notification, narrowed, names)]
    conditions += _in_state(narrowed.state)
    conditions += between(
        Notification.id, Notification.created_at, narrowed.created_from, narrowed.created_to
    )
    if narrowed.queue_number is not None:
        visits = select(Journey.id).where(
            Journey.tenant_id == tenant_id, Journey.queue_number == narrowed.queue_number
        )
        conditions.append(Notification.journey_id.in_(visits))
    one_of = await _of_scripts(session, tenant_id, narrowed)
    if one_of is not None and not one_of.values:
        return []
    few = (narrowed.callee_index, narrowed.queue_number, narrowed.journey_id, narrowed.client_reference)
    query = page_query(
        Notification,
        conditions,
        place,
        one_of=one_of,
        found_first=any(few) or narrowed.state in OPEN_STATES,
    )
    return (await session.scalars(query)).all()


def _in_state(state: str | None) -> list[ColumnElement[bool]]:
    # With the conditions of the two partial indexes: what is open, and what is over.
    if state is None:
        return []
    if state in OPEN_STATES:
        return [Notification.state == state, Notification.state.in_([_ACTIVE, _PENDING])]
    return [Notification.state == state, Notification.finished_at.is_not(None)]


async def _of_scripts(session: AsyncSession, tenant_id: UUID, narrowed: NotificationFilter) -> OneOf | None:
    """The versions of the script, or of every script of the channel; None without such a filter."""
    if narrowed.script_id is not None:
        versions = await version_ids_of(session, tenant_id, narrowed.script_id)
    elif narrowed.channel is not None:
        versions = (
            await session.scalars(_OF_CHANNEL, {"tenant_id": tenant_id, "channel": narrowed.channel})
        ).all()
    else:
        return None
    return OneOf(column=Notification.script_version_id, values=versions)


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
    session: AsyncSession, tenant_id: UUID, narrowed: JourneyFilter, place: Place
) -> Sequence[Journey]:
    """One page; ids are in order of time."""
    names = ("day", "hall", "queue_number", "state", "callee_index")
    conditions = [Journey.tenant_id == tenant_id, *equal(Journey, narrowed, names)]
    conditions += between(Journey.id, Journey.created_at, narrowed.created_from, narrowed.created_to)
    few = narrowed.callee_index is not None or narrowed.queue_number is not None
    return (await session.scalars(page_query(Journey, conditions, place, found_first=few))).all()


async def events_of(session: AsyncSession, tenant_id: UUID, journey_id: UUID) -> Sequence[QueueEvent]:
    """A journey's events in the order in which they happened."""
    query = select(QueueEvent).where(QueueEvent.journey_id == journey_id, QueueEvent.tenant_id == tenant_id)
    return (await session.scalars(query.order_by(QueueEvent.occurred_at, QueueEvent.id))).all()
