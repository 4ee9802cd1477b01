"""What may become of profiles and of cards: tables, everything else is refused or ignored."""

from enum import StrEnum

from yunhu.domains.call_cards.errors import ProfileStepRefusedError
from yunhu.domains.call_cards.models import ProfileState
from yunhu.messaging.cards.port import CardState


class Step(StrEnum):
    """What somebody does with a profile."""

    CHANGE = "change"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"


_P = ProfileState
STEPS: dict[Step, dict[ProfileState, ProfileState]] = {
    Step.CHANGE: {_P.DRAFT: _P.DRAFT, _P.RETURNED: _P.DRAFT},
    Step.SUBMIT: {_P.DRAFT: _P.SUBMITTED, _P.RETURNED: _P.SUBMITTED},
    Step.APPROVE: {_P.SUBMITTED: _P.APPROVED},
    Step.RETURN: {_P.SUBMITTED: _P.RETURNED},
    Step.WITHDRAW: {_P.SUBMITTED: _P.DRAFT, _P.APPROVED: _P.WITHDRAWN},
    Step.SUPERSEDE: {_P.APPROVED: _P.SUPERSEDED},
}

SERVED = frozenset({_P.APPROVED, _P.SUPERSEDED})
"""A phone may ask for the card of a call that was placed a moment before the profile gave way."""

_C = CardState
FOLLOWING: dict[CardState, frozenset[CardState]] = {
    _C.REQUESTED: frozenset({_C.ACCEPTED, _C.DELIVERED, _C.DISPLAYED, _C.UNSUPPORTED, _C.FAILED}),
    _C.ACCEPTED: frozenset({_C.DELIVERED, _C.DISPLAYED, _C.UNSUPPORTED, _C.FAILED}),
    _C.DELIVERED: frozenset({_C.DISPLAYED}),
    _C.DISPLAYED: frozenset(),
    _C.UNSUPPORTED: frozenset(),
    _C.FAILED: frozenset(),
}
"""Forward only: a late or repeated receipt changes nothing."""

CHARGED = frozenset({CardState.ACCEPTED, CardState.DELIVERED, CardState.DISPLAYED})
"""A card is metered (row B5) as soon as it came to one of these."""


def after(state: ProfileState, step: Step) -> ProfileState:
    """The state that follows. Raises `ProfileStepRefusedError`."""
    following = STEPS[step].get(state)
    if following is None:
        raise ProfileStepRefusedError(
            f"a profile that is {state} cannot be taken through {step}", state=state, step=step
        )
    return following


def moves_on(state: CardState, said: CardState) -> bool:
    """Whether what was said takes a card further."""
    return said in FOLLOWING[state]


def before(said: CardState) -> list[str]:
    """The states that what was said may follow, for a conditional update."""
    return [state.value for state, following in FOLLOWING.items() if said in following]
