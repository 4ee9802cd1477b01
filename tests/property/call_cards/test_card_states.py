"""Receipts in any order take a card forward only."""

from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.call_cards.errors import ProfileStepRefusedError
from yunhu.domains.call_cards.models import ProfileState
from yunhu.domains.call_cards.rules import CHARGED, FOLLOWING, STEPS, Step, after, before, moves_on
from yunhu.messaging.cards.port import CardState

_RANK = {CardState.REQUESTED: 0, CardState.ACCEPTED: 1, CardState.DELIVERED: 2, CardState.DISPLAYED: 3}


@given(st.lists(st.sampled_from(CardState), max_size=12))
def test_given_receipts_in_any_order_when_taken_then_the_state_never_goes_back(said: list[CardState]) -> None:
    state, seen = CardState.REQUESTED, [CardState.REQUESTED]
    for next_ in said:
        if moves_on(state, next_):
            state = next_
            seen.append(state)
    ranks = [_RANK[one] for one in seen if one in _RANK]
    assert ranks == sorted(set(ranks))
    assert all(not FOLLOWING[one] for one in seen if one not in _RANK)
    if CardState.DELIVERED in seen:
        assert state in CHARGED, "what was delivered stays charged"


@given(st.sampled_from(CardState))
def test_given_a_state_when_asked_what_it_may_follow_then_both_forms_of_the_table_agree(
    said: CardState,
) -> None:
    assert set(before(said)) == {state.value for state in CardState if moves_on(state, said)}


@given(st.lists(st.sampled_from(Step), max_size=20))
def test_given_any_steps_when_taken_then_only_a_reviewed_profile_is_ever_approved(steps: list[Step]) -> None:
    state = ProfileState.DRAFT
    for step in steps:
        before_ = state
        try:
            state = after(state, step)
        except ProfileStepRefusedError:
            assert before_ not in STEPS[step]
            continue
        if state is ProfileState.APPROVED:
            assert (before_, step) == (ProfileState.SUBMITTED, Step.APPROVE)
