"""Use cases of deliveries: look them up, send one again, send a test."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.callbacks.errors import DeliveryUnderWayError
from yunhu.domains.callbacks.models import CallbackDelivery, CallbackEndpoint, CallbackTry, DeliveryState
from yunhu.domains.callbacks.repository import CHANNEL
from yunhu.domains.callbacks.rules import GIVE_UP_AFTER
from yunhu.foundation.db import notify
from yunhu.foundation.errors import NotFoundError

TEST_EVENT = "callback.test"
"""Type of the event that `POST …/test` sends; its `data` is `{"endpoint_id"}`."""


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which deliveries to list."""

    endpoint_id: UUID | None = None
    state: DeliveryState | None = None
    type: str | None = None
    subject_id: UUID | None = None


async def deliveries_of(
    session: AsyncSession, tenant_id: UUID, filters: Filters, *, before: int | None, limit: int
) -> Sequence[CallbackDelivery]:
    """A tenant's deliveries, newest first."""
    query = select(CallbackDelivery).where(CallbackDelivery.tenant_id == tenant_id)
    columns = (
        (CallbackDelivery.endpoint_id, filters.endpoint_id),
        (CallbackDelivery.state, filters.state),
        (CallbackDelivery.type, filters.type),
        (CallbackDelivery.subject_id, filters.subject_id),
    )
    for column, value in columns:
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(CallbackDelivery.id < before)
    return (await session.scalars(query.order_by(CallbackDelivery.id.desc()).limit(limit))).all()


async def find_delivery(
    session: AsyncSession, tenant_id: UUID, delivery_id: int, *, lock: bool = False
) -> CallbackDelivery:
    """A tenant's delivery. Raises `NotFoundError`."""
    query = select(CallbackDelivery).where(
        CallbackDelivery.id == delivery_id, CallbackDelivery.tenant_id == tenant_id
    )
    row = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFoundError("there is no such delivery")
    return row


async def tries_of(
    session: AsyncSession, delivery_id: int, *, before: int | None, limit: int
) -> Sequence[CallbackTry]:
    """The log of a delivery, newest first."""
    query = select(CallbackTry).where(CallbackTry.delivery_id == delivery_id)
    if before is not None:
        query = query.where(CallbackTry.id < before)
    return (await session.scalars(query.order_by(CallbackTry.id.desc()).limit(limit))).all()


async def redeliver(
    session: AsyncSession, tenant_id: UUID, delivery_id: int, now: datetime
) -> CallbackDelivery:
    """Send a delivery again under its old `webhook-id`. Raises `NotFoundError`, `DeliveryUnderWayError`."""
    row = await find_delivery(session, tenant_id, delivery_id, lock=True)
    if row.state == DeliveryState.PENDING:
        raise DeliveryUnderWayError(delivery_id=delivery_id)
    row.state, row.next_attempt_at, row.give_up_at = DeliveryState.PENDING, now, now + GIVE_UP_AFTER
    await session.flush()
    await notify(session, CHANNEL)
    return row


async def send_test(session: AsyncSession, endpoint: CallbackEndpoint, now: datetime) -> CallbackDelivery:
    """A test event for one endpoint, signed and logged like any other."""
    row = CallbackDelivery(
        endpoint_id=endpoint.id,
        tenant_id=endpoint.tenant_id,
        outbox_id=None,
        type=TEST_EVENT,
        subject_id=endpoint.id,
        payload={"endpoint_id": str(endpoint.id)},
        occurred_at=now,
        state=DeliveryState.PENDING,
        next_attempt_at=now,
        give_up_at=now + GIVE_UP_AFTER,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    await notify(session, CHANNEL)
    return row
