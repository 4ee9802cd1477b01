"""What may become of a caller number: one table, everything else is refused."""

from enum import StrEnum

from yunhu.domains.numbers.errors import NumberStepRefusedError
from yunhu.domains.numbers.models import NumberState

_A, _H, _Q, _R = NumberState.ALLOCATED, NumberState.HELD, NumberState.QUARANTINED, NumberState.RELEASED


class Step(StrEnum):
    """What somebody does with a number."""

    ALLOCATE = "allocate"
    HOLD = "hold"
    QUARANTINE = "quarantine"
    RESTORE = "restore"
    RELEASE = "release"


STEPS: dict[Step, dict[NumberState, NumberState]] = {
    Step.ALLOCATE: {NumberState.AVAILABLE: _A, _R: _A},
    Step.HOLD: {_A: _H, _Q: _H},
    Step.QUARANTINE: {_A: _Q, _H: _Q},
    Step.RESTORE: {_H: _A, _Q: _A},
    Step.RELEASE: {_A: _R, _H: _R, _Q: _R},
}
EVENTS: dict[Step, str] = {
    Step.ALLOCATE: "allocated",
    Step.HOLD: "held",
    Step.QUARANTINE: "quarantined",
    Step.RESTORE: "restored",
    Step.RELEASE: "released",
}


def steps_from(state: str) -> set[Step]:
    """What may be done with a number in this state."""
    return {step for step, table in STEPS.items() if NumberState(state) in table}


def after(state: NumberState, step: Step) -> NumberState:
    """The state that follows. Raises `NumberStepRefusedError`."""
    following = STEPS[step].get(state)
    if following is None:
        raise NumberStepRefusedError(
            f"a number that is {state} cannot be taken through {step}", state=state, step=step
        )
    return following
