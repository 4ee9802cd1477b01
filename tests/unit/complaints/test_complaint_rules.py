"""Terms, months, the threshold, and the table of steps."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from yunhu.domains.complaints.errors import ComplaintMomentError, ComplaintSideError, ComplaintStepError
from yunhu.domains.complaints.gate import ASK_AGAIN, ComplaintFacts, script_paused
from yunhu.domains.complaints.rules import (
    About,
    Pause,
    Standing,
    check_received,
    concerned,
    due_on,
    is_late,
    month_of,
    to_pause,
)
from yunhu.domains.complaints.states import STEPS, ComplaintState, ComplaintStep, Side, after
from yunhu.foundation.calendar.working import WorkingCalendar
from yunhu.foundation.verdicts import Asked, Outcome

NOW = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)


def test_given_a_complaint_before_the_holidays_when_due_then_only_working_days_count():
    # 2026-02-14 is a Saturday that is worked, 15 to 23 February is the Spring Festival.
    friday = datetime(2026, 2, 13, 2, 0, tzinfo=UTC)
    assert due_on(friday, 2, WorkingCalendar()) == date(2026, 2, 24)


def test_given_the_last_hours_of_a_month_when_counted_then_it_is_chinas_month():
    assert month_of(datetime(2026, 1, 31, 15, 59, tzinfo=UTC)) == date(2026, 1, 1)
    assert month_of(datetime(2026, 1, 31, 16, 0, tzinfo=UTC)) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("counted", "threshold", "reached"),
    [(0, 1, False), (1, 1, True), (2, 1, True), (2, 3, False), (3, 3, True), (0, 0, False), (1, 0, True)],
)
def test_given_a_count_when_compared_with_the_threshold_then_the_alarm_is_due_at_it(
    counted, threshold, reached
):
    assert Standing(counted, threshold).reached is reached


@pytest.mark.parametrize(
    ("about", "what"),
    [
        (About.CONTENT, Pause.SCRIPT),
        (About.NO_CONSENT, Pause.SCRIPT),
        (About.FREQUENCY, Pause.NUMBER),
        (About.CALLER, Pause.NUMBER),
        (About.SERVICE, None),
    ],
)
def test_given_the_threshold_when_reached_then_what_the_complaint_concerns_pauses(about, what):
    assert to_pause(about, Standing(1, 1)) is what
    assert to_pause(about, Standing(1, 2)) is None


def test_given_a_last_day_when_it_is_over_in_china_then_the_answer_is_late():
    due = date(2026, 2, 9)
    midnight = datetime(2026, 2, 9, 16, 0, tzinfo=UTC)
    assert not is_late(due, midnight - timedelta(seconds=1))
    assert is_late(due, midnight)


@pytest.mark.parametrize("received_at", [NOW + timedelta(hours=1), NOW - timedelta(days=367)])
def test_given_an_impossible_moment_when_registered_then_refused(received_at):
    with pytest.raises(ComplaintMomentError):
        check_received(received_at, NOW)


@pytest.mark.parametrize("state", list(ComplaintState))
@pytest.mark.parametrize("step", list(ComplaintStep))
def test_given_any_state_and_step_when_taken_then_the_table_alone_decides(state, step):
    if (state, step) in STEPS:
        assert after(state, step, Side.OPERATOR) is STEPS[state, step]
    else:
        with pytest.raises(ComplaintStepError) as caught:
            after(state, step, Side.OPERATOR)
        assert caught.value.details == {"state": state, "step": step}


@pytest.mark.parametrize("step", [ComplaintStep.CLOSE, ComplaintStep.DISMISS, ComplaintStep.REOPEN])
def test_given_a_tenant_when_it_would_settle_its_own_complaint_then_refused(step):
    with pytest.raises(ComplaintSideError):
        after(ComplaintState.ANSWERED, step, Side.TENANT)


def test_given_a_paused_script_when_the_gate_asks_then_it_waits():
    asked = Asked(now=NOW, channel="voice", purpose="your_turn", deadline=NOW + timedelta(hours=1))
    assert script_paused(ComplaintFacts(paused_at=None), asked).outcome is Outcome.ALLOWED
    found = script_paused(ComplaintFacts(paused_at=NOW), asked)
    assert (found.outcome, found.until) == (Outcome.DEFERRED, NOW + ASK_AGAIN)


A, B, C = (UUID(int=number) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("current", "linked", "paused", "gone", "expected"),
    [
        # A link was made: the newest tells, unless a pause stands.
        (None, [A], False, None, A),
        (A, [B, A], False, None, B),
        (A, [B, A], True, None, A),
        (A, [], True, None, A),
        # A link was taken away.
        (A, [B], False, A, B),
        (A, [B], True, A, B),
        (A, [B, A], True, A, A),
        (A, [], True, A, None),
        (A, [], False, A, None),
        # What was unlinked was not what the pause rests on, or what it rests on was removed since.
        (A, [C], True, B, A),
        (A, [], True, B, A),
        (A, [], False, B, A),
    ],
)
def test_given_links_when_one_is_made_or_taken_away_then_what_is_concerned_follows_and_a_pause_moves_only_without_ground(
    current, linked, paused, gone, expected
):
    assert concerned(current, linked, paused=paused, gone=gone) == expected


@pytest.mark.parametrize("state", [ComplaintState.CLOSED, ComplaintState.DISMISSED])
@pytest.mark.parametrize("step", [ComplaintStep.LINK, ComplaintStep.UNLINK])
def test_given_a_finished_complaint_when_linked_or_unlinked_then_refused(state, step):
    for side in Side:
        with pytest.raises(ComplaintStepError):
            after(state, step, side)
