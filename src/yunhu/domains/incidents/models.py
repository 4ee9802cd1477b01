"""Tables of notices, fault reports, support visits, and of the clocks that were set."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.incidents.rules import NoticeKind, Severity, Term, Urgency
from yunhu.domains.incidents.states import FaultState, NoticeState, Side
from yunhu.foundation.db import Base, Moment, one_of
from yunhu.foundation.ids import new_id


class Notice(Base):
    """Maintenance or expansion that the operator announces (row C11)."""

    __tablename__ = "notices"
    __table_args__ = (
        one_of("kind", NoticeKind),
        one_of("urgency", Urgency),
        one_of("state", NoticeState),
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint(
            "urgency <> 'urgent' OR starts_at >= published_at + interval '24 hours'", name="lead"
        ),
        UniqueConstraint("reference"),
        Index("ix_notices_running", "ends_at", postgresql_where=sql("state IN ('published', 'amended')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str]
    """The operator's own number of it: the same one is not published twice."""
    kind: Mapped[str]
    urgency: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    to_all: Mapped[bool]
    """To every tenant, also those that come while it stands."""
    state: Mapped[str]
    revision: Mapped[int]
    """From 1; each amendment raises it and asks for a new acknowledgement."""
    published_at: Mapped[Moment]
    published_by: Mapped[str]
    changed_at: Mapped[Moment]


class NoticeRecipient(Base):
    """A tenant that a notice is addressed to, and who there has read which revision."""

    __tablename__ = "notice_recipients"
    __table_args__ = (
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_revision = 0)", name="acknowledged"),
        Index("ix_notice_recipients_tenant", "tenant_id", "notice_id"),
    )

    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    acknowledged_revision: Mapped[int] = mapped_column(server_default=sql("0"))
    acknowledged_at: Mapped[Moment | None]
    acknowledged_by: Mapped[str | None]


class FaultReport(Base):
    """障碍申报 (row C14): something does not work."""

    __tablename__ = "fault_reports"
    __table_args__ = (
        one_of("severity", Severity),
        one_of("state", FaultState),
        one_of("reported_side", Side),
        CheckConstraint("security_incident = (report_due_at IS NOT NULL)", name="report_clock"),
        UniqueConstraint("tenant_id", "reference", postgresql_nulls_not_distinct=True),
        Index("ix_fault_reports_list", "tenant_id", "id"),
        Index(
            "ix_fault_reports_unanswered",
            "answer_due_at",
            postgresql_where=sql("state IN ('open', 'reopened') AND overdue_told_at IS NULL"),
        ),
        Index(
            "ix_fault_reports_unreported",
            "report_due_at",
            postgresql_where=sql(
                "report_due_at IS NOT NULL AND report_told_at IS NULL AND authority_told_at IS NULL"
            ),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    """Whom it concerns; without one the platform as a whole."""
    reference: Mapped[str]
    """The reporter's own number of it: the same one is not taken twice."""
    title: Mapped[str]
    description: Mapped[str]
    severity: Mapped[str]
    state: Mapped[str]
    reported_side: Mapped[str]
    reported_by: Mapped[str]
    created_at: Mapped[Moment]
    clock_from: Mapped[Moment]
    """When the answer clock began: at the report, or at the last reopening."""
    answer_due_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]
    """Of the answer that stopped the clock last; empty again when it is reopened."""
    overdue_told_at: Mapped[Moment | None]
    resolved_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]
    security_incident: Mapped[bool]
    """Data of people may be concerned: a report is due (row D6)."""
    report_due_at: Mapped[Moment | None]
    authority_told_at: Mapped[Moment | None]
    """When the report of the security incident was made."""
    report_told_at: Mapped[Moment | None]
    """When it was told that the report is overdue."""


class FaultEntry(Base):
    """One line in the history of a fault report, never changed."""

    __tablename__ = "fault_entries"
    __table_args__ = (Index("ix_fault_entries_fault", "fault_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    fault_id: Mapped[UUID] = mapped_column(ForeignKey("fault_reports.id"))
    tenant_id: Mapped[UUID | None]
    at: Mapped[Moment]
    step: Mapped[str]
    """`report`, a step of the state machine, or `security_report`."""
    state: Mapped[str]
    """After the step."""
    side: Mapped[str]
    actor: Mapped[str]
    text: Mapped[str]


class SupportVisit(Base):
    """Support that is due within 5 working days after an activation (row C14)."""

    __tablename__ = "support_visits"
    __table_args__ = (
        UniqueConstraint("tenant_id", "activated_on"),
        CheckConstraint("(done_on IS NULL) = (done_by IS NULL)", name="done"),
        Index("ix_support_visits_list", "tenant_id", "id"),
        Index(
            "ix_support_visits_due",
            "due_on",
            postgresql_where=sql("done_on IS NULL AND overdue_told_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    activated_on: Mapped[date]
    due_on: Mapped[date]
    """Last natural day."""
    done_on: Mapped[date | None]
    done_by: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default=sql("''"))
    overdue_told_at: Mapped[Moment | None]


class IncidentTerm(Base):
    """A clock that was set; what is not here has its default."""

    __tablename__ = "incident_terms"
    __table_args__ = (one_of("name", Term), CheckConstraint("hours > 0", name="hours"))

    name: Mapped[str] = mapped_column(primary_key=True)
    hours: Mapped[int]
    changed_at: Mapped[Moment]
    changed_by: Mapped[str]
