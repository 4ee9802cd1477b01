"""The life of a filing version: one table of steps; whatever is not in it is refused."""

from enum import StrEnum
from types import MappingProxyType

from yunhu.domains.filings.errors import FilingStateError


class FilingState(StrEnum):
    """Where a version of a filing stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    """One of the operator's people found it in order; another one decides."""
    RETURNED = "returned"
    """With remarks: it can be changed and submitted again."""
    APPROVED = "approved"
    """It waits for the end of its notice."""
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What may happen to it."""

    EDIT = "edit"
    SUBMIT = "submit"
    REVIEW = "review"
    RETURN = "return"
    APPROVE = "approve"
    TAKE_EFFECT = "take_effect"
    SUPERSEDE = "supersede"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


TABLE = MappingProxyType(
    {
        (FilingState.DRAFT, Step.EDIT): FilingState.DRAFT,
        (FilingState.DRAFT, Step.SUBMIT): FilingState.SUBMITTED,
        (FilingState.DRAFT, Step.WITHDRAW): FilingState.WITHDRAWN,
        (FilingState.SUBMITTED, Step.REVIEW): FilingState.REVIEWED,
        (FilingState.SUBMITTED, Step.RETURN): FilingState.RETURNED,
        (FilingState.SUBMITTED, Step.WITHDRAW): FilingState.WITHDRAWN,
        (FilingState.REVIEWED, Step.RETURN): FilingState.RETURNED,
        (FilingState.REVIEWED, Step.APPROVE): FilingState.APPROVED,
        (FilingState.REVIEWED, Step.WITHDRAW): FilingState.WITHDRAWN,
        (FilingState.RETURNED, Step.EDIT): FilingState.RETURNED,
        (FilingState.RETURNED, Step.SUBMIT): FilingState.SUBMITTED,
        (FilingState.RETURNED, Step.WITHDRAW): FilingState.WITHDRAWN,
        (FilingState.APPROVED, Step.TAKE_EFFECT): FilingState.EFFECTIVE,
        (FilingState.APPROVED, Step.SUPERSEDE): FilingState.SUPERSEDED,
        (FilingState.APPROVED, Step.EXPIRE): FilingState.EXPIRED,
        (FilingState.APPROVED, Step.WITHDRAW): FilingState.WITHDRAWN,
        (FilingState.EFFECTIVE, Step.SUPERSEDE): FilingState.SUPERSEDED,
        (FilingState.EFFECTIVE, Step.EXPIRE): FilingState.EXPIRED,
        (FilingState.EFFECTIVE, Step.WITHDRAW): FilingState.WITHDRAWN,
    }
)
OPEN = frozenset({FilingState.DRAFT, FilingState.SUBMITTED, FilingState.REVIEWED, FilingState.RETURNED})
"""Not decided yet; a filing has at most one such version."""
STANDING = frozenset({FilingState.APPROVED, FilingState.EFFECTIVE})
"""In force, or waiting to be."""


def after(state: FilingState, step: Step) -> FilingState:
    """The state that a step leads to. Raises `FilingStateError`."""
    following = TABLE.get((state, step))
    if following is None:
        raise FilingStateError(f"{step.value} is not possible: it is {state.value}", state=state, step=step)
    return following
