"""The table of states, read as people read it."""

import pytest

from yunhu.domains.filings.errors import FilingStateError
from yunhu.domains.filings.states import OPEN, STANDING, TABLE, FilingState, Step, after


@pytest.mark.parametrize("state", FilingState)
@pytest.mark.parametrize("step", Step)
def test_given_any_state_when_a_step_is_taken_then_the_table_or_a_refusal_that_names_both(
    state: FilingState, step: Step
) -> None:
    if (state, step) in TABLE:
        assert after(state, step) is TABLE[state, step]
        return
    with pytest.raises(FilingStateError) as caught:
        after(state, step)
    assert caught.value.details == {"state": state, "step": step}


@pytest.mark.parametrize("state", [FilingState.SUPERSEDED, FilingState.EXPIRED, FilingState.WITHDRAWN])
def test_given_an_ended_version_when_anything_is_tried_then_nothing_is_possible(state: FilingState) -> None:
    assert not [step for step in Step if (state, step) in TABLE]


@pytest.mark.parametrize("state", [state for state in FilingState if state is not FilingState.REVIEWED])
def test_given_what_nobody_reviewed_when_approved_then_refused(state: FilingState) -> None:
    with pytest.raises(FilingStateError):
        after(state, Step.APPROVE)


def test_given_open_and_standing_states_when_joined_then_only_the_ended_are_left() -> None:
    assert set(FilingState) - OPEN - STANDING == {
        FilingState.SUPERSEDED,
        FilingState.EXPIRED,
        FilingState.WITHDRAWN,
    }
