"""Signing in, step by step. A failure is committed before it is told."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.identity import repository_sessions, repository_users
from yunhu.domains.identity.credentials import (
    Enrolment,
    begin_enrolment,
    finish_enrolment,
    fit_hash,
    set_password,
    use_code,
)
from yunhu.domains.identity.failures import CountedKeys, Counter, blocked, counted_keys, lock_counter
from yunhu.domains.identity.models_users import SignIn, User, UserState
from yunhu.domains.identity.one_time import Purpose, digest_of, draw_token, looks_like_one
from yunhu.domains.identity.passwords import PasswordHasher, normal
from yunhu.domains.identity.roles import second_factor_is_mandatory
from yunhu.domains.identity.sessions import NewSession, Place, actor_of, begin_session
from yunhu.domains.identity.sign_in_rules import (
    SIGN_IN_LIFE,
    Fact,
    Needs,
    Step,
    next_step,
    password_is_old,
)
from yunhu.domains.identity.user_errors import SignInFailedError, SignInStepError, SignInUnknownError
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.errors import YunhuError
from yunhu.foundation.ids import new_id


class Progress(msgspec.Struct, frozen=True):
    """Where a sign-in stands."""

    step: Step
    token: str | None = None
    """To go on with; none where the session has begun."""
    session: NewSession | None = None
    recovery_codes: tuple[str, ...] = ()
    """Shown once, when the second factor has just been enrolled."""


class _At(msgspec.Struct, frozen=True):
    """One try: when, from where, counted how, and with which token it goes on."""

    now: datetime
    place: Place
    counter: Counter
    token: str
    nobody: UUID = UUID(int=0)
    """The id of no user."""


class SignInDesk:
    """Leads people through the steps of `sign_in_rules`. Lock order: tallies, sign-in, user, history."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, hasher: PasswordHasher) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._hasher = hasher

    async def begin(self, login: str, password: str, place: Place) -> Progress:
        """The first step. Raises `SignInFailedError`, `SignInBlockedError`."""
        login_key = normal(login)
        keys = counted_keys(self._vault, login_key, place.address)
        async with self._database.transaction() as session:
            refusal = await blocked(session, keys, self._clock.now())
            user = await repository_users.user_by_login(session, login_key)
            password_hash = user.password_hash if user and user.state == UserState.ACTIVE else None
        if refusal is not None:
            raise refusal
        right = await self._hasher.matches(password_hash, password)
        async with self._database.transaction() as session:
            now = self._clock.now()
            at = _At(now, place, await lock_counter(session, keys, now), draw_token())
            # An unknown login is looked for once more too: its answer takes as long as any other.
            known = await repository_users.locked_user(session, user.id if user else at.nobody)
            same = known is not None and known.password_hash == password_hash
            passed = right and same and known is not None and known.state == UserState.ACTIVE
            outcome = at.counter.blocked() or await self._judge(
                session, at, known, Step.PASSWORD, Fact.PASSWORD_RIGHT if passed else None
            )
        return _told(outcome)

    async def second_factor(self, token: str, code: str, place: Place) -> Progress:
        """A code of the app, or a recovery code. Raises what `begin` raises, and `SignInStepError`."""
        keys = await self._keys_of(token, place)
        async with self._database.transaction() as session:
            at, sign_in, user = await self._open(session, token, keys, place)
            outcome: Progress | YunhuError | None = at.counter.blocked() or _misplaced(
                sign_in, Step.SECOND_FACTOR
            )
            if outcome is None:
                right = await use_code(session, self._vault, user, code, at.now)
                fact = Fact.CODE_RIGHT if right else None
                outcome = await self._judge(session, at, user, Step.SECOND_FACTOR, fact)
        return _told(outcome)

    async def begin_enrolment(self, token: str, place: Place) -> Enrolment:
        """A fresh secret for the mandatory second factor. Raises `SignInUnknownError`, `SignInStepError`."""
        keys = await self._keys_of(token, place)
        async with self._database.transaction() as session:
            _, sign_in, user = await self._open(session, token, keys, place)
            refusal = _misplaced(sign_in, Step.ENROLMENT)
            if refusal is not None:
                raise refusal
            return begin_enrolment(self._vault, user)

    async def finish_enrolment(self, token: str, code: str, place: Place) -> Progress:
        """The first code of the new second factor; the answer holds the recovery codes."""
        keys = await self._keys_of(token, place)
        codes: list[str] | None = None
        async with self._database.transaction() as session:
            at, sign_in, user = await self._open(session, token, keys, place)
            outcome: Progress | YunhuError | None = at.counter.blocked() or _misplaced(
                sign_in, Step.ENROLMENT
            )
            if outcome is None:
                codes = await finish_enrolment(session, self._vault, user, code, at.now)
                fact = Fact.ENROLLED if codes else None
                outcome = await self._judge(session, at, user, Step.ENROLMENT, fact)
        return msgspec.structs.replace(_told(outcome), recovery_codes=tuple(codes or ()))

    async def change_password(self, token: str, new_password: str, place: Place) -> Progress:
        """The forced change of a temporary or an old password. Raises also `PasswordUnfitError`."""
        keys = await self._keys_of(token, place)
        async with self._database.transaction() as session:
            _, sign_in, user = await self._open(session, token, keys, place)
            refusal = _misplaced(sign_in, Step.PASSWORD_CHANGE)
            past = await repository_users.past_hashes(session, user.id)
        if refusal is not None:
            raise refusal
        fresh = await fit_hash(
            self._hasher, new_password, login=user.login, display_name=user.display_name, past=past
        )
        async with self._database.transaction() as session:
            at, sign_in, user = await self._open(session, token, keys, place)
            outcome: Progress | YunhuError | None = _misplaced(sign_in, Step.PASSWORD_CHANGE)
            if outcome is None:
                await set_password(session, user, fresh, at.now)
                await repository_sessions.end_sessions(session, user.id, "password", at.now)
                outcome = await self._judge(session, at, user, Step.PASSWORD_CHANGE, Fact.PASSWORD_CHANGED)
        return _told(outcome)

    async def _keys_of(self, token: str, place: Place) -> CountedKeys:
        """Whose try it is, read before anything is locked."""
        async with self._database.transaction() as session:
            sign_in = await self._find(session, token, lock=False)
            user = await repository_users.user_by_id(session, sign_in.user_id)
        if user is None:
            raise SignInUnknownError
        return counted_keys(self._vault, user.login_key, place.address)

    async def _open(
        self, session: AsyncSession, token: str, keys: CountedKeys, place: Place
    ) -> tuple[_At, SignIn, User]:
        now = self._clock.now()
        counter = await lock_counter(session, keys, now)
        sign_in = await self._find(session, token, lock=True)
        user = await repository_users.locked_user(session, sign_in.user_id)
        if user is None or user.state != UserState.ACTIVE:
            raise SignInUnknownError
        return _At(now, place, counter, token), sign_in, user

    async def _find(self, session: AsyncSession, token: str, *, lock: bool) -> SignIn:
        if not looks_like_one(token):
            raise SignInUnknownError
        digest = digest_of(self._vault, Purpose.SIGN_IN, token)
        sign_in = await repository_sessions.sign_in_by_digest(session, digest, lock=lock)
        if sign_in is None or sign_in.expires_at <= self._clock.now():
            raise SignInUnknownError
        return sign_in

    async def _judge(
        self, session: AsyncSession, at: _At, user: User | None, step: Step, fact: Fact | None
    ) -> Progress | YunhuError:
        if user is None or fact is None:
            at.counter.fail()
            await session.flush()
            await _record_failure(session, at, user, step)
            return SignInFailedError()
        following = next_step(step, fact, await needs_of(session, user, at.now))
        if following is None:
            return SignInStepError(step=step)
        if following is Step.SIGNED_IN:
            return await self._sign_in(session, at, user)
        await self._wait_for(session, at, user.id, following)
        return Progress(following, token=at.token)

    async def _wait_for(self, session: AsyncSession, at: _At, user_id: UUID, step: Step) -> None:
        digest = digest_of(self._vault, Purpose.SIGN_IN, at.token)
        sign_in = await repository_sessions.sign_in_by_digest(session, digest)
        if sign_in is None:
            sign_in = SignIn(id=new_id(), user_id=user_id, digest=digest, created_at=at.now)
            sign_in.expires_at = at.now + SIGN_IN_LIFE
            session.add(sign_in)
        sign_in.step = step.value
        await session.flush()

    async def _sign_in(self, session: AsyncSession, at: _At, user: User) -> Progress:
        digest = digest_of(self._vault, Purpose.SIGN_IN, at.token)
        sign_in = await repository_sessions.sign_in_by_digest(session, digest)
        if sign_in is not None:
            await repository_sessions.drop_sign_in(session, sign_in)
        await at.counter.forgive(session)
        begun = await begin_session(session, self._vault, user, at.place, at.now)
        await record(
            session,
            actor_of(user),
            action="session.begin",
            subject=("user", user.id),
            tenant_id=user.tenant_id,
            after={"session": str(begun.id)},
            address=at.place.address,
        )
        return Progress(Step.SIGNED_IN, session=begun)


