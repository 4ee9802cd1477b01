"""The table of a number's states, and regions read off numbers."""

import pytest

from yunhu.domains.numbers.errors import NumberStepRefusedError
from yunhu.domains.numbers.models import NumberState
from yunhu.domains.numbers.regions import region_of
from yunhu.domains.numbers.states import STEPS, Step, after
from yunhu.foundation.phone import Phone


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", NumberState)
def test_given_a_state_and_a_step_when_not_in_the_table_then_it_is_refused(
    state: NumberState, step: Step
) -> None:
    if state in STEPS[step]:
        assert after(state, step) is STEPS[step][state]
        return
    with pytest.raises(NumberStepRefusedError) as refused:
        after(state, step)
    assert refused.value.details == {"state": state, "step": step}


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+862988886666", "29"),
        ("+861088886666", "10"),
        ("+8691788886666"[:13], "917"),
        ("+8613812345678", "mobile"),
        ("+864008001234", "service"),
        ("+8695588", "service"),
    ],
)
def test_given_a_number_when_its_region_is_asked_then_it_is_read_off_the_number(
    number: str, region: str
) -> None:
    assert region_of(Phone(number)) == region
