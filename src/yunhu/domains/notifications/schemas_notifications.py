"""Notifications and journeys over the wire. Numbers are masked everywhere."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.notifications.plans import Slug
from yunhu.domains.notifications.schemas import PRINTABLE, Moment, PhoneText
from yunhu.domains.notifications.states import JourneyState, NotificationState, Purpose, QueueEventKind
from yunhu.domains.scripts.public import Channel

ParameterName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$(?!\n)")]
ParameterValue = Annotated[str, Meta(min_length=1, max_length=100, pattern=PRINTABLE)]
Reference = Annotated[str, Meta(min_length=1, max_length=128, pattern=PRINTABLE)]


class CarriedSource(StrEnum):
    """How consent was given to whoever asks for the notification."""

    FORM = "form"
    RECORDING = "recording"
    API = "api"


class CarriedConsent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Evidence that the callee agreed to such notices; kept with the notification, and good for later ones."""

    source: CarriedSource
    given_at: Moment
    reference: Reference
    """Where the evidence lies: the number of a form, the file of a recording, an id of your own."""
    valid_until: date | None = None
    """Last natural day; left out: until it is withdrawn."""


class NotificationRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notification to be created. `deadline` or `valid_seconds`, not both; an hour when neither is given."""

    script: Slug
    """Slug of an approved script; it also settles the channel."""
    phone: PhoneText
    parameters: Annotated[dict[ParameterName, ParameterValue], Meta(max_length=16)] = {}
    deadline: Moment | None = None
    valid_seconds: Annotated[int, Meta(ge=1, le=604_800)] | None = None
    """Counted from `not_before`, or from now."""
    not_before: Moment | None = None
    priority: Annotated[int, Meta(ge=0, le=9)] = 3
    """9 first."""
    client_reference: Reference | None = None
    """The same reference with the same request gets the first notification again; with another it is 409."""
    consent: CarriedConsent | None = None
    """Left out: evidence that was given before has to stand when the notification leaves."""


class NotificationView(msgspec.Struct, frozen=True, kw_only=True):
    """A notification as lists show it."""

    id: UUID
    journey_id: UUID | None
    purpose: Purpose
    channel: Channel
    callee: str
    """Masked."""
    script_version_id: UUID
    scenario_id: UUID | None
    matter: str | None
    """As the visit was when it was created, like `window`."""
    window: str | None
    parameters: dict[str, Any]
    client_reference: str | None
    priority: int
    state: NotificationState
    result: str | None
    stop_reason: str | None
    attempts: int
    not_before: datetime
    deadline: datetime
    created_at: datetime
    finished_at: datetime | None


class TimelineLine(msgspec.Struct, frozen=True):
    """One line in the life of a notification."""

    at: datetime
    kind: str
    detail: dict[str, Any]


class AttemptView(msgspec.Struct, frozen=True, kw_only=True):
    """One call or one text message."""

    id: UUID
    attempt: int
    channel: Channel
    text: str
    state: str
    result: str | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    verdict: dict[str, Any]


class NotificationDetail(NotificationView, frozen=True, kw_only=True):
    """A notification with everything that happened to it."""

    timeline: list[TimelineLine]
    tries: list[AttemptView]
    """Calls and messages, oldest first."""


class OperatorAttemptView(msgspec.Struct, frozen=True, kw_only=True):
    """One call or one text message, without what was said."""

    id: UUID
    attempt: int
    channel: Channel
    state: str
    result: str | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None


class OperatorNotificationView(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator may know of a tenant's notification: neither person, visit and words, nor the tenant's own
    reference (row D8)."""

    id: UUID
    tenant: str
    """Slug."""
    purpose: Purpose
    channel: Channel
    scenario: str | None
    """Slug; nothing for one that was asked for by the API."""
    priority: int
    state: NotificationState
    result: str | None
    stop_reason: str | None
    attempts: int
    not_before: datetime
    deadline: datetime
    created_at: datetime
    finished_at: datetime | None
    tries: list[OperatorAttemptView]
    """Calls and messages, oldest first."""


class QueueEventView(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a visit."""

    event_id: str
    event: QueueEventKind
    occurred_at: datetime
    received_at: datetime
    facts: dict[str, Any]
    answer: dict[str, Any]


class JourneyView(msgspec.Struct, frozen=True, kw_only=True):
    """A visit as lists show it."""

    id: UUID
    hall: str
    day: date
    queue_number: str
    state: JourneyState
    matter: str | None
    window: str | None
    ahead: int | None
    callee: str | None
    """Masked."""
    times_called: int
    created_at: datetime


class JourneyDetail(JourneyView, frozen=True, kw_only=True):
    """A visit with its events, by `occurred_at`, and its notifications, oldest first."""

    events: list[QueueEventView]
    notifications: list[NotificationView]


class CancelAnswer(msgspec.Struct, frozen=True):
    """What cancelling did: a running attempt is told to end, and its end settles the state."""

    state: NotificationState
    stop_reason: str | None
