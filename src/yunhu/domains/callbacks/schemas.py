"""Callback endpoints and deliveries over the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.callbacks.address import MOST_CHARACTERS
from yunhu.domains.callbacks.models import (
    CallbackDelivery,
    CallbackEndpoint,
    CallbackTry,
    DeliveryState,
    EndpointState,
)
from yunhu.domains.callbacks.signing import message_id

Url = Annotated[
    str,
    Meta(
        min_length=8,
        max_length=MOST_CHARACTERS,
        pattern=r"^https?://[!-~]+$(?!\n)",
        description="Where to post to. https is recommended; private addresses are refused.",
    ),
]
EventType = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[a-z_]+\.[a-z_]+$(?!\n)")]
_TYPES = "Empty means everything about notifications, visits and refusals; other types are sent where they are named."
EventTypes = Annotated[list[EventType], Meta(max_length=50, description=_TYPES)]


class EndpointRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An endpoint to make."""

    url: Url
    event_types: EventTypes = []


class EndpointPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change; what is left out stays."""

    url: Url | None = None
    event_types: EventTypes | None = None


class EndpointView(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as it can be shown."""

    id: UUID
    url: str
    event_types: list[str]
    state: EndpointState
    paused_reason: str | None
    failing_since: datetime | None
    """Set while every try since then has failed."""
    created_at: datetime


class NewEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint with its fresh signing secret, which cannot be had again."""

    secret: str
    endpoint: EndpointView


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """One event for one endpoint."""

    id: int
    webhook_id: str
    endpoint_id: UUID
    type: str
    subject_id: UUID
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    """While pending."""
    occurred_at: datetime
    created_at: datetime
    delivered_at: datetime | None
    data: dict[str, Any]


class TryView(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request."""

    at: datetime
    status: int | None
    """Null when no answer came."""
    error: str | None
    """Null when it was delivered."""
    milliseconds: int


def endpoint_view(row: CallbackEndpoint) -> EndpointView:
    """The wire form of an endpoint."""
    return EndpointView(
        id=row.id,
        url=row.url,
        event_types=row.event_types,
        state=EndpointState(row.state),
        paused_reason=row.paused_reason,
        failing_since=row.failing_since,
        created_at=row.created_at,
    )


def delivery_view(row: CallbackDelivery) -> DeliveryView:
    """The wire form of a delivery."""
    pending = row.state == DeliveryState.PENDING
    return DeliveryView(
        id=row.id,
        webhook_id=message_id(row.id),
        endpoint_id=row.endpoint_id,
        type=row.type,
        subject_id=row.subject_id,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at if pending else None,
        occurred_at=row.occurred_at,
        created_at=row.created_at,
        delivered_at=row.delivered_at,
        data=row.payload,
    )


def try_view(row: CallbackTry) -> TryView:
    """The wire form of a try."""
    return TryView(at=row.at, status=row.status, error=row.error, milliseconds=row.milliseconds)
