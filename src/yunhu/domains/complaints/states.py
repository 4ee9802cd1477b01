"""The life of a complaint: one table of steps; whatever is not in it is refused."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from yunhu.domains.complaints.errors import ComplaintSideError, ComplaintStepError


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    REGISTERED = "registered"
    INVESTIGATING = "investigating"
    ANSWERED = "answered"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    """It does not concern the tenant's calls; it no longer counts."""


class ComplaintStep(StrEnum):
    """What may happen to it."""

    INVESTIGATE = "investigate"
    ANSWER = "answer"
    CLOSE = "close"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    COMMENT = "comment"
    LINK = "link"
    """To a call or a message that was found later."""
    UNLINK = "unlink"


class Side(StrEnum):
    """Which party acts."""

    TENANT = "tenant"
    OPERATOR = "operator"


_NEW, _LOOKING, _ANSWERED = ComplaintState.REGISTERED, ComplaintState.INVESTIGATING, ComplaintState.ANSWERED
_CLOSED, _DISMISSED = ComplaintState.CLOSED, ComplaintState.DISMISSED
STEPS: Mapping[tuple[ComplaintState, ComplaintStep], ComplaintState] = MappingProxyType(
    {
        (_NEW, ComplaintStep.INVESTIGATE): _LOOKING,
        (_NEW, ComplaintStep.ANSWER): _ANSWERED,
        (_NEW, ComplaintStep.DISMISS): _DISMISSED,
        (_NEW, ComplaintStep.COMMENT): _NEW,
        (_NEW, ComplaintStep.LINK): _NEW,
        (_NEW, ComplaintStep.UNLINK): _NEW,
        (_LOOKING, ComplaintStep.ANSWER): _ANSWERED,
        (_LOOKING, ComplaintStep.DISMISS): _DISMISSED,
        (_LOOKING, ComplaintStep.COMMENT): _LOOKING,
        (_LOOKING, ComplaintStep.LINK): _LOOKING,
        (_LOOKING, ComplaintStep.UNLINK): _LOOKING,
        (_ANSWERED, ComplaintStep.ANSWER): _ANSWERED,
        (_ANSWERED, ComplaintStep.CLOSE): _CLOSED,
        (_ANSWERED, ComplaintStep.DISMISS): _DISMISSED,
        (_ANSWERED, ComplaintStep.REOPEN): _LOOKING,
        (_ANSWERED, ComplaintStep.COMMENT): _ANSWERED,
        (_ANSWERED, ComplaintStep.LINK): _ANSWERED,
        (_ANSWERED, ComplaintStep.UNLINK): _ANSWERED,
        (_CLOSED, ComplaintStep.REOPEN): _LOOKING,
        (_DISMISSED, ComplaintStep.REOPEN): _LOOKING,
    }
)
UNANSWERED = frozenset({_NEW, _LOOKING})
"""The answer's term runs."""
FINISHED = frozenset({_CLOSED, _DISMISSED})
MAY_TAKE: Mapping[Side, frozenset[ComplaintStep]] = MappingProxyType(
    {
        Side.TENANT: frozenset(
            {
                ComplaintStep.INVESTIGATE,
                ComplaintStep.ANSWER,
                ComplaintStep.COMMENT,
                ComplaintStep.LINK,
                ComplaintStep.UNLINK,
            }
        ),
        Side.OPERATOR: frozenset(ComplaintStep),
    }
)
"""What counts against a tenant is not the tenant's to close or dismiss."""


def after(state: ComplaintState, step: ComplaintStep, side: Side) -> ComplaintState:
    """The state that a party's step leads to. Raises `ComplaintSideError`, `ComplaintStepError`."""
    if step not in MAY_TAKE[side]:
        raise ComplaintSideError(f"{step} is not for the {side}", side=side, step=step)
    following = STEPS.get((state, step))
    if following is None:
        raise ComplaintStepError(f"{step} is not possible: it is {state}", state=state, step=step)
    return following


def counted_change(before: ComplaintState, following: ComplaintState) -> int:
    """What a step changes in the month's counter: dismissed ones do not count."""
    return int(before is _DISMISSED) - int(following is _DISMISSED)
