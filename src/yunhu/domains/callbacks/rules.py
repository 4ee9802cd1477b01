"""What follows a try: decided by values alone."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from yunhu.domains.callbacks.client import Answer

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=24)
"""Counted from when the delivery was made, resumed, or asked for again."""
PAUSE_AFTER = timedelta(hours=1)
"""An endpoint without one success for so long is paused; its deliveries wait."""
WAIT_AT_MOST = timedelta(days=7)
"""Deliveries of a paused endpoint are given up after that."""
LEASE = timedelta(seconds=60)
"""Longer than any request with its bookkeeping: within it nobody else sends the same delivery."""
ROTATION_GRACE = timedelta(hours=24)
"""How long requests carry the old secret's signature as well."""


class After(StrEnum):
    """What becomes of the delivery."""

    DELIVERED = "delivered"
    AGAIN = "again"
    DEAD = "dead"


class Verdict(msgspec.Struct, frozen=True):
    """What follows one try."""

    after: After
    next_attempt_at: datetime
    pause_reason: str | None = None
    """Set when the endpoint is to be paused."""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery as it stood when it was tried."""

    attempts: int
    """This one included."""
    give_up_at: datetime
    failing_since: datetime | None
    """Of the endpoint, before this try."""


def wait_after(attempts: int, draw: float) -> timedelta:
    """5 s, doubling up to an hour; `draw` from [0, 1) takes up to a half off, so that many do not march in step."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 16)
    return min(doubled, LONGEST_WAIT) * (1 - draw / 2)


def judge(tried: Tried, answer: Answer, now: datetime, draw: float) -> Verdict:
    """Decide what follows."""
    if answer.delivered:
        return Verdict(After.DELIVERED, now)
    if answer.gone:
        # It waits: who resumes the endpoint wants what was missed.
        return Verdict(After.AGAIN, now, "the receiver answered 410 Gone")
    asked = min(timedelta(seconds=answer.retry_after), LONGEST_WAIT)
    again_at = now + max(wait_after(tried.attempts, draw), asked)
    failing_since = tried.failing_since or now
    reason = None
    if now - failing_since >= PAUSE_AFTER:
        reason = f"no success since {failing_since:%Y-%m-%dT%H:%M:%SZ}; last: {answer.error}"
    if now >= tried.give_up_at:
        return Verdict(After.DEAD, now, reason)
    return Verdict(After.AGAIN, min(again_at, tried.give_up_at), reason)
