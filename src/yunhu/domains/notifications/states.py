"""The words and the state machines of journeys and notifications, as tables."""

from enum import StrEnum

from yunhu.foundation.errors import ConflictError


class QueueEventKind(StrEnum):
    """What a queue system tells us."""

    TAKEN = "taken"
    PROGRESS = "progress"
    CALLED = "called"
    RECALLED = "recalled"
    SERVED = "served"
    MISSED = "missed"
    CANCELLED = "cancelled"


class JourneyState(StrEnum):
    """Where a visitor stands."""

    WAITING = "waiting"
    CALLED = "called"
    SERVED = "served"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Purpose(StrEnum):
    """Why a visitor hears from the hall."""

    NEAR_TURN = "near_turn"
    YOUR_TURN = "your_turn"
    NOTICE = "notice"
    """Anything else that was filed, asked for through `POST /notifications`."""


class NotificationState(StrEnum):
    """Where a notification stands."""

    PENDING = "pending"
    """Waits for its time, a robot, a caller number or a sender."""
    ACTIVE = "active"
    """One attempt is in the air."""
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUSED = "refused"
    """A rule forbids it for good."""
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """An attempt left, and nobody can say whether it arrived; it is not repeated."""


OPEN_STATES = frozenset({NotificationState.PENDING, NotificationState.ACTIVE})

_P, _A = NotificationState.PENDING, NotificationState.ACTIVE

TRANSITIONS: dict[NotificationState, frozenset[NotificationState]] = {
    _P: frozenset(
        {
            _A,
            NotificationState.EXPIRED,
            NotificationState.REFUSED,
            NotificationState.FAILED,
            NotificationState.SUPERSEDED,
            NotificationState.CANCELLED,
        }
    ),
    _A: frozenset(
        {
            _P,
            NotificationState.DELIVERED,
            NotificationState.FAILED,
            NotificationState.EXPIRED,
            NotificationState.REFUSED,
            NotificationState.SUPERSEDED,
            NotificationState.CANCELLED,
            NotificationState.UNKNOWN,
        }
    ),
    NotificationState.DELIVERED: frozenset(),
    NotificationState.FAILED: frozenset(),
    NotificationState.EXPIRED: frozenset(),
    NotificationState.REFUSED: frozenset(),
    NotificationState.SUPERSEDED: frozenset(),
    NotificationState.CANCELLED: frozenset(),
    # A receipt may still arrive for a message whose fate was not known.
    NotificationState.UNKNOWN: frozenset({NotificationState.DELIVERED, NotificationState.FAILED}),
}


class ImpossibleTransitionError(ConflictError):
    """The notification is not where this step starts."""

    id = "notifications.impossible_transition"
    title = "The notification cannot go from its present state to that one"
    title_zh = "通知当前状态不允许该操作"


def check_transition(current: NotificationState, target: NotificationState) -> None:
    """Raise unless the table allows the step."""
    if target not in TRANSITIONS[current]:
        raise ImpossibleTransitionError(f"from {current} to {target}", current=current, target=target)
