"""Table of caller numbers. The counters sit in the row, so that taking a number and counting it is one update."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Moment, one_of
from yunhu.foundation.ids import new_id


class NumberState(StrEnum):
    """Whether a number may be shown."""

    ALLOCATED = "allocated"
    HELD = "held"
    RELEASED = "released"


class CallerNumber(Base):
    """外显号码: a real-name number of a tenant, bound to the trunk that may carry it."""

    __tablename__ = "caller_numbers"
    __table_args__ = (
        one_of("state", NumberState),
        CheckConstraint("per_hour > 0 AND per_day > 0", name="limits"),
        CheckConstraint("calls_this_hour BETWEEN 0 AND per_hour", name="hour"),
        CheckConstraint("calls_this_day BETWEEN 0 AND per_day", name="day"),
        Index(
            "ix_caller_numbers_rotation",
            "tenant_id",
            "last_used_at",
            postgresql_where=sql("state = 'allocated'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    trunk_id: Mapped[UUID] = mapped_column(ForeignKey("trunks.id"))
    e164: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    per_hour: Mapped[int]
    per_day: Mapped[int]
    cooling_until: Mapped[Moment | None]
    last_used_at: Mapped[Moment] = mapped_column(server_default=sql("'epoch'"))
    hour: Mapped[Moment] = mapped_column(server_default=sql("'epoch'"))
    """The clock hour that `calls_this_hour` counts."""
    calls_this_hour: Mapped[int] = mapped_column(server_default=sql("0"))
    day: Mapped[date] = mapped_column(server_default=sql("'epoch'"))
    """The natural day that `calls_this_day` counts."""
    calls_this_day: Mapped[int] = mapped_column(server_default=sql("0"))
    created_at: Mapped[Moment]
