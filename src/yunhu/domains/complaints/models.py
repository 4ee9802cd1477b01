"""Tables of complaints."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.complaints.rules import LEAST_TERM, MOST_TERM, About, ComplaintSource
from yunhu.domains.complaints.states import ComplaintState, Side
from yunhu.foundation.db import Base, BlindIndex, Moment, one_of
from yunhu.foundation.ids import new_id


class Complaint(Base):
    """投诉 (row C9), with what it pauses."""

    __tablename__ = "complaints"
    __table_args__ = (
        one_of("source", ComplaintSource),
        one_of("about", About),
        one_of("state", ComplaintState),
        one_of("registered_side", Side),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        CheckConstraint("(callee_cipher IS NULL) = (callee_index IS NULL)", name="callee"),
        CheckConstraint("(finished_at IS NOT NULL) = (state IN ('closed', 'dismissed'))", name="finished"),
        CheckConstraint("script_paused_at IS NULL OR script_id IS NOT NULL", name="script_paused"),
        CheckConstraint("number_paused_at IS NULL OR caller_number_id IS NOT NULL", name="number_paused"),
        UniqueConstraint("tenant_id", "reference"),
        Index("ix_complaints_list", "tenant_id", "id"),
        Index("ix_complaints_month", "tenant_id", "month", "id"),
        Index(
            "ix_complaints_unanswered",
            "due_on",
            postgresql_where=sql("state IN ('registered', 'investigating') AND overdue_told_at IS NULL"),
        ),
        Index(
            "ix_complaints_script_paused",
            "script_id",
            postgresql_where=sql("script_paused_at IS NOT NULL"),
        ),
        Index(
            "ix_complaints_number_paused",
            "caller_number_id",
            postgresql_where=sql("number_paused_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    """Whose calls are complained of."""
    reference: Mapped[str]
    """The number that its source gave it: the same one is not counted twice."""
    source: Mapped[str]
    about: Mapped[str]
    text: Mapped[str]
    state: Mapped[str]
    month: Mapped[date]
    """First day of the month that it counts in."""
    callee_cipher: Mapped[bytes | None]
    callee_index: Mapped[BlindIndex | None]
    """Of the person who complains, where it is known."""
    script_id: Mapped[UUID | None] = mapped_column(ForeignKey("scripts.id"))
    """Of the newest linked call or message."""
    caller_number_id: Mapped[UUID | None] = mapped_column(ForeignKey("caller_numbers.id"))
    """Shown by the newest linked call."""
    script_paused_at: Mapped[Moment | None]
    number_paused_at: Mapped[Moment | None]
    suspension_id: Mapped[UUID | None]
    """Of the contract, proposed when the month's threshold was reached."""
    received_at: Mapped[Moment]
    due_on: Mapped[date]
    """Last natural day for the answer."""
    answered_at: Mapped[Moment | None]
    """Of the first answer since it was opened last."""
    finished_at: Mapped[Moment | None]
    overdue_told_at: Mapped[Moment | None]
    registered_at: Mapped[Moment]
    registered_by: Mapped[str]
    registered_side: Mapped[str]


class ComplaintCall(Base):
    """A call that a complaint is about. The call may be removed before the complaint is."""

    __tablename__ = "complaint_calls"
    __table_args__ = (Index("ix_complaint_calls_call", "call_id"),)

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), primary_key=True)
    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))


class ComplaintMessage(Base):
    """A message that a complaint is about. The message may be removed before the complaint is."""

    __tablename__ = "complaint_messages"
    __table_args__ = (Index("ix_complaint_messages_message", "message_id"),)

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), primary_key=True)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))


class ComplaintEntry(Base):
    """One line in the history of a complaint, never changed."""

    __tablename__ = "complaint_entries"
    __table_args__ = (Index("ix_complaint_entries_complaint", "complaint_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    at: Mapped[Moment]
    step: Mapped[str]
    """`register`, a step of the state machine, `pause_script`, `pause_number`, `resume`, `propose_suspension`,
    `overdue`, `link_calls`, `link_messages`, `unlink_calls`, `unlink_messages`."""
    state: Mapped[str]
    """After the step."""
    side: Mapped[str]
    actor: Mapped[str]
    text: Mapped[str]


class ComplaintMonth(Base):
    """How many complaints count against a tenant in a month; the row is the lock under which they are counted."""

    __tablename__ = "complaint_months"
    __table_args__ = (
        CheckConstraint("counted >= 0", name="counted"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    counted: Mapped[int]


class ComplaintTerm(Base):
    """A term that the operator set; what is not here has its default."""

    __tablename__ = "complaint_terms"
    __table_args__ = (
        one_of("source", ComplaintSource),
        CheckConstraint(f"working_days BETWEEN {LEAST_TERM} AND {MOST_TERM}", name="working_days"),
    )

    source: Mapped[str] = mapped_column(primary_key=True)
    working_days: Mapped[int]
    changed_at: Mapped[Moment]
    changed_by: Mapped[str]
