"""Trying out over the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.notifications.public import EventAnswer, Hall, QueueEventKind
from yunhu.foundation.crypto import Vault

Word = Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^[^\s\x00-\x1f\x7f]+$(?!\n)")]
Matter = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^\S([^\x00-\x1f\x7f]*\S)?$(?!\n)")]
Ahead = Annotated[int, Meta(ge=0, le=100_000)]


class VisitRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An imagined visitor takes a number."""

    phone: Annotated[str, Meta(min_length=5, max_length=24)] = "13800138000"
    """Its last four digits say what the simulated phone does: 1001 is busy, 1002 is not answered, 2009 presses 9, …"""
    queue_number: Word | None = None
    """Left out: a fresh one."""
    matter: Matter = "社保登记"
    ahead: Ahead = 8
    hall: Hall = "main"


class StepRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The queue moves on."""

    event: QueueEventKind
    ahead: Ahead | None = None
    window: Word | None = None


class VisitAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What an event led to."""

    journey_id: UUID
    queue_number: str
    answer: EventAnswer


class PhoneMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A text on the simulated phone."""

    id: UUID
    notification_id: UUID
    sender: str
    text: str
    state: str
    at: datetime


class PhoneCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call on the simulated phone."""

    id: UUID
    notification_id: UUID
    caller_number: str
    state: str
    result: str | None
    digits: str
    at: datetime
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    text: str
    heard: str | None
    """Where to listen to what the phone heard, once the call is over."""


class PhoneView(msgspec.Struct, frozen=True, kw_only=True):
    """The visit and the visitor's phone."""

    journey_id: UUID
    queue_number: str
    hall: str
    state: str
    matter: str | None
    window: str | None
    ahead: int | None
    phone: str | None
    """Masked."""
    messages: list[PhoneMessage]
    calls: list[PhoneCall]


def phone_view(journey: Any, messages: list[Any], calls: list[Any], vault: Vault) -> PhoneView:
    """Rows to what is shown."""
    masked = vault.open_phone(journey.callee_cipher).masked if journey.callee_cipher else None
    return PhoneView(
        journey_id=journey.id,
        queue_number=journey.queue_number,
        hall=journey.hall,
        state=journey.state,
        matter=journey.matter,
        window=journey.window,
        ahead=journey.ahead,
        phone=masked,
        messages=[msgspec.convert(dict(row._mapping), PhoneMessage) for row in messages],
        calls=[_call(row) for row in calls],
    )


def _call(row: Any) -> PhoneCall:
    over = row.answered_at is not None and row.ended_at is not None
    names = (field.name for field in msgspec.structs.fields(PhoneCall))
    values = {name: getattr(row, name) for name in names if name != "heard"}
    return PhoneCall(**values, heard=f"/api/v1/sandbox/calls/{row.id}/heard" if over else None)
