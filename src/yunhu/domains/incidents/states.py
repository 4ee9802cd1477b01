"""The lives of notices and fault reports: one table of steps each; whatever is not in it is refused."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from yunhu.domains.incidents.errors import FaultSideError, FaultStepError, NoticeStateError


class NoticeState(StrEnum):
    """Where a notice stands."""

    PUBLISHED = "published"
    AMENDED = "amended"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class NoticeStep(StrEnum):
    """What may happen to it."""

    AMEND = "amend"
    WITHDRAW = "withdraw"
    END = "end"


class FaultState(StrEnum):
    """Where a fault report stands."""

    OPEN = "open"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"


class FaultStep(StrEnum):
    """What may happen to it."""

    ANSWER = "answer"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    COMMENT = "comment"
    RECLASSIFY = "reclassify"


class Side(StrEnum):
    """Which party acts."""

    TENANT = "tenant"
    OPERATOR = "operator"


_STANDING = (NoticeState.PUBLISHED, NoticeState.AMENDED)
NOTICE_STEPS: Mapping[tuple[NoticeState, NoticeStep], NoticeState] = MappingProxyType(
    {(state, NoticeStep.AMEND): NoticeState.AMENDED for state in _STANDING}
    | {(state, NoticeStep.WITHDRAW): NoticeState.WITHDRAWN for state in _STANDING}
    | {(state, NoticeStep.END): NoticeState.ENDED for state in _STANDING}
)

_OPEN, _ANSWERED, _RESOLVED = FaultState.OPEN, FaultState.ANSWERED, FaultState.RESOLVED
_CLOSED, _REOPENED = FaultState.CLOSED, FaultState.REOPENED
FAULT_STEPS: Mapping[tuple[FaultState, FaultStep], FaultState] = MappingProxyType(
    {
        (_OPEN, FaultStep.ANSWER): _ANSWERED,
        (_OPEN, FaultStep.COMMENT): _OPEN,
        (_OPEN, FaultStep.RECLASSIFY): _OPEN,
        (_ANSWERED, FaultStep.ANSWER): _ANSWERED,
        (_ANSWERED, FaultStep.COMMENT): _ANSWERED,
        (_ANSWERED, FaultStep.RESOLVE): _RESOLVED,
        (_RESOLVED, FaultStep.COMMENT): _RESOLVED,
        (_RESOLVED, FaultStep.CLOSE): _CLOSED,
        (_RESOLVED, FaultStep.REOPEN): _REOPENED,
        (_CLOSED, FaultStep.REOPEN): _REOPENED,
        (_REOPENED, FaultStep.ANSWER): _ANSWERED,
        (_REOPENED, FaultStep.COMMENT): _REOPENED,
        (_REOPENED, FaultStep.RECLASSIFY): _REOPENED,
    }
)
UNANSWERED = frozenset({_OPEN, _REOPENED})
"""The answer clock runs."""
MAY_TAKE: Mapping[Side, frozenset[FaultStep]] = MappingProxyType(
    {
        Side.TENANT: frozenset({FaultStep.COMMENT, FaultStep.CLOSE, FaultStep.REOPEN}),
        Side.OPERATOR: frozenset(FaultStep),
    }
)


def notice_after(state: NoticeState, step: NoticeStep) -> NoticeState:
    """The state that a step leads to. Raises `NoticeStateError`."""
    following = NOTICE_STEPS.get((state, step))
    if following is None:
        raise NoticeStateError(f"{step} is not possible: it is {state}", state=state, step=step)
    return following


def fault_after(state: FaultState, step: FaultStep, side: Side) -> FaultState:
    """The state that a party's step leads to. Raises `FaultSideError`, `FaultStepError`."""
    if step not in MAY_TAKE[side]:
        raise FaultSideError(f"{step} is not for the {side}", side=side, step=step)
    following = FAULT_STEPS.get((state, step))
    if following is None:
        raise FaultStepError(f"{step} is not possible: it is {state}", state=state, step=step)
    return following
