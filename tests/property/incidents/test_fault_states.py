"""The life of a fault report, whatever both parties try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from yunhu.domains.incidents.errors import FaultSideError, FaultStepError, NoticeStateError
from yunhu.domains.incidents.states import (
    FAULT_STEPS,
    UNANSWERED,
    FaultState,
    FaultStep,
    NoticeState,
    NoticeStep,
    Side,
    fault_after,
    notice_after,
)


class FaultLife(RuleBasedStateMachine):
    """Both parties try any step at any time; what must hold is kept by hand, not by the table."""

    def __init__(self) -> None:
        super().__init__()
        self.state = FaultState.OPEN
        self.answered = False
        self.resolved = False

    @rule(step=st.sampled_from(FaultStep), side=st.sampled_from(Side))
    def attempt(self, step: FaultStep, side: Side) -> None:
        before = self.state
        try:
            self.state = fault_after(before, step, side)
        except (FaultSideError, FaultStepError):
            assert self.state is before
            return
        if side is Side.TENANT:
            assert step in {FaultStep.COMMENT, FaultStep.CLOSE, FaultStep.REOPEN}
        if step is FaultStep.ANSWER:
            assert before is not FaultState.CLOSED
            self.answered = True
        elif step is FaultStep.RESOLVE:
            assert self.answered
            self.resolved = True
        elif step is FaultStep.CLOSE:
            assert self.resolved
        elif step is FaultStep.REOPEN:
            assert self.resolved
            self.answered = self.resolved = False
        else:
            assert self.state is before

    @invariant()
    def the_clock_runs_while_nobody_answered(self) -> None:
        assert (self.state in UNANSWERED) == (not self.answered)

    @invariant()
    def only_what_is_resolved_rests(self) -> None:
        assert (self.state in {FaultState.RESOLVED, FaultState.CLOSED}) == self.resolved

    @invariant()
    def there_is_always_a_way_on(self) -> None:
        assert any(state is self.state and step is not FaultStep.COMMENT for state, step in FAULT_STEPS)


TestFaultLife = FaultLife.TestCase


@given(st.sampled_from([NoticeState.WITHDRAWN, NoticeState.ENDED]), st.sampled_from(NoticeStep))
def test_given_a_finished_notice_when_any_step_then_refused(state, step):
    with pytest.raises(NoticeStateError):
        notice_after(state, step)
