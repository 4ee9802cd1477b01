"""Notices, fault reports, support visits and clocks over the wire."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.incidents.models import FaultEntry, FaultReport, Notice, NoticeRecipient, SupportVisit
from yunhu.domains.incidents.rules import TERMS, NoticeKind, Severity, Term, Terms, Urgency
from yunhu.domains.incidents.states import UNANSWERED, FaultState, NoticeState, Side

Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
Prose = Annotated[str, Meta(min_length=1, max_length=4000, pattern=r"^[^\x00]+$")]
Moment = Annotated[datetime, Meta(tz=True)]
Slug = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]


class TenantAction(StrEnum):
    """What a tenant does with its fault report."""

    COMMENT = "comment"
    CLOSE = "close"
    REOPEN = "reopen"


class FaultAction(StrEnum):
    """What the operator does with a fault report by words alone."""

    ANSWER = "answer"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    COMMENT = "comment"


class NoticeText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a notice says; of an amendment, what it says from now on."""

    title: Line
    body: Prose
    starts_at: Moment
    ends_at: Moment


class NewNotice(NoticeText, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Maintenance or expansion to be announced."""

    reference: Line
    """Of your own; the same one is refused a second time."""
    kind: NoticeKind
    urgency: Urgency = Urgency.PLANNED
    tenants: Annotated[list[Slug], Meta(min_length=1, max_length=1000)] | None = None
    """Left out: all, also those that come while it stands."""


class ReasonRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why."""

    reason: Prose


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What has been read."""

    revision: Annotated[int, Meta(ge=1, le=1_000_000)]


class NoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """A notice."""

    id: UUID
    reference: str
    kind: NoticeKind
    urgency: Urgency
    title: str
    body: str
    starts_at: datetime
    ends_at: datetime
    to_all: bool
    state: NoticeState
    revision: int
    published_at: datetime
    changed_at: datetime


class ReadNotice(NoticeView, frozen=True, kw_only=True):
    """A notice, and whether this revision was acknowledged by the tenant."""

    acknowledged: bool
    acknowledged_at: datetime | None
    acknowledged_by: str | None


class RecipientView(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant that a notice is addressed to."""

    tenant: str
    acknowledged: bool
    """The present revision."""
    acknowledged_revision: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None


class NewFault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something does not work."""

    reference: Line
    """Of your own; the same one is refused a second time."""
    title: Line
    description: Prose
    severity: Severity
    security_incident: bool = False
    """Data of people may be concerned: a report is due within 24 hours."""


class NewOperatorFault(NewFault, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something does not work, found by the operator."""

    tenant: Slug | None = None
    """Whom it concerns; left out: the platform as a whole."""


class FaultText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said with the step."""

    text: Prose


class Reclassification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another severity, and why."""

    severity: Severity
    text: Prose


class FaultView(msgspec.Struct, frozen=True, kw_only=True):
    """A fault report."""

    id: UUID
    tenant_id: UUID | None
    reference: str
    title: str
    severity: Severity
    state: FaultState
    reported_side: Side
    reported_by: str
    created_at: datetime
    answer_due_at: datetime
    answered_at: datetime | None
    overdue: bool
    """The answer is late and has not come."""
    resolved_at: datetime | None
    closed_at: datetime | None
    security_incident: bool
    report_due_at: datetime | None
    authority_told_at: datetime | None


class FaultEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the history."""

    at: datetime
    step: str
    state: FaultState
    side: Side
    actor: str
    text: str


class FaultDetail(FaultView, frozen=True, kw_only=True):
    """A fault report with its history, oldest first."""

    description: str
    history: list[FaultEntryView]


class VisitDone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A support visit took place."""

    done_on: date
    note: Prose


class VisitView(msgspec.Struct, frozen=True, kw_only=True):
    """A support visit."""

    id: UUID
    tenant_id: UUID
    activated_on: date
    due_on: date
    done_on: date | None
    done_by: str | None
    note: str


class TermRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Length of a clock."""

    hours: Annotated[int, Meta(ge=1, le=8760)]


class TermView(msgspec.Struct, frozen=True, kw_only=True):
    """A clock."""

    name: Term
    hours: int
    default_hours: int
    least_hours: int
    most_hours: int


def notice_view(row: Notice) -> NoticeView:
    """For the operator."""
    return msgspec.convert(row, NoticeView, from_attributes=True)


def read_notice(row: Notice, recipient: NoticeRecipient) -> ReadNotice:
    """For a tenant."""
    return ReadNotice(
        **msgspec.structs.asdict(notice_view(row)),
        acknowledged=recipient.acknowledged_revision == row.revision,
        acknowledged_at=recipient.acknowledged_at,
        acknowledged_by=recipient.acknowledged_by,
    )


def recipient_view(slug: str, recipient: NoticeRecipient, revision: int) -> RecipientView:
    """Seen from the notice's present revision."""
    return RecipientView(
        tenant=slug,
        acknowledged=recipient.acknowledged_revision == revision,
        acknowledged_revision=recipient.acknowledged_revision,
        acknowledged_at=recipient.acknowledged_at,
        acknowledged_by=recipient.acknowledged_by,
    )


def fault_view(row: FaultReport, now: datetime) -> FaultView:
    """As it stands now."""
    return FaultView(
        id=row.id,
        tenant_id=row.tenant_id,
        reference=row.reference,
        title=row.title,
        severity=Severity(row.severity),
        state=FaultState(row.state),
        reported_side=Side(row.reported_side),
        reported_by=row.reported_by,
        created_at=row.created_at,
        answer_due_at=row.answer_due_at,
        answered_at=row.answered_at,
        overdue=row.state in UNANSWERED and row.answer_due_at < now,
        resolved_at=row.resolved_at,
        closed_at=row.closed_at,
        security_incident=row.security_incident,
        report_due_at=row.report_due_at,
        authority_told_at=row.authority_told_at,
    )


def fault_detail(row: FaultReport, entries: list[FaultEntry], now: datetime) -> FaultDetail:
    """With the history."""
    history = [msgspec.convert(entry, FaultEntryView, from_attributes=True) for entry in entries]
    view = msgspec.structs.asdict(fault_view(row, now))
    return FaultDetail(**view, description=row.description, history=history)


def visit_view(row: SupportVisit) -> VisitView:
    """As it stands."""
    return msgspec.convert(row, VisitView, from_attributes=True)


def term_views(terms: Terms) -> list[TermView]:
    """Every clock."""
    return [
        TermView(
            name=term,
            hours=terms.hours(term),
            default_hours=rule.default,
            least_hours=rule.least,
            most_hours=rule.most,
        )
        for term, rule in TERMS.items()
    ]
