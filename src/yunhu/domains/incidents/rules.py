"""Lead times and clocks. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

import msgspec

from yunhu.domains.incidents.errors import NoticeLeadTooShortError, NoticeTimesError, TermOutOfBoundsError
from yunhu.foundation.calendar.working import WorkingCalendar

VISIT_WORKING_DAYS = 5
"""Row C14, §2.2.5: support within 5 working days after activation."""


class NoticeKind(StrEnum):
    """What is announced (row C11)."""

    MAINTENANCE = "maintenance"
    EXPANSION = "expansion"


class Urgency(StrEnum):
    """How much earlier it must be announced."""

    PLANNED = "planned"
    URGENT = "urgent"


class Severity(StrEnum):
    """How bad a fault is; each has an answer clock."""

    CRITICAL = "critical"
    """Nothing is dialled or sent."""
    MAJOR = "major"
    MINOR = "minor"
    QUESTION = "question"


class Term(StrEnum):
    """A clock whose length the operator can set."""

    NOTICE_URGENT = "notice_urgent"
    NOTICE_PLANNED = "notice_planned"
    ANSWER_CRITICAL = "answer_critical"
    ANSWER_MAJOR = "answer_major"
    ANSWER_MINOR = "answer_minor"
    ANSWER_QUESTION = "answer_question"
    SECURITY_REPORT = "security_report"


class TermRule(msgspec.Struct, frozen=True):
    """Default and bounds of a clock, in hours."""

    default: int
    least: int
    most: int


TERMS: Mapping[Term, TermRule] = MappingProxyType(
    {
        Term.NOTICE_URGENT: TermRule(24, 24, 168),
        Term.NOTICE_PLANNED: TermRule(168, 25, 8760),
        Term.ANSWER_CRITICAL: TermRule(1, 1, 24),
        Term.ANSWER_MAJOR: TermRule(4, 1, 72),
        Term.ANSWER_MINOR: TermRule(24, 1, 240),
        Term.ANSWER_QUESTION: TermRule(72, 1, 720),
        Term.SECURITY_REPORT: TermRule(24, 1, 24),
    }
)
"""The contract bounds two of them: urgent notices 24 hours at least (C11), security reports 24 hours at most (D6)."""


class Terms:
    """The clocks in force: what was set, else the defaults."""

    def __init__(self, hours: Mapping[str, int] | None = None) -> None:
        self._hours = dict(hours or {})

    def hours(self, term: Term) -> int:
        """Length of a clock."""
        return self._hours.get(term, TERMS[term].default)

    def span(self, term: Term) -> timedelta:
        """Length of a clock."""
        return timedelta(hours=self.hours(term))

    def lead(self, urgency: Urgency) -> timedelta:
        """How long before its start something is announced at the latest."""
        return self.span(Term.NOTICE_URGENT if urgency is Urgency.URGENT else Term.NOTICE_PLANNED)

    def answer(self, severity: Severity) -> timedelta:
        """How long an answer may take."""
        return self.span(Term(f"answer_{severity}"))


def check_term(term: Term, hours: int) -> None:
    """Raises `TermOutOfBoundsError`."""
    rule = TERMS[term]
    if not rule.least <= hours <= rule.most:
        raise TermOutOfBoundsError(
            f"{term} takes {rule.least} to {rule.most} hours",
            name=term,
            least_hours=rule.least,
            most_hours=rule.most,
        )


class Span(msgspec.Struct, frozen=True):
    """When the announced work goes on."""

    starts_at: datetime
    ends_at: datetime


def check_lead(span: Span, urgency: Urgency, terms: Terms, now: datetime) -> None:
    """A notice that comes at `now`. Raises `NoticeTimesError`, `NoticeLeadTooShortError`."""
    if span.ends_at <= span.starts_at:
        raise NoticeTimesError("it must end after it begins")
    lead = terms.lead(urgency)
    if span.starts_at < now + lead:
        hours = int(lead.total_seconds() // 3600)
        raise NoticeLeadTooShortError(
            f"{urgency}: at least {hours} hours before the start",
            urgency=urgency,
            lead_hours=hours,
            earliest_start=(now + lead).isoformat(),
        )


def check_amended_span(old: Span, new: Span, urgency: Urgency, terms: Terms, now: datetime) -> None:
    """New times of a published notice: what reaches beyond the announced time needs the whole lead again.

    Times inside the announced ones harm nobody. What has begun keeps its beginning and ends when it ends.
    Raises `NoticeTimesError`, `NoticeLeadTooShortError`.
    """
    if new.ends_at <= new.starts_at:
        raise NoticeTimesError("it must end after it begins")
    if old.starts_at <= now and new.starts_at != old.starts_at:
        raise NoticeTimesError("it has begun: its beginning cannot be moved")
    if now < old.starts_at and (new.starts_at < old.starts_at or new.ends_at > old.ends_at):
        check_lead(new, urgency, terms, now)


def visit_due(activated_on: date, calendar: WorkingCalendar) -> date:
    """Last day for the support visit. Raises `CalendarYearUnknownError`."""
    return calendar.add_working_days(activated_on, VISIT_WORKING_DAYS)
