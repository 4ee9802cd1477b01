"""Whatever the situation, the gate keeps its promises."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.dispatch.models import DAILY_CAP
from yunhu.domains.dispatch.rules import Snapshot, judge
from yunhu.domains.notifications.plans import RetryRule, TimeWindow
from yunhu.domains.notifications.public import (
    Attempted,
    DeliveryPlan,
    NotificationState,
    Purpose,
    after_attempt,
    next_opening,
)
from yunhu.domains.notifications.states import TRANSITIONS
from yunhu.foundation.verdicts import Outcome
from yunhu.telephony.port import ResultClass

YEAR_2026 = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 2 * 365 * 86_400).map(lambda seconds: YEAR_2026 + timedelta(seconds=seconds))
times = st.integers(0, 24 * 60 - 1)


@st.composite
def windows(draw: st.DrawFn) -> TimeWindow:
    first, last = sorted((draw(times), draw(times)))
    days = tuple(sorted(draw(st.sets(st.integers(1, 7), min_size=1))))
    return TimeWindow(days=days, start=_clock(first), end=_clock(last))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    now = draw(moments)
    robots, numbers = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    return Snapshot(
        now=now,
        channel=draw(st.sampled_from(["voice", "sms"])),
        purpose=draw(st.sampled_from(Purpose)),
        deadline=now + timedelta(seconds=draw(st.integers(-100, 200_000))),
        due_at=now + timedelta(seconds=draw(st.integers(-100, 1000))),
        plan=DeliveryPlan(
            windows=tuple(draw(st.lists(windows(), max_size=3))), calls_kept_for_turn=draw(st.integers(0, 2))
        ),
        script_state=draw(st.sampled_from(["draft", "approved", "retired"])),
        refused=draw(st.booleans()),
        calls_today=draw(st.integers(0, 3)),
        callee_in_call=draw(st.booleans()),
        robots=robots,
        robots_free=draw(st.integers(0, robots)),
        numbers=numbers,
        numbers_free=(free := draw(st.integers(0, numbers))),
        numbers_on_open_trunks=draw(st.integers(0, free)),
        sms_account=draw(st.booleans()),
    )


@given(snapshots())
def test_given_any_situation_when_allowed_then_no_hard_rule_is_broken(seen: Snapshot) -> None:
    verdict = judge(seen)
    if verdict.outcome is not Outcome.ALLOWED:
        assert verdict.reason
        return
    assert seen.now < seen.deadline
    assert seen.due_at <= seen.now
    assert seen.script_state == "approved"
    assert not seen.refused
    assert not seen.plan.windows or any(window.contains(seen.now) for window in seen.plan.windows)
    if seen.channel == "voice":
        kept = 0 if seen.purpose is Purpose.YOUR_TURN else seen.plan.calls_kept_for_turn
        assert seen.calls_today < DAILY_CAP - kept
        assert seen.robots_free > 0
        assert seen.numbers_on_open_trunks > 0
        assert not seen.callee_in_call


@given(snapshots())
def test_given_any_situation_when_deferred_then_it_is_to_a_later_moment_before_the_deadline(
    seen: Snapshot,
) -> None:
    verdict = judge(seen)
    if verdict.outcome is Outcome.DEFERRED:
        assert verdict.until is not None
        assert seen.now < verdict.until < seen.deadline


@given(st.lists(windows(), min_size=1, max_size=3).map(tuple), moments)
def test_given_any_windows_when_asked_for_the_next_opening_then_it_lies_inside_one(
    open_windows: tuple[TimeWindow, ...], now: datetime
) -> None:
    opening = next_opening(open_windows, now)
    if opening is None:
        assert all(window.start >= window.end for window in open_windows), "only an empty window never opens"
        return
    assert opening >= now
    assert any(window.contains(opening) for window in open_windows)


@given(
    st.sampled_from(ResultClass),
    st.integers(1, 4),
    st.sampled_from([None, "superseded", "cancelled", "refused"]),
    st.dictionaries(
        st.sampled_from(ResultClass),
        st.builds(RetryRule, after_seconds=st.integers(1, 600), at_most=st.integers(1, 2)),
    ),
    st.integers(-60, 600),
)
def test_given_any_ending_when_decided_then_the_step_is_in_the_table_and_no_answered_call_is_repeated(
    result: ResultClass, attempts: int, stopped: str | None, retries: dict[ResultClass, RetryRule], left: int
) -> None:
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    ended = Attempted(
        attempts=attempts,
        deadline=now + timedelta(seconds=left),
        stop_reason=stopped,
        plan=DeliveryPlan(retries=retries),
    )
    following = after_attempt(ended, result, now)
    assert following.state in TRANSITIONS[NotificationState.ACTIVE]
    if result in {ResultClass.ANSWERED, ResultClass.UNKNOWN} or stopped is not None:
        assert following.state is not NotificationState.PENDING
    if following.state is NotificationState.PENDING:
        assert following.due_at is not None
        assert now <= following.due_at < ended.deadline
        assert result is ResultClass.CANCELLED or attempts <= retries[result].at_most
