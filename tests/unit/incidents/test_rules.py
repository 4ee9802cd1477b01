"""Lead times of notices, clocks, and the day of a support visit."""

from datetime import UTC, date, datetime, timedelta

import pytest

from yunhu.domains.incidents.errors import NoticeLeadTooShortError, NoticeTimesError, TermOutOfBoundsError
from yunhu.domains.incidents.rules import (
    TERMS,
    Severity,
    Span,
    Term,
    Terms,
    Urgency,
    check_amended_span,
    check_lead,
    check_term,
    visit_due,
)
from yunhu.foundation.calendar.working import CalendarYearUnknownError, WorkingCalendar

NOW = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def span(begins_in: timedelta, lasts: timedelta = 2 * HOUR) -> Span:
    return Span(NOW + begins_in, NOW + begins_in + lasts)


@pytest.mark.parametrize(("urgency", "lead"), [(Urgency.URGENT, 24 * HOUR), (Urgency.PLANNED, 168 * HOUR)])
def test_given_a_lead_when_a_second_short_then_refused_with_the_earliest_start(urgency, lead):
    check_lead(span(lead), urgency, Terms(), NOW)

    with pytest.raises(NoticeLeadTooShortError) as caught:
        check_lead(span(lead - SECOND), urgency, Terms(), NOW)

    assert caught.value.details["earliest_start"] == (NOW + lead).isoformat()
    assert caught.value.details["lead_hours"] == lead // HOUR


def test_given_a_longer_term_when_planned_then_it_counts():
    terms = Terms({"notice_planned": 336})

    with pytest.raises(NoticeLeadTooShortError):
        check_lead(span(168 * HOUR), Urgency.PLANNED, terms, NOW)
    check_lead(span(336 * HOUR), Urgency.PLANNED, terms, NOW)


def test_given_an_end_before_the_start_when_published_then_refused():
    with pytest.raises(NoticeTimesError):
        check_lead(span(200 * HOUR, timedelta()), Urgency.PLANNED, Terms(), NOW)


AMENDMENTS = [
    (span(10 * HOUR), span(11 * HOUR, HOUR), None),  # begins later
    (span(10 * HOUR), span(12 * HOUR, HOUR), NoticeLeadTooShortError),  # nobody expects it then
    (span(10 * HOUR), span(24 * HOUR), None),  # put off, with the whole lead
    (span(10 * HOUR), span(10 * HOUR, HOUR), None),  # ends earlier
    (span(10 * HOUR), span(9 * HOUR), NoticeLeadTooShortError),
    (span(10 * HOUR), span(10 * HOUR, 3 * HOUR), NoticeLeadTooShortError),
    (span(48 * HOUR), span(30 * HOUR, 20 * HOUR), None),  # earlier, with the whole lead
    (span(-HOUR), span(-HOUR, 9 * HOUR), None),  # it runs and takes longer
    (span(-HOUR), span(HOUR), NoticeTimesError),
    (span(10 * HOUR), span(10 * HOUR, -HOUR), NoticeTimesError),
]


@pytest.mark.parametrize(("old", "new", "error"), AMENDMENTS)
def test_given_a_published_notice_when_its_times_change_then_harm_needs_the_lead_again(old, new, error):
    if error is None:
        check_amended_span(old, new, Urgency.URGENT, Terms(), NOW)
        return
    with pytest.raises(error):
        check_amended_span(old, new, Urgency.URGENT, Terms(), NOW)


def test_given_the_contract_when_clocks_are_set_then_its_bounds_hold():
    for term, hours in ((Term.NOTICE_URGENT, 23), (Term.SECURITY_REPORT, 25), (Term.NOTICE_PLANNED, 24)):
        with pytest.raises(TermOutOfBoundsError):
            check_term(term, hours)
    for term, rule in TERMS.items():
        check_term(term, rule.least)
        check_term(term, rule.default)
        check_term(term, rule.most)


def test_given_severities_when_asked_then_the_worse_is_answered_sooner():
    spans = [Terms().answer(severity) for severity in Severity]

    assert spans == sorted(spans)
    assert spans[0] == HOUR


def test_given_an_activation_before_spring_festival_when_planned_then_five_working_days_count():
    # 春节 2026: 15 to 23 February are off, Saturday 14 and Saturday 28 are worked.
    assert visit_due(date(2026, 2, 13), WorkingCalendar()) == date(2026, 2, 27)


def test_given_a_year_without_table_when_planned_then_no_guess():
    with pytest.raises(CalendarYearUnknownError):
        visit_due(date(2049, 1, 4), WorkingCalendar())
