"""What people do with their own account: password, second factor, sessions."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.identity import repository_sessions, repository_users
from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.credentials import (
    Enrolment,
    begin_enrolment,
    finish_enrolment,
    fit_hash,
    remove_second_factor,
    renew_recovery_codes,
    set_password,
    use_code,
)
from yunhu.domains.identity.failures import CountedKeys, blocked, counted_keys, lock_counter
from yunhu.domains.identity.models_users import User, UserSession
from yunhu.domains.identity.passwords import PasswordHasher, normal
from yunhu.domains.identity.sessions import actor_of
from yunhu.domains.identity.sign_in import needs_of
from yunhu.domains.identity.sign_in_rules import SESSION_IDLE
from yunhu.domains.identity.user_errors import (
    SecondFactorMandatoryError,
    SecondFactorStateError,
    SessionNeededError,
    SessionNotFoundError,
    SignInFailedError,
)
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.errors import YunhuError


class OwnAccount:
    """Use cases of somebody who has signed in. Whoever changes what protects the account proves the password anew.

    A wrong password or code counts like a failed sign-in: a stolen session must not be a way to guess. Every method
    raises `SignInFailedError` and `SignInBlockedError` besides what it names.
    """

    def __init__(self, database: Database, vault: Vault, clock: Clock, hasher: PasswordHasher) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._hasher = hasher

    async def change_password(self, caller: Caller, current: str, new: str, address: str) -> None:
        """Set a new password and end every other session. Raises `PasswordUnfitError`."""
        user = await self._prove(caller, current, address)
        async with self._database.transaction() as session:
            past = await repository_users.past_hashes(session, user.id)
        fresh = await fit_hash(self._hasher, new, login=user.login, display_name=user.display_name, past=past)
        async with self._database.transaction() as session:
            now = self._clock.now()
            locked = await _unchanged(session, user)
            await set_password(session, locked, fresh, now)
            await repository_sessions.end_sessions(session, locked.id, "password", now, but=caller.session_id)
            await _write_down(session, locked, "account.change_password")

    async def begin_second_factor(self, caller: Caller, password: str, address: str) -> Enrolment:
        """A secret for the app; in use after `finish_second_factor`. Raises `SecondFactorStateError`."""
        user = await self._prove(caller, password, address)
        async with self._database.transaction() as session:
            return begin_enrolment(self._vault, await _unchanged(session, user))

    async def finish_second_factor(self, caller: Caller, code: str, address: str) -> list[str]:
        """Takes the first code; returns the recovery codes. Raises `SecondFactorStateError`."""
        return await self._with_code(caller, code, address, finishing=True)

    async def new_recovery_codes(self, caller: Caller, code: str, address: str) -> list[str]:
        """Ten fresh codes against one of the app's. Raises `SecondFactorStateError`."""
        return await self._with_code(caller, code, address, finishing=False)

    async def remove_second_factor(self, caller: Caller, password: str, address: str) -> None:
        """Only for users who need none. Raises `SecondFactorMandatoryError`, `SecondFactorStateError`."""
        user = await self._prove(caller, password, address)
        async with self._database.transaction() as session:
            now = self._clock.now()
            locked = await _unchanged(session, user)
            if (await needs_of(session, locked, now)).second_factor_mandatory:
                raise SecondFactorMandatoryError
            if locked.totp_confirmed_at is None:
                raise SecondFactorStateError
            await remove_second_factor(session, locked)
            await repository_sessions.end_sessions(
                session, locked.id, "second_factor", now, but=caller.session_id
            )
            await _write_down(session, locked, "account.remove_second_factor")

    async def sign_out(self, caller: Caller) -> None:
        """End the present session."""
        await self._end(caller, _session_of(caller), "sign_out")

    async def end_session(self, caller: Caller, session_id: UUID) -> None:
        """End one of the caller's own sessions. Raises `SessionNotFoundError`."""
        await self._end(caller, session_id, "owner")

    async def sessions(self, caller: Caller) -> list[UserSession]:
        """The caller's running sessions, newest first."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            return await running_sessions(session, _user_of(caller), now)

    async def _end(self, caller: Caller, session_id: UUID, why: str) -> None:
        async with self._database.transaction() as session:
            user = await _locked(session, _user_of(caller))
            if not await repository_sessions.end_session(
                session, user.id, session_id, why, self._clock.now()
            ):
                raise SessionNotFoundError
            after = {"session": str(session_id)}
            await _write_down(session, user, "session.end", after)

    async def _prove(self, caller: Caller, password: str, address: str) -> User:
        """The user as it was when the password was right."""
        async with self._database.transaction() as session:
            user = await _locked(session, _user_of(caller))
            keys = counted_keys(self._vault, user.login_key, address)
            refusal: YunhuError | None = await blocked(session, keys, self._clock.now())
        if refusal is None and not await self._hasher.matches(user.password_hash, password):
            refusal = await self._count_failure(caller, keys)
        if refusal is not None:
            raise refusal
        return user

    async def _count_failure(self, caller: Caller, keys: CountedKeys) -> YunhuError:
        async with self._database.transaction() as session:
            counter = await lock_counter(session, keys, self._clock.now())
            refusal = counter.blocked()
            if refusal is not None:
                return refusal
            counter.fail()
            await session.flush()
            user = await _locked(session, _user_of(caller))
            await _write_down(session, user, "account.refuse")
        return SignInFailedError()

    async def _with_code(self, caller: Caller, code: str, address: str, *, finishing: bool) -> list[str]:
        keys = counted_keys(self._vault, normal(caller.actor.name), address)
        codes: list[str] | None = None
        refusal: YunhuError | None
        async with self._database.transaction() as session:
            now = self._clock.now()
            counter = await lock_counter(session, keys, now)
            refusal = counter.blocked()
            if refusal is None:
                user = await _locked(session, _user_of(caller))
                codes = await self._judge_code(session, user, code, now, finishing)
                if codes is None:
                    counter.fail()
                    refusal = SignInFailedError()
                await session.flush()
                action = "enrol_second_factor" if finishing else "renew_recovery_codes"
                await _write_down(session, user, f"account.{action if codes else 'refuse'}")
        if refusal is not None or codes is None:
            raise refusal or SignInFailedError
        return codes

    async def _judge_code(
        self, session: AsyncSession, user: User, code: str, now: datetime, finishing: bool
    ) -> list[str] | None:
        if finishing:
            return await finish_enrolment(session, self._vault, user, code, now)
        if user.totp_confirmed_at is None:
            raise SecondFactorStateError
        if not await use_code(session, self._vault, user, code, now):
            return None
        return await renew_recovery_codes(session, self._vault, user)


async def running_sessions(session: AsyncSession, user_id: UUID, now: datetime) -> list[UserSession]:
    """A user's sessions that would still be let in, newest first."""
    rows = await repository_sessions.running_sessions(session, user_id, now - SESSION_IDLE, now)
    return list(rows)


def _user_of(caller: Caller) -> UUID:
    if caller.user_id is None:
        raise SessionNeededError
    return caller.user_id


def _session_of(caller: Caller) -> UUID:
    if caller.session_id is None:
        raise SessionNeededError
    return caller.session_id


async def _locked(session: AsyncSession, user_id: UUID) -> User:
    user = await repository_users.locked_user(session, user_id)
    if user is None:
        raise SessionNeededError
    return user


async def _unchanged(session: AsyncSession, seen: User) -> User:
    """The user's row, locked, if the password that was proved is still the password."""
    user = await _locked(session, seen.id)
    if user.password_hash != seen.password_hash or user.state != seen.state:
        raise SignInFailedError
    return user


async def _write_down(
    session: AsyncSession, user: User, action: str, after: Mapping[str, str] | None = None
) -> None:
    await record(
        session,
        actor_of(user),
        action=action,
        subject=("user", user.id),
        tenant_id=user.tenant_id,
        after=after,
    )
