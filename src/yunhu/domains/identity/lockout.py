"""Lock-out arithmetic: how many failures, and how long nobody may try again. Pure."""

from datetime import datetime, timedelta

import msgspec


class LockPolicy(msgspec.Struct, frozen=True):
    """After `allowed` failures, each no longer than `memory` after the one before, trying again must wait."""

    allowed: int
    memory: timedelta
    first_wait: timedelta
    longest_wait: timedelta
    """The wait doubles with each further failure up to this."""
    fresh_after_wait: bool
    """Whether the count begins anew when the wait is over."""


LOGIN_POLICY = LockPolicy(
    5, timedelta(minutes=15), timedelta(minutes=15), timedelta(minutes=15), fresh_after_wait=True
)
"""Five failures lock a login for 15 minutes (MLPS level 3)."""
ADDRESS_POLICY = LockPolicy(
    20, timedelta(minutes=15), timedelta(seconds=15), timedelta(minutes=15), fresh_after_wait=False
)
"""An address is slowed later and grows slower: many people may share one."""


class Tally(msgspec.Struct, frozen=True):
    """The failures of one login or one address."""

    failures: int
    last_failed_at: datetime
    blocked_until: datetime | None


def after_failure(tally: Tally | None, policy: LockPolicy, now: datetime) -> Tally:
    """The tally with one failure more."""
    if tally is None or _forgotten(tally, policy, now):
        tally = Tally(0, now, None)
    failures = tally.failures + 1
    if failures < policy.allowed:
        return Tally(failures, now, None)
    doublings = min(failures - policy.allowed, 30)
    wait = min(policy.first_wait * 2**doublings, policy.longest_wait)
    return Tally(failures, now, now + wait)


def wait_of(tally: Tally | None, now: datetime) -> timedelta:
    """How long until the next try is heard; zero when it is heard now."""
    if tally is None or tally.blocked_until is None:
        return timedelta(0)
    return max(timedelta(0), tally.blocked_until - now)


def _forgotten(tally: Tally, policy: LockPolicy, now: datetime) -> bool:
    if tally.blocked_until is None:
        return tally.last_failed_at + policy.memory <= now
    return tally.blocked_until + (timedelta(0) if policy.fresh_after_wait else policy.memory) <= now
