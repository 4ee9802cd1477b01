"""Tables of caller numbers. The counters sit in the row, so that taking a number and counting it is one update."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Moment, one_of
from yunhu.foundation.ids import new_id


class NumberState(StrEnum):
    """Whose a number is, and whether it may be shown."""

    AVAILABLE = "available"
    """Imported with its papers, nobody's yet."""
    ALLOCATED = "allocated"
    HELD = "held"
    """Not shown until somebody lifts it: inspection, a complaint, a question about papers."""
    QUARANTINED = "quarantined"
    """Flagged by networks or callees again and again; not shown until it was cleared."""
    RELEASED = "released"
    """Given back by its tenant; it may be allocated anew and keeps its counters."""


class CallerNumber(Base):
    """外显号码: a real-name number, bound to the trunk that may carry it."""

    __tablename__ = "caller_numbers"
    __table_args__ = (
        one_of("state", NumberState),
        CheckConstraint("state = 'available' OR tenant_id IS NOT NULL", name="owner"),
        CheckConstraint(
            "per_minute > 0 AND per_hour > 0 AND per_day > 0 AND max_concurrent > 0", name="limits"
        ),
        CheckConstraint("calls_this_minute BETWEEN 0 AND per_minute", name="minute"),
        CheckConstraint("calls_this_hour BETWEEN 0 AND per_hour", name="hour"),
        CheckConstraint("calls_this_day BETWEEN 0 AND per_day", name="day"),
        CheckConstraint("live_calls BETWEEN 0 AND max_concurrent", name="concurrent"),
        CheckConstraint("health BETWEEN 0 AND 100", name="health"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="validity"),
        Index(
            "ix_caller_numbers_rotation",
            "tenant_id",
            "last_used_at",
            postgresql_where=sql("state = 'allocated'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    trunk_id: Mapped[UUID] = mapped_column(ForeignKey("trunks.id"))
    e164: Mapped[str] = mapped_column(unique=True)
    region: Mapped[str] = mapped_column(server_default=sql("''"))
    """Area code without the trunk prefix (`29`), `mobile`, or `service` (400, 800, short numbers)."""
    registered_to: Mapped[str] = mapped_column(server_default=sql("''"))
    """实名: whose name the carrier has for it."""
    valid_from: Mapped[date] = mapped_column(server_default=sql("'epoch'"))
    valid_until: Mapped[date | None]
    """Last natural day on which it may be shown; null while nothing ends it."""
    state: Mapped[str]
    state_reason: Mapped[str] = mapped_column(server_default=sql("''"))
    per_minute: Mapped[int] = mapped_column(server_default=sql("30"))
    per_hour: Mapped[int]
    per_day: Mapped[int]
    max_concurrent: Mapped[int] = mapped_column(server_default=sql("30"))
    live_calls: Mapped[int] = mapped_column(server_default=sql("0"))
    """Calls that show it just now; they are given back in the transaction that ends them."""
    health: Mapped[int] = mapped_column(SmallInteger, server_default=sql("100"))
    """0 to 100 against its own pool (see `health.py`)."""
    cooling_until: Mapped[Moment | None]
    last_used_at: Mapped[Moment] = mapped_column(server_default=sql("'epoch'"))
    minute: Mapped[Moment] = mapped_column(server_default=sql("'epoch'"))
    """The clock minute that `calls_this_minute` counts."""
    calls_this_minute: Mapped[int] = mapped_column(server_default=sql("0"))
    hour: Mapped[Moment] = mapped_column(server_default=sql("'epoch'"))
    """The clock hour that `calls_this_hour` counts."""
    calls_this_hour: Mapped[int] = mapped_column(server_default=sql("0"))
    day: Mapped[date] = mapped_column(server_default=sql("'epoch'"))
    """The natural day that `calls_this_day` counts."""
    calls_this_day: Mapped[int] = mapped_column(server_default=sql("0"))
    created_at: Mapped[Moment]


class NumberRegion(Base):
    """Where a tenant may call from: numbers of other regions are never shown for it."""

    __tablename__ = "number_regions"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)


class NumberPaper(Base):
    """A document that proves whose a number is."""

    __tablename__ = "number_papers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number_id: Mapped[UUID] = mapped_column(ForeignKey("caller_numbers.id"), index=True)
    kind: Mapped[str]
    document_id: Mapped[UUID]
    valid_until: Mapped[date | None]
    added_at: Mapped[Moment]
    added_by: Mapped[str]


class NumberDay(Base):
    """What became of a number's calls on one natural day: the points of its health curve."""

    __tablename__ = "number_days"
    __table_args__ = (
        CheckConstraint("health BETWEEN 0 AND 100", name="health"),
        Index("ix_number_days_pool", "tenant_id", "day"),
    )

    number_id: Mapped[UUID] = mapped_column(ForeignKey("caller_numbers.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    calls: Mapped[int]
    reached: Mapped[int]
    """Calls that reached a network which could have rung: neither our own trunk's trouble nor a dead number."""
    answered: Mapped[int]
    refused: Mapped[int]
    """The callee declined it, or pressed the key for no more calls."""
    flagged: Mapped[int]
    """The network barred it."""
    talk_seconds: Mapped[int]
    health: Mapped[int | None] = mapped_column(SmallInteger)
    """0 to 100, as it was judged last on that day; null while it was not."""


class NumberEvent(Base):
    """One step in the life of a number, in order."""

    __tablename__ = "number_events"
    __table_args__ = (Index("ix_number_events_number", "number_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number_id: Mapped[UUID] = mapped_column(ForeignKey("caller_numbers.id"))
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    at: Mapped[Moment]
    kind: Mapped[str]
    """`imported`, `allocated`, `held`, `quarantined`, `restored`, `released`, `cooled`, `limits`, `papers`, `flagged`."""
    reason: Mapped[str]
    until: Mapped[Moment | None]
    health: Mapped[int] = mapped_column(SmallInteger)
    actor: Mapped[str]
