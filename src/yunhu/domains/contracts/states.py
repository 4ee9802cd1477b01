"""The life of a contract, of a suspension and of a supplement: one table each, everything else is refused."""

from collections.abc import Iterable
from enum import StrEnum

from yunhu.domains.contracts.errors import StepRefusedError, SuspensionStepRefusedError
from yunhu.domains.contracts.words import ContractState, SupplementState, SuspensionState

_S = ContractState


class Step(StrEnum):
    """What happens to a contract."""

    SIGN = "sign"
    INVOICE = "invoice"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESUME = "resume"
    """The last cause was lifted, and service had begun."""
    WAIT_AGAIN = "wait_again"
    """The last cause was lifted, and service had not begun."""
    END = "end"
    TERMINATE = "terminate"
    SETTLE = "settle"


STEPS: dict[Step, dict[ContractState, ContractState]] = {
    Step.SIGN: {_S.DRAFT: _S.SIGNED},
    Step.INVOICE: {_S.SIGNED: _S.AWAITING_PAYMENT},
    Step.ACTIVATE: {_S.SIGNED: _S.ACTIVE, _S.AWAITING_PAYMENT: _S.ACTIVE},
    Step.SUSPEND: {
        _S.SIGNED: _S.SUSPENDED,
        _S.AWAITING_PAYMENT: _S.SUSPENDED,
        _S.ACTIVE: _S.SUSPENDED,
    },
    Step.RESUME: {_S.SUSPENDED: _S.ACTIVE},
    Step.WAIT_AGAIN: {_S.SUSPENDED: _S.AWAITING_PAYMENT},
    Step.END: {
        _S.SIGNED: _S.ENDED,
        _S.AWAITING_PAYMENT: _S.ENDED,
        _S.ACTIVE: _S.ENDED,
        _S.SUSPENDED: _S.ENDED,
    },
    Step.TERMINATE: {
        _S.SIGNED: _S.TERMINATED,
        _S.AWAITING_PAYMENT: _S.TERMINATED,
        _S.ACTIVE: _S.TERMINATED,
        _S.SUSPENDED: _S.TERMINATED,
    },
    Step.SETTLE: {_S.ENDED: _S.SETTLED, _S.TERMINATED: _S.SETTLED},
}


def after(state: ContractState, step: Step) -> ContractState:
    """The state that follows. Raises `StepRefusedError`."""
    following = STEPS[step].get(state)
    if following is None:
        raise StepRefusedError(
            f"a contract that is {state} cannot be taken through {step}", state=state, step=step
        )
    return following


class SuspensionStep(StrEnum):
    """What a person or a rule does about a suspension."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    LIFT = "lift"


SUSPENSION_STEPS: dict[SuspensionStep, dict[SuspensionState, SuspensionState]] = {
    SuspensionStep.CONFIRM: {SuspensionState.PROPOSED: SuspensionState.STANDING},
    SuspensionStep.DECLINE: {SuspensionState.PROPOSED: SuspensionState.DECLINED},
    SuspensionStep.LIFT: {SuspensionState.STANDING: SuspensionState.LIFTED},
}


def suspension_after(state: SuspensionState, step: SuspensionStep) -> SuspensionState:
    """The state that follows. Raises `SuspensionStepRefusedError`."""
    following = SUSPENSION_STEPS[step].get(state)
    if following is None:
        raise SuspensionStepRefusedError(
            f"a suspension that is {state} cannot be taken through {step}", state=state, step=step
        )
    return following


class SupplementStep(StrEnum):
    """What happens to a supplement."""

    SIGN = "sign"
    TAKE_EFFECT = "take_effect"
    WITHDRAW = "withdraw"


SUPPLEMENT_STEPS: dict[SupplementStep, dict[SupplementState, SupplementState]] = {
    SupplementStep.SIGN: {SupplementState.DRAFT: SupplementState.SIGNED},
    SupplementStep.TAKE_EFFECT: {SupplementState.SIGNED: SupplementState.IN_FORCE},
    SupplementStep.WITHDRAW: {SupplementState.DRAFT: SupplementState.WITHDRAWN},
}


def supplement_after(state: SupplementState, step: SupplementStep) -> SupplementState:
    """The state that follows. Raises `StepRefusedError`."""
    following = SUPPLEMENT_STEPS[step].get(state)
    if following is None:
        raise StepRefusedError(
            f"a supplement that is {state} cannot be taken through {step}", state=state, step=step
        )
    return following


def step_for_causes(state: ContractState, standing: Iterable[object], *, service_began: bool) -> Step | None:
    """What the causes that stand ask for: suspended while any stands, and not a moment longer."""
    stands = any(True for _ in standing)
    if stands and state in STEPS[Step.SUSPEND]:
        return Step.SUSPEND
    if not stands and state is ContractState.SUSPENDED:
        return Step.RESUME if service_began else Step.WAIT_AGAIN
    return None
