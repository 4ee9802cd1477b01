"""Where a question is answered from, scales of time, and when mails are due."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.reports.errors import RangeInvalidError, RangeTooLongError, SplitImpossibleError
from yunhu.domains.reports.rules import (
    By,
    Dimension,
    Kind,
    Narrowed,
    Question,
    Span,
    milliseconds_at,
    percentile,
    source_of,
    span_of,
    step_of,
)
from yunhu.domains.reports.schedules import Every, next_due, period_of
from yunhu.foundation.clock import SHANGHAI

_YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
_MONTH = Span(date(2026, 1, 1), date(2026, 1, 31))


@pytest.mark.parametrize(
    ("by", "narrowed", "source"),
    [
        (By.DAY, Narrowed(), Dimension.DAY),
        (By.HOUR_OF_DAY, Narrowed(), Dimension.TOTAL),
        (By.HOUR, Narrowed(state="busy"), Dimension.TOTAL),
        (By.NUMBER, Narrowed(), Dimension.NUMBER),
        (By.DAY, Narrowed(number="+8629"), Dimension.NUMBER),
        (By.MATTER, Narrowed(matter="社保"), Dimension.MATTER),
        (By.DAY, Narrowed(window=""), Dimension.WINDOW),
    ],
)
def test_given_a_year_when_sums_have_what_is_asked_then_they_answer(
    by: By, narrowed: Narrowed, source: Dimension
) -> None:
    assert source_of(Question(kind=Kind.CALL, by=by, span=_YEAR, narrowed=narrowed)) is source


@pytest.mark.parametrize(
    ("by", "narrowed"),
    [
        (By.NUMBER, Narrowed(matter="社保")),
        (By.HOUR_OF_DAY, Narrowed(window="3")),
        (By.DAY, Narrowed(window="3", matter="社保")),
    ],
)
def test_given_a_split_without_sums_then_rows_are_counted_for_a_month_and_no_longer(
    by: By, narrowed: Narrowed
) -> None:
    assert source_of(Question(kind=Kind.CALL, by=by, span=_MONTH, narrowed=narrowed)) is None
    with pytest.raises(RangeTooLongError):
        source_of(Question(kind=Kind.CALL, by=by, span=_YEAR, narrowed=narrowed))


def test_given_messages_by_caller_number_then_refused() -> None:
    with pytest.raises(SplitImpossibleError):
        source_of(Question(kind=Kind.MESSAGE, by=By.NUMBER, span=_MONTH))


def test_given_days_the_wrong_way_round_then_refused() -> None:
    with pytest.raises(RangeInvalidError):
        span_of(date(2026, 2, 2), date(2026, 2, 1), date(2026, 2, 3))


def test_given_no_days_then_the_last_week_with_today() -> None:
    assert span_of(None, None, date(2026, 2, 9)) == Span(date(2026, 2, 3), date(2026, 2, 9))


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=200), st.floats(0.01, 1))
def test_given_any_times_when_a_percentile_is_read_off_the_scale_then_it_is_5_percent_off_at_most(
    times: list[int], share: float
) -> None:
    counts: dict[int, int] = {}
    for time in times:
        counts[step_of(time)] = counts.get(step_of(time), 0) + 1
    place = max(1, -int(-share * len(times) // 1))
    exact = sorted(times)[place - 1]
    read = percentile(counts, share)
    assert read is not None
    assert abs(read - exact) <= max(1, exact * 0.05)


def test_given_nothing_then_there_is_no_percentile() -> None:
    assert percentile({}, 0.5) is None
    assert milliseconds_at(0) == 1.0


_MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 the strategy adds the zone
_SCHEDULES = st.one_of(
    st.tuples(st.just(Every.DAY), st.just(0)),
    st.tuples(st.just(Every.WEEK), st.integers(1, 7)),
    st.tuples(st.just(Every.MONTH), st.integers(1, 28)),
)


@given(_SCHEDULES, st.integers(0, 23), _MOMENTS)
def test_given_any_schedule_when_mails_follow_each_other_then_their_days_do_without_gap(
    schedule: tuple[Every, int], hour: int, moment: datetime
) -> None:
    every, on = schedule
    first = next_due(every, on, hour, moment)
    second = next_due(every, on, hour, first)
    assert moment < first < second
    assert first - moment <= timedelta(days=31)
    assert first.astimezone(SHANGHAI).hour == hour
    told, following = period_of(every, first), period_of(every, second)
    assert following.first == told.last + timedelta(days=1)
    assert told.until <= first


def test_given_monday_then_the_weekly_mail_is_about_the_week_before() -> None:
    due = next_due(Every.WEEK, 1, 8, datetime(2026, 2, 4, tzinfo=UTC))
    assert due == datetime(2026, 2, 9, 0, 0, tzinfo=UTC)
    assert period_of(Every.WEEK, due) == Span(date(2026, 2, 2), date(2026, 2, 8))
