"""One-time links: the first administrator of an installation, and everybody who is invited. No mail server is needed."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.identity import repository_sessions, repository_users
from yunhu.domains.identity.credentials import fit_hash, set_password
from yunhu.domains.identity.models_users import LinkKind, OneTimeLink, User, UserState
from yunhu.domains.identity.one_time import Purpose, digest_of, draw_token, looks_like_one
from yunhu.domains.identity.passwords import PasswordHasher, normal
from yunhu.domains.identity.roles import ADMINISTRATOR
from yunhu.domains.identity.sessions import actor_of
from yunhu.domains.identity.user_errors import (
    AdministratorExistsError,
    LinkUnusableError,
    LoginNeededError,
    LoginTakenError,
)
from yunhu.foundation.actor import Actor
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id

FIRST_LINK_LIFE = timedelta(hours=24)
INVITATION_LIFE = timedelta(hours=72)
WELCOME_PATH = "/welcome"


class Invitation(msgspec.Struct, frozen=True):
    """A fresh link. Its token is kept nowhere."""

    token: str
    expires_at: datetime

    @property
    def path(self) -> str:
        """Where the console takes it. Behind `#` it reaches neither a server's log nor a proxy's."""
        return f"{WELCOME_PATH}#token={self.token}"


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody answers to an invitation."""

    password: str
    login: str | None = None
    """Only the first administrator chooses one."""
    display_name: str | None = None


async def first_link(session: AsyncSession, vault: Vault, actor: Actor, now: datetime) -> Invitation:
    """A link for the operator's first administrator; earlier ones are no longer good.

    Raises `AdministratorExistsError` as soon as the operator has a user, in whatever state.
    """
    await repository_users.lock_side(session, None)
    if await repository_users.any_user_of(session, None):
        raise AdministratorExistsError
    invitation = await _write(session, vault, LinkKind.FIRST_ADMINISTRATOR, None, now, FIRST_LINK_LIFE)
    await record(session, actor, action="invitation.create", subject=("user", "first"), tenant_id=None)
    return invitation


async def invitation_for(session: AsyncSession, vault: Vault, user: User, now: datetime) -> Invitation:
    """A link for a user who is to choose a password; an earlier one is no longer good."""
    return await _write(session, vault, LinkKind.INVITATION, user.id, now, INVITATION_LIFE)


async def _write(
    session: AsyncSession, vault: Vault, kind: LinkKind, user_id: UUID | None, now: datetime, life: timedelta
) -> Invitation:
    token = draw_token()
    link = OneTimeLink(
        id=new_id(),
        kind=kind.value,
        user_id=user_id,
        digest=digest_of(vault, Purpose.LINK, token),
        created_at=now,
        expires_at=now + life,
        used_at=None,
    )
    await repository_sessions.add_link(session, link)
    return Invitation(token, link.expires_at)


class Welcome:
    """Takes invitations."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, hasher: PasswordHasher) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._hasher = hasher

    async def accept(self, token: str, answer: Acceptance) -> User:
        """Set the password of whoever was invited; the sign-in follows by itself.

        Raises `LinkUnusableError`, `LoginNeededError`, `LoginTakenError`, `PasswordUnfitError`.
        """
        async with self._database.transaction() as session:
            link = await self._find(session, token, lock=False)
            user = await repository_users.locked_user(session, link.user_id) if link.user_id else None
        login = user.login if user else answer.login
        display_name = answer.display_name or (user.display_name if user else login)
        if login is None or display_name is None:
            raise LoginNeededError
        password_hash = await fit_hash(self._hasher, answer.password, login=login, display_name=display_name)
        async with self._database.transaction() as session:
            now = self._clock.now()
            await repository_users.lock_side(session, None)
            link = await self._find(session, token, lock=True)
            link.used_at = now
            if link.user_id is None:
                accepted = await self._make_first(session, login, display_name, now)
            else:
                accepted = await _invited(session, link.user_id)
                accepted.display_name = display_name
            accepted.state = UserState.ACTIVE.value
            await set_password(session, accepted, password_hash, now)
            await record(
                session,
                actor_of(accepted),
                action="invitation.accept",
                subject=("user", accepted.id),
                tenant_id=accepted.tenant_id,
                after={"login": accepted.login, "state": accepted.state},
            )
        return accepted

    async def _find(self, session: AsyncSession, token: str, *, lock: bool) -> OneTimeLink:
        if not looks_like_one(token):
            raise LinkUnusableError
        digest = digest_of(self._vault, Purpose.LINK, token)
        link = await repository_sessions.link_by_digest(session, digest, lock=lock)
        if link is None or link.used_at is not None or link.expires_at <= self._clock.now():
            raise LinkUnusableError
        first = link.kind == LinkKind.FIRST_ADMINISTRATOR
        if first and await repository_users.any_user_of(session, None):
            raise LinkUnusableError
        return link

    async def _make_first(self, session: AsyncSession, login: str, display_name: str, now: datetime) -> User:
        user = await add_new_user(session, None, login=login, display_name=display_name, mail=None, now=now)
        await repository_users.replace_roles(session, user.id, [ADMINISTRATOR], [])
        return user


async def add_new_user(
    session: AsyncSession,
    owner: UUID | None,
    *,
    login: str,
    display_name: str,
    mail: str | None,
    now: datetime,
) -> User:
    """Write a user who has no password yet. Raises `LoginTakenError`."""
    user = User(
        id=new_id(),
        tenant_id=owner,
        login=login,
        login_key=normal(login),
        display_name=display_name,
        mail=mail,
        state=UserState.INVITED.value,
        must_change_password=False,
        created_at=now,
    )
    if not await repository_users.add_user(session, user):
        raise LoginTakenError
    written = await repository_users.locked_user(session, user.id)
    if written is None:  # pragma: no cover - it was written a line above, in this transaction
        raise LoginTakenError
    return written


async def _invited(session: AsyncSession, user_id: UUID) -> User:
    user = await repository_users.locked_user(session, user_id)
    if user is None or user.state != UserState.INVITED:
        raise LinkUnusableError
    return user
