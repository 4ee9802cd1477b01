"""The tables of states: what is permitted, and that everything else is refused."""

import itertools

import pytest

from yunhu.domains.contracts.errors import StepRefusedError, SuspensionStepRefusedError
from yunhu.domains.contracts.states import (
    Step,
    SupplementStep,
    SuspensionStep,
    after,
    supplement_after,
    suspension_after,
)
from yunhu.domains.contracts.words import ContractState, SupplementState, SuspensionState

PERMITTED = """
sign: draft>signed
invoice: signed>awaiting_payment
activate: signed>active awaiting_payment>active
suspend: signed>suspended awaiting_payment>suspended active>suspended
resume: suspended>active
wait_again: suspended>awaiting_payment
end: signed>ended awaiting_payment>ended active>ended suspended>ended
terminate: signed>terminated awaiting_payment>terminated active>terminated suspended>terminated
settle: ended>settled terminated>settled
"""


def _permitted() -> dict[tuple[str, str], str]:
    found = {}
    for line in PERMITTED.strip().splitlines():
        step, _, moves = line.partition(": ")
        for move in moves.split():
            state, _, following = move.partition(">")
            found[state, step] = following
    return found


@pytest.mark.parametrize(("state", "step"), list(itertools.product(ContractState, Step)))
def test_given_a_state_when_a_step_is_taken_then_the_table_decides(state: ContractState, step: Step) -> None:
    following = _permitted().get((state, step))
    if following is not None:
        assert after(state, step) == following
        return
    with pytest.raises(StepRefusedError) as caught:
        after(state, step)
    assert caught.value.details == {"state": state, "step": step}


@pytest.mark.parametrize(("state", "step"), list(itertools.product(SuspensionState, SuspensionStep)))
def test_given_a_suspension_when_a_step_is_taken_then_the_table_decides(
    state: SuspensionState, step: SuspensionStep
) -> None:
    permitted = {
        ("proposed", "confirm"): "standing",
        ("proposed", "decline"): "declined",
        ("standing", "lift"): "lifted",
    }
    if (state, step) in permitted:
        assert suspension_after(state, step) == permitted[state, step]
    else:
        with pytest.raises(SuspensionStepRefusedError):
            suspension_after(state, step)


@pytest.mark.parametrize(("state", "step"), list(itertools.product(SupplementState, SupplementStep)))
def test_given_a_supplement_when_a_step_is_taken_then_the_table_decides(
    state: SupplementState, step: SupplementStep
) -> None:
    permitted = {
        ("draft", "sign"): "signed",
        ("signed", "take_effect"): "in_force",
        ("draft", "withdraw"): "withdrawn",
    }
    if (state, step) in permitted:
        assert supplement_after(state, step) == permitted[state, step]
    else:
        with pytest.raises(StepRefusedError):
            supplement_after(state, step)
