"""Tables of reports that are mailed, and of the mails."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.reports.schedules import Every, SendState
from yunhu.foundation.db import Base, Jsonb, Moment, one_of
from yunhu.foundation.ids import new_id


class ReportSchedule(Base):
    """A report that is mailed again and again."""

    __tablename__ = "report_schedules"
    __table_args__ = (
        one_of("every", Every),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        CheckConstraint(
            "(every = 'day' AND on_day = 0) OR (every = 'week' AND on_day BETWEEN 1 AND 7) "
            "OR (every = 'month' AND on_day BETWEEN 1 AND 28)",
            name="on_day",
        ),
        CheckConstraint("cardinality(recipients) BETWEEN 1 AND 20", name="recipients"),
        UniqueConstraint("tenant_id", "name"),
        Index("ix_report_schedules_due", "next_due_at", postgresql_where=sql("enabled")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str]
    offer: Mapped[str]
    """Which report, by the name of its export."""
    query: Mapped[Jsonb]
    """What it is split by and narrowed to; the days come from the period."""
    every: Mapped[str]
    on_day: Mapped[int] = mapped_column(SmallInteger)
    """Weekday (1 is Monday), day of the month, or 0 for every day."""
    hour: Mapped[int] = mapped_column(SmallInteger)
    """China time."""
    recipients: Mapped[list[str]] = mapped_column(ARRAY(Text))
    english: Mapped[bool]
    enabled: Mapped[bool]
    next_due_at: Mapped[Moment]
    created_at: Mapped[Moment]
    created_by: Mapped[str]
    updated_at: Mapped[Moment]


class ReportSend(Base):
    """One mail: of one period there is one, whoever asks how often."""

    __tablename__ = "report_sends"
    __table_args__ = (
        one_of("state", SendState),
        CheckConstraint("(sent_at IS NULL) = (state <> 'sent')", name="sent"),
        UniqueConstraint("schedule_id", "occasion"),
        Index("ix_report_sends_list", "schedule_id", "id"),
        Index("ix_report_sends_open", "next_try_at", postgresql_where=sql("state IN ('waiting', 'queued')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("report_schedules.id", ondelete="CASCADE"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    occasion: Mapped[str]
    """`2026-02-02/2026-02-08`, or a word of its own where somebody wanted it at once."""
    first_day: Mapped[date]
    last_day: Mapped[date]
    recipients: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(server_default=sql("0"))
    next_try_at: Mapped[Moment]
    error: Mapped[str] = mapped_column(server_default=sql("''"))
    created_at: Mapped[Moment]
    sent_at: Mapped[Moment | None]
