"""Queue events and their answers over the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.notifications.rules import Reason
from yunhu.domains.notifications.states import Purpose, QueueEventKind
from yunhu.foundation.http import Problem

PRINTABLE = r"^[^\x00-\x1f\x7f]+$(?!\n)"
TRIMMED = r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$(?!\n)"
MOST_EVENTS = 1000

EventId = Annotated[str, Meta(min_length=1, max_length=128, pattern=PRINTABLE)]
Hall = Annotated[str, Meta(min_length=1, max_length=64, pattern=TRIMMED)]
QueueNumber = Annotated[str, Meta(min_length=1, max_length=32, pattern=TRIMMED)]
Matter = Annotated[str, Meta(min_length=1, max_length=100, pattern=TRIMMED)]
Window = Annotated[str, Meta(min_length=1, max_length=32, pattern=TRIMMED)]
PhoneText = Annotated[str, Meta(min_length=5, max_length=24, pattern=r"^[+0-9 ()\-]+$(?!\n)")]
Moment = Annotated[datetime, Meta(tz=True)]
AttributeName = Annotated[str, Meta(min_length=1, max_length=64, pattern=PRINTABLE)]


class QueueEventIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that happened to one visitor in a hall's queue."""

    event_id: EventId
    """The queue system's own id of the event: the same id is never acted on twice."""
    event: QueueEventKind
    queue_number: QueueNumber
    occurred_at: Moment
    """RFC 3339 with an offset. Order is judged by this, not by arrival."""
    hall: Hall = "main"
    matter: Matter | None = None
    """事项"""
    window: Window | None = None
    """窗口"""
    ahead: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    """前面等待人数"""
    phone: PhoneText | None = None
    """A mainland number; may come with any event of a visit, normally with `taken`."""
    attributes: dict[AttributeName, Any] = {}
    """Free; at most 50 names, 4096 bytes and 8 levels deep. Fills script slots of the same name."""


class QueueEventBatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to 1,000 events."""

    events: Annotated[list[QueueEventIn], Meta(min_length=1, max_length=MOST_EVENTS)]


class AnswerStatus(StrEnum):
    """What became of one event."""

    ACCEPTED = "accepted"
    """It counted."""
    IGNORED = "ignored"
    """Recorded, but it changes nothing; see `reason`."""
    REJECTED = "rejected"
    """Not recorded; see `problem`. Only in the answer to a batch."""
    CONFLICT = "conflict"
    """Another event has this id already; not recorded. Only in the answer to a batch."""


class CreatedNotification(msgspec.Struct, frozen=True):
    """A notification that the event gave rise to."""

    id: UUID
    purpose: Purpose
    channel: str


class NotCreated(msgspec.Struct, frozen=True, omit_defaults=True):
    """A notification that the event might have given rise to, and why it did not."""

    purpose: Purpose
    reason: Reason
    parameter: str | None = None
    """The script's slot that could not be filled."""


class EventAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one event led to. A repeated event gets its first answer again, word for word."""

    event_id: str | None
    status: AnswerStatus
    reason: Reason | None = None
    journey_id: UUID | None = None
    created: list[CreatedNotification] = []
    superseded: list[UUID] = []
    not_created: list[NotCreated] = []
    problem: Problem | None = None


class BatchAnswer(msgspec.Struct, frozen=True):
    """The answers in the order of the events."""

    answers: list[EventAnswer]
    duplicates: list[str]
    """Ids of events that were known before; each has its first answer."""