async def needs_of(session: AsyncSession, user: User, now: datetime) -> Needs:
    """What stands between this user and a session."""
    side = repository_users.side_of(user.tenant_id)
    held = (await repository_users.held_by(session, [user.id]))[user.id]
    for_all = await repository_users.second_factor_for_all(session, user.tenant_id)
    return Needs(
        has_second_factor=user.totp_confirmed_at is not None,
        second_factor_mandatory=second_factor_is_mandatory(side, held.permissions(side), for_all=for_all),
        must_change_password=user.must_change_password or password_is_old(user.password_changed_at, now),
    )


async def _record_failure(session: AsyncSession, at: _At, user: User | None, step: Step) -> None:
    # What was typed as an unknown login may be a password: it is not kept.
    actor = actor_of(user) if user else Actor(ActorKind.USER, "unknown login")
    await record(
        session,
        actor,
        action="session.refuse",
        subject=("user", user.id if user else "unknown"),
        tenant_id=user.tenant_id if user else None,
        after={"step": step.value},
        address=at.place.address,
    )


def _misplaced(sign_in: SignIn, step: Step) -> SignInStepError | None:
    return None if sign_in.step == step else SignInStepError(step=sign_in.step)


def _told(outcome: Progress | YunhuError) -> Progress:
    if isinstance(outcome, YunhuError):
        raise outcome
    return outcome
