"""Any order of steps: nothing comes into force that was not submitted and approved."""

from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.filings.errors import FilingStateError
from yunhu.domains.filings.states import OPEN, STANDING, FilingState, Step, after


@given(st.lists(st.sampled_from(Step), max_size=20))
def test_given_any_steps_when_taken_then_force_comes_only_by_submission_and_approval(
    steps: list[Step],
) -> None:
    state, taken = FilingState.DRAFT, []
    for step in steps:
        try:
            state = after(state, step)
        except FilingStateError:
            continue
        taken.append(step)
        if state in STANDING:
            approved = len(taken) - 1 - taken[::-1].index(Step.APPROVE)
            assert taken[approved - 2 : approved] == [Step.SUBMIT, Step.REVIEW]
        if state is FilingState.EFFECTIVE:
            assert taken[-2:] == [Step.APPROVE, Step.TAKE_EFFECT]
        if Step.WITHDRAW in taken or Step.EXPIRE in taken or Step.SUPERSEDE in taken:
            assert state not in OPEN | STANDING
