"""Whatever is done to complaints, in whatever order, the counter says how many of them count."""

from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.complaints.errors import ComplaintSideError, ComplaintStepError
from yunhu.domains.complaints.states import (
    FINISHED,
    UNANSWERED,
    ComplaintState,
    ComplaintStep,
    Side,
    after,
    counted_change,
)

STEPS = st.lists(st.tuples(st.sampled_from(ComplaintStep), st.sampled_from(Side)), max_size=40)


@given(STEPS)
def test_given_any_walk_when_counted_then_only_dismissed_complaints_do_not_count(
    walk: list[tuple[ComplaintStep, Side]],
) -> None:
    state, counted = ComplaintState.REGISTERED, 1
    for step, side in walk:
        try:
            following = after(state, step, side)
        except (ComplaintStepError, ComplaintSideError):
            continue
        counted += counted_change(state, following)
        state = following
        assert counted == int(state is not ComplaintState.DISMISSED)
        assert not (state in FINISHED and state in UNANSWERED)
