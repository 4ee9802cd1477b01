"""Sign-in as one table of transitions. What is not in the table is refused by name."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

PASSWORD_LIFE = timedelta(days=90)
SIGN_IN_LIFE = timedelta(minutes=10)
"""From the right password to the session."""
SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=30)


class Step(StrEnum):
    """What a sign-in waits for."""

    PASSWORD = "password"  # noqa: S105 the name of a step
    SECOND_FACTOR = "second_factor"
    ENROLMENT = "enrolment"
    """A second factor is mandatory and there is none yet."""
    PASSWORD_CHANGE = "password_change"  # noqa: S105 the name of a step
    SIGNED_IN = "signed_in"


class Fact(StrEnum):
    """What happened."""

    PASSWORD_RIGHT = "password_right"  # noqa: S105 the name of a fact
    CODE_RIGHT = "code_right"
    ENROLLED = "enrolled"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 the name of a fact


class Needs(msgspec.Struct, frozen=True):
    """What stands between this user and a session."""

    has_second_factor: bool
    second_factor_mandatory: bool
    must_change_password: bool


_ORDER = (Step.PASSWORD, Step.SECOND_FACTOR, Step.ENROLMENT, Step.PASSWORD_CHANGE, Step.SIGNED_IN)
_MOVES = frozenset(
    {
        (Step.PASSWORD, Fact.PASSWORD_RIGHT),
        (Step.SECOND_FACTOR, Fact.CODE_RIGHT),
        (Step.ENROLMENT, Fact.ENROLLED),
        (Step.PASSWORD_CHANGE, Fact.PASSWORD_CHANGED),
    }
)
"""The only fact that moves each step on; to the next step of `_ORDER` that the user needs."""


def next_step(step: Step, fact: Fact, needs: Needs) -> Step | None:
    """Where a sign-in goes from here; None where this fact does not belong to this step."""
    if (step, fact) not in _MOVES:
        return None
    later = _ORDER[_ORDER.index(step) + 1 :]
    return next(candidate for candidate in later if _needed(candidate, needs))


def _needed(step: Step, needs: Needs) -> bool:
    if step is Step.SECOND_FACTOR:
        return needs.has_second_factor
    if step is Step.ENROLMENT:
        return needs.second_factor_mandatory and not needs.has_second_factor
    if step is Step.PASSWORD_CHANGE:
        return needs.must_change_password
    return True


def password_is_old(changed_at: datetime | None, now: datetime) -> bool:
    """Whether the password has lived its 90 days."""
    return changed_at is None or changed_at + PASSWORD_LIFE <= now


class SessionTimes(msgspec.Struct, frozen=True):
    """What a session's life is measured by."""

    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None


def session_is_over(times: SessionTimes, now: datetime) -> bool:
    """Ended, idle for 30 minutes, or 12 hours old."""
    return times.ended_at is not None or times.expires_at <= now or times.last_seen_at + SESSION_IDLE <= now
