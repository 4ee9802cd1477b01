"""Tables of the live monitor, of pauses and of alarms."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.calls.public import Stage
from yunhu.foundation.db import Base, Jsonb, Moment, one_of
from yunhu.foundation.ids import new_id

_EVERYBODY = "00000000-0000-0000-0000-000000000000"


class LiveCall(Base):
    """A running call as its node saw it a moment ago.

    Not logged: after a crash of the server it is empty, and nodes write it anew. Nothing is decided by it.
    """

    __tablename__ = "live_calls"
    __table_args__ = (
        one_of("stage", Stage),
        Index("ix_live_calls_node", "node_id", "version"),
        Index("ix_live_calls_tenant", "tenant_id"),
        {"prefixes": ["UNLOGGED"]},
    )

    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    node_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(BigInteger)
    """Counts the node's writes: who has read up to one knows what comes after it."""
    notification_id: Mapped[UUID]
    journey_id: Mapped[UUID | None]
    trunk_id: Mapped[UUID]
    callee: Mapped[str]
    """Masked."""
    caller_number: Mapped[str]
    stage: Mapped[str]
    stage_at: Mapped[Moment]
    started_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    result: Mapped[str | None]
    line: Mapped[str | None]
    """What is being spoken, as people read it."""
    line_script: Mapped[str | None]
    line_at: Mapped[Moment | None]
    line_seconds: Mapped[float | None]


class TrunkState(Base):
    """How one node sees one trunk. Not logged; a trunk of a node without heartbeat counts for nothing."""

    __tablename__ = "trunk_states"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    node_id: Mapped[UUID] = mapped_column(primary_key=True)
    trunk_id: Mapped[UUID] = mapped_column(primary_key=True)
    usable: Mapped[bool]
    detail: Mapped[str]
    changed_at: Mapped[Moment]
    """Since when it is so."""


class Pause(Base):
    """A tenant's notifications, or those of one scenario, wait until somebody goes on."""

    __tablename__ = "pauses"
    __table_args__ = (
        CheckConstraint("(resumed_at IS NULL) = (resumed_by IS NULL)", name="resumed"),
        CheckConstraint('"until" IS NULL OR "until" > paused_at', name="until"),
        Index(
            "uq_pauses_standing",
            "tenant_id",
            sql(f"coalesce(scenario_id, '{_EVERYBODY}')"),
            "by_operator",
            unique=True,
            postgresql_where=sql("resumed_at IS NULL"),
        ),
        Index("ix_pauses_list", "tenant_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    scenario_id: Mapped[UUID | None] = mapped_column(ForeignKey("scenarios.id"))
    """Empty: everything of the tenant."""
    by_operator: Mapped[bool]
    """The tenant cannot end such a one."""
    reason: Mapped[str]
    paused_by: Mapped[str]
    paused_at: Mapped[Moment]
    until: Mapped[Moment | None]
    """Ends by itself then."""
    resumed_by: Mapped[str | None]
    resumed_at: Mapped[Moment | None]
    resume_reason: Mapped[str] = mapped_column(server_default=sql("''"))


class AlarmState(StrEnum):
    """Where an alarm stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Somebody has seen it; its cause is still there."""
    CLEARED = "cleared"
    """Its cause is gone, or somebody says so."""


class Severity(StrEnum):
    """How soon somebody should look."""

    WARNING = "warning"
    CRITICAL = "critical"


class Alarm(Base):
    """Something that people should look at, once however often it is told."""

    __tablename__ = "alarms"
    __table_args__ = (
        one_of("state", AlarmState),
        one_of("severity", Severity),
        CheckConstraint("(cleared_at IS NULL) = (state <> 'cleared')", name="cleared"),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="acknowledged"),
        Index("uq_alarms_standing", "key", unique=True, postgresql_where=sql("cleared_at IS NULL")),
        Index("ix_alarms_tenant", "tenant_id", "id"),
        Index("ix_alarms_open", "id", postgresql_where=sql("cleared_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    """Empty: it concerns the operator alone."""
    key: Mapped[str]
    """Kind and what it is about: equal ones are one alarm until it is cleared."""
    kind: Mapped[str]
    severity: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    detail: Mapped[Jsonb]
    state: Mapped[str]
    times: Mapped[int] = mapped_column(server_default=sql("1"))
    """How often it was told."""
    first_at: Mapped[Moment]
    last_at: Mapped[Moment]
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[Moment | None]
    note: Mapped[str] = mapped_column(server_default=sql("''"))
    cleared_at: Mapped[Moment | None]
    cleared_by: Mapped[str | None]
