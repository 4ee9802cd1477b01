"""Tables of scenarios, queue events, journeys and notifications."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.notifications.states import JourneyState, NotificationState, Purpose, QueueEventKind
from yunhu.foundation.db import Base, BlindIndex, Jsonb, Moment, one_of
from yunhu.foundation.ids import new_id


class Scenario(Base):
    """What a hall wants to happen to its visitors: thresholds, scripts, deadlines, windows of time, retries, keys."""

    __tablename__ = "scenarios"
    __table_args__ = (
        UniqueConstraint("tenant_id", "slug"),
        Index("uq_scenarios_hall", "tenant_id", "hall", unique=True, postgresql_where=sql("enabled")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    slug: Mapped[str]
    name: Mapped[str]
    hall: Mapped[str]
    """The `hall` of queue events that this scenario answers; `main` where a tenant has one hall."""
    plan: Mapped[Jsonb]
    """A `ScenarioPlan` (see schemas)."""
    enabled: Mapped[bool]
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    """Number of its newest `ScenarioVersion`."""
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class ScenarioVersion(Base):
    """A scenario as it was from one change to the next."""

    __tablename__ = "scenario_versions"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    scenario_id: Mapped[UUID] = mapped_column(ForeignKey("scenarios.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str]
    hall: Mapped[str]
    enabled: Mapped[bool]
    plan: Mapped[Jsonb]
    changed_by: Mapped[str]
    changed_at: Mapped[Moment]
    reason: Mapped[str] = mapped_column(server_default=sql("''"))


class QueueEvent(Base):
    """An event as it came in, with the answer that it got: the same event again gets the same answer."""

    __tablename__ = "queue_events"
    __table_args__ = (UniqueConstraint("tenant_id", "event_id"), one_of("event", QueueEventKind))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    event_id: Mapped[str]
    body_hash: Mapped[bytes]
    event: Mapped[str]
    hall: Mapped[str]
    journey_id: Mapped[UUID | None] = mapped_column(index=True)
    occurred_at: Mapped[Moment]
    received_at: Mapped[Moment]
    facts: Mapped[Jsonb]
    """queue_number, matter, window, ahead, attributes; the phone lies sealed in the journey."""
    answer: Mapped[Jsonb]


class Journey(Base):
    """One visit: the events of one hall, natural day and queue number."""

    __tablename__ = "journeys"
    __table_args__ = (
        UniqueConstraint("tenant_id", "hall", "day", "queue_number"),
        one_of("state", JourneyState),
        Index("ix_journeys_callee", "callee_index", "day"),
        Index("ix_journeys_list", "tenant_id", "id"),
        Index("ix_journeys_day", "tenant_id", "day", "id"),
        Index("ix_journeys_hall", "tenant_id", "hall", "id"),
        Index("ix_journeys_number", "tenant_id", "queue_number", "id"),
        Index("ix_journeys_queue_number", "tenant_id", "queue_number", sql("day DESC")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    scenario_id: Mapped[UUID | None] = mapped_column(ForeignKey("scenarios.id"))
    hall: Mapped[str]
    day: Mapped[date]
    queue_number: Mapped[str]
    state: Mapped[str]
    matter: Mapped[str | None]
    window: Mapped[str | None]
    ahead: Mapped[int | None]
    callee_cipher: Mapped[bytes | None]
    callee_index: Mapped[BlindIndex | None]
    calls_announced: Mapped[int] = mapped_column(server_default=sql("0"))
    """How often the visitor was called to a window: 1 for `called`, more for each `recalled`."""
    near_announced: Mapped[bool] = mapped_column(server_default=sql("false"))
    judged_at: Mapped[Moment]
    """`occurred_at` of the latest event that counted; an earlier one that comes later is history only."""
    created_at: Mapped[Moment]


class Notification(Base):
    """What is owed to one person, by when, and what became of it."""

    __tablename__ = "notifications"
    __table_args__ = (
        one_of("state", NotificationState),
        one_of("purpose", Purpose),
        one_of("channel", ("voice", "sms")),
        CheckConstraint("priority BETWEEN 0 AND 9", name="priority"),
        CheckConstraint("(finished_at IS NULL) = (state IN ('pending', 'active'))", name="finished"),
        Index(
            "uq_notifications_reference",
            "tenant_id",
            "client_reference",
            unique=True,
            postgresql_where=sql("client_reference IS NOT NULL"),
        ),
        Index(
            "uq_notifications_announcement",
            "journey_id",
            "purpose",
            "announcement",
            unique=True,
            postgresql_where=sql("journey_id IS NOT NULL"),
        ),
        Index(
            "ix_notifications_claim",
            "channel",
            "tenant_id",
            sql("priority DESC"),
            "deadline",
            "id",
            postgresql_where=sql("state = 'pending'"),
        ),
        Index("ix_notifications_deadline", "deadline", postgresql_where=sql("state = 'pending'")),
        Index("ix_notifications_open", "journey_id", postgresql_where=sql("state IN ('pending', 'active')")),
        Index("ix_notifications_list", "tenant_id", "id"),
        Index("ix_notifications_purpose", "tenant_id", "purpose", "id"),
        Index("ix_notifications_script", "tenant_id", "script_version_id", "id"),
        Index(
            "ix_notifications_state",
            "tenant_id",
            "state",
            "id",
            postgresql_where=sql("finished_at IS NOT NULL"),
        ),
        Index(
            "ix_notifications_result", "tenant_id", "result", "id", postgresql_where=sql("result IS NOT NULL")
        ),
        Index("ix_notifications_callee", "callee_index", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    journey_id: Mapped[UUID | None] = mapped_column(ForeignKey("journeys.id"))
    announcement: Mapped[int] = mapped_column(server_default=sql("0"))
    """Which of the journey's announcements of this purpose it is: one event is never answered twice."""
    scenario_id: Mapped[UUID | None]
    matter: Mapped[str | None]
    """As the visit was when the notification was created, like `window`: reports count by it for good."""
    window: Mapped[str | None]
    purpose: Mapped[str]
    channel: Mapped[str]
    script_version_id: Mapped[UUID] = mapped_column(ForeignKey("script_versions.id"))
    parameters: Mapped[Jsonb]
    client_reference: Mapped[str | None]
    request_hash: Mapped[bytes | None]
    """Of the request that carried `client_reference`, to tell a repeat from a clash."""
    callee_cipher: Mapped[bytes]
    callee_index: Mapped[BlindIndex]
    plan: Mapped[Jsonb]
    """A `DeliveryPlan` (see schemas), fixed when the notification was created."""
    priority: Mapped[int]
    """9 first."""
    deadline: Mapped[Moment]
    due_at: Mapped[Moment]
    """Not before; moved on by a deferral or a retry."""
    state: Mapped[str]
    result: Mapped[str | None]
    """Result class of the last attempt, or the reason why there was none."""
    stop_reason: Mapped[str | None]
    """Set while active: the running attempt must end (`superseded`, `cancelled`, `refused`)."""
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    revision: Mapped[int] = mapped_column(server_default=sql("0"))
    """Counts the events published about it: receivers put callbacks in order by it."""
    created_at: Mapped[Moment]
    finished_at: Mapped[Moment | None]


class TimelineEntry(Base):
    """One line in the life of a notification, for people and auditors."""

    __tablename__ = "timeline_entries"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    notification_id: Mapped[UUID] = mapped_column(ForeignKey("notifications.id"), index=True)
    tenant_id: Mapped[UUID]
    at: Mapped[Moment]
    kind: Mapped[str]
    detail: Mapped[Jsonb]
