"""From a session cookie to who is calling. Asked of the database each time: an ended session is over at once."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity import repository_sessions, repository_users
from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.errors import UnauthenticatedError
from yunhu.domains.identity.models_users import User, UserSession, UserState
from yunhu.domains.identity.one_time import (
    Purpose,
    csrf_token,
    digest_of,
    draw_token,
    is_csrf_token,
    looks_like_one,
)
from yunhu.domains.identity.roles import ADMINISTRATION, permissions_of
from yunhu.domains.identity.scopes import OPERATOR_PREFIX, TENANT_SCOPES, Scope
from yunhu.domains.identity.sign_in_rules import SESSION_LIFE, SessionTimes, session_is_over
from yunhu.domains.identity.user_errors import CsrfError, GrantMissingError
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id

GrantLookup = Callable[[AsyncSession, UUID, UUID, datetime], Awaitable[frozenset[str]]]
"""What a tenant's grants (`tenant_id`, `user_id`, now) let one of the operator's users do."""
CONTENT_SCOPES = TENANT_SCOPES - ADMINISTRATION - {Scope.KEYS_MANAGE}
"""A grant is for content, never for power over users, grants or keys."""
READS_CONTENT = Scope.OPERATOR_EVIDENCE
"""Which of the operator's staff a grant can be for: whoever looks into evidence."""
_MOST_AGENT = 200


class NewSession(msgspec.Struct, frozen=True):
    """A session that has just begun. The token goes into a cookie and is kept nowhere."""

    id: UUID
    token: str
    csrf: str
    expires_at: datetime


class Place(msgspec.Struct, frozen=True):
    """Where a person signs in from."""

    address: str
    agent: str


class CookieRequest(msgspec.Struct, frozen=True):
    """What a request with a session cookie says of itself."""

    token: str
    unsafe: bool
    """Whether the method changes something (RFC 9110 §9.2.1)."""
    csrf: str
    tenant_slug: str | None


class SessionRing:
    """Looks sessions up. Knows nothing of HTTP."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, grants: GrantLookup) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._grants = grants

    async def caller_of(self, request: CookieRequest) -> Caller:
        """The person behind a cookie. Raises `UnauthenticatedError`, `CsrfError`, `GrantMissingError`."""
        if not looks_like_one(request.token):
            raise UnauthenticatedError
        now = self._clock.now()
        digest = digest_of(self._vault, Purpose.SESSION, request.token)
        async with self._database.transaction() as session:
            row = await repository_sessions.person_behind(session, digest)
            if row is None or row["state"] != UserState.ACTIVE or session_is_over(_times(row), now):
                raise UnauthenticatedError
            if request.unsafe and not is_csrf_token(self._vault, request.token, request.csrf):
                raise CsrfError
            caller = _as_caller(row)
            if request.tenant_slug is not None:
                caller = await self._under_grant(session, caller, request.tenant_slug, now)
            await repository_sessions.touch(session, row["session_id"], now)
        return caller

    async def _under_grant(self, session: AsyncSession, caller: Caller, slug: str, now: datetime) -> Caller:
        tenant = await repository_users.tenant_by_slug(session, slug)
        may_read = caller.of_operator and READS_CONTENT in caller.scopes
        if tenant is None or caller.user_id is None or not may_read:
            raise GrantMissingError
        found = await self._grants(session, tenant.id, caller.user_id, now)
        granted = {scope for scope in CONTENT_SCOPES if scope in found}
        if not granted:
            raise GrantMissingError
        # What the operator may do with its own documents it may not do with the tenant's.
        own = {scope for scope in caller.scopes if scope.startswith(OPERATOR_PREFIX)}
        return msgspec.structs.replace(caller, tenant=tenant.id, scopes=frozenset(own | granted))


async def begin_session(
    session: AsyncSession, vault: Vault, user: User, place: Place, now: datetime
) -> NewSession:
    """Write a session of 12 hours."""
    token = draw_token()
    row = UserSession(
        id=new_id(),
        user_id=user.id,
        digest=digest_of(vault, Purpose.SESSION, token),
        address=place.address,
        agent=place.agent[:_MOST_AGENT],
        created_at=now,
        last_seen_at=now,
        expires_at=now + SESSION_LIFE,
        ended_at=None,
        ended_by=None,
    )
    session.add(row)
    user.last_signed_in_at = now
    await session.flush()
    return NewSession(row.id, token, csrf_token(vault, token), row.expires_at)


def actor_of(user: User) -> Actor:
    """A person as history names them."""
    return Actor(ActorKind.USER, user.login, user.id)


def _times(row: RowMapping) -> SessionTimes:
    return SessionTimes(row["last_seen_at"], row["expires_at"], row["ended_at"])


def _as_caller(row: RowMapping) -> Caller:
    side = repository_users.side_of(row["tenant_id"])
    return Caller(
        actor=Actor(ActorKind.USER, row["login"], row["user_id"]),
        tenant=row["tenant_id"],
        scopes=permissions_of(side, row["presets"], row["custom_scopes"]),
        user_id=row["user_id"],
        session_id=row["session_id"],
        of_operator=row["tenant_id"] is None,
    )
