"""Failed sign-ins, counted a login and an address; a login that nobody has is counted like any other."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity import repository_sessions
from yunhu.domains.identity.lockout import (
    ADDRESS_POLICY,
    LOGIN_POLICY,
    LockPolicy,
    Tally,
    after_failure,
    wait_of,
)
from yunhu.domains.identity.models_users import SignInTally
from yunhu.domains.identity.one_time import Purpose, digest_of
from yunhu.domains.identity.user_errors import SignInBlockedError
from yunhu.foundation.crypto import Vault


class CountedKeys(msgspec.Struct, frozen=True):
    """Under which keys a try is counted."""

    login: bytes
    address: bytes

    def policies(self) -> Mapping[bytes, LockPolicy]:
        """What each key allows."""
        return {self.login: LOGIN_POLICY, self.address: ADDRESS_POLICY}


def counted_keys(vault: Vault, login_key: str, address: str) -> CountedKeys:
    """The keys of a case-folded login and a peer's address."""
    return CountedKeys(digest_of(vault, Purpose.LOGIN, login_key), digest_of(vault, Purpose.ADDRESS, address))


async def blocked(session: AsyncSession, keys: CountedKeys, now: datetime) -> SignInBlockedError | None:
    """A first look without locks, before any hash is computed."""
    found = await repository_sessions.tallies(session, keys.policies())
    return _blocked_by(found.values(), now)


async def locked_until(
    session: AsyncSession, vault: Vault, login_keys: Iterable[str], now: datetime
) -> dict[str, datetime]:
    """Which of these logins are locked, and until when."""
    digests = {digest_of(vault, Purpose.LOGIN, login_key): login_key for login_key in login_keys}
    found = await repository_sessions.tallies(session, digests)
    return {
        digests[key]: tally.blocked_until
        for key, tally in found.items()
        if tally.blocked_until is not None and tally.blocked_until > now
    }


class Counter:
    """The counts of one try, locked until the transaction ends."""

    def __init__(self, keys: CountedKeys, rows: Mapping[bytes, SignInTally], now: datetime) -> None:
        self._keys = keys
        self._rows = rows
        self._now = now

    def blocked(self) -> SignInBlockedError | None:
        """Whether others' failures have shut the door meanwhile: then even the right password is not heard."""
        tallies = (repository_sessions.tally_of(row) for row in self._rows.values())
        return _blocked_by((tally for tally in tallies if tally is not None), self._now)

    def fail(self) -> None:
        """Count one failure under both keys."""
        for key, policy in self._keys.policies().items():
            row = self._rows[key]
            tally = after_failure(repository_sessions.tally_of(row), policy, self._now)
            row.failures = tally.failures
            row.last_failed_at = tally.last_failed_at
            row.blocked_until = tally.blocked_until

    async def forgive(self, session: AsyncSession) -> None:
        """The login begins anew after a whole sign-in; the address does not: its other logins may be guesses."""
        await repository_sessions.forget_tally(session, self._keys.login)


async def lock_counter(session: AsyncSession, keys: CountedKeys, now: datetime) -> Counter:
    """Locks both rows; the first locks that a sign-in takes."""
    return Counter(keys, await repository_sessions.locked_tallies(session, keys.policies(), now), now)


def _blocked_by(found: Iterable[Tally], now: datetime) -> SignInBlockedError | None:
    longest = max((wait_of(tally, now).total_seconds() for tally in found), default=0.0)
    return SignInBlockedError(retry_after=math.ceil(longest)) if longest > 0 else None
