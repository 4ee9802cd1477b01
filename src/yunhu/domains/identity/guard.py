"""Who is calling, on every endpoint below `/api/v1`, and what each handler demands of them."""

from typing import Any

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import ASGIApp

from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.cookies import (
    CSRF_HEADER,
    TENANT_HEADER,
    Connection,
    SessionCookie,
    is_from_another_site,
)
from yunhu.domains.identity.errors import ScopeMissingError, UnauthenticatedError
from yunhu.domains.identity.keyring import KeyRing
from yunhu.domains.identity.scopes import Scope
from yunhu.domains.identity.sessions import CookieRequest, SessionRing
from yunhu.domains.identity.user_errors import (
    CsrfError,
    GrantMissingError,
    OperatorNeededError,
    SessionNeededError,
)
from yunhu.foundation.http.errors import RateLimitedError
from yunhu.foundation.http.observe import add_response_headers
from yunhu.foundation.http.peer import PeerReader
from yunhu.foundation.http.rate import TokenBuckets

SESSION_RATE_PER_MINUTE = 1200
"""Requests of one session: a console that shows charts and a wallboard needs a few a second."""
ANONYMOUS = {"exclude_from_auth": True}
"""`opt=` of handlers that serve people who have not signed in; they carry the guard `anybody` too."""
INSIDE = "yunhu.caller"
"""In the scope of a request that this process makes to itself: who makes it. No request from outside can have it."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Doors(msgspec.Struct, frozen=True):
    """What the middleware asks: one thing a way in."""

    keyring: KeyRing
    sessions: SessionRing
    cookie: SessionCookie
    peers: PeerReader
    buckets: TokenBuckets


class AuthenticationMiddleware(AbstractAuthenticationMiddleware):
    """Finds the caller, by `Authorization: Bearer` or by the session's cookie, and takes from the allowance."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        super().__init__(app)
        self._doors = doors

    async def authenticate_request(self, connection: Connection) -> AuthenticationResult:
        """Raises `UnauthenticatedError`, `AddressNotAllowedError`, `RateLimitedError`, `CsrfError`, `GrantMissingError`."""
        inside = connection.scope.get(INSIDE)
        if isinstance(inside, Caller):
            return AuthenticationResult(user=inside, auth=None)
        authorization = connection.headers.get("authorization")
        if authorization is not None:
            return await self._by_key(connection, authorization)
        token = self._doors.cookie.read(connection)
        if token is None:
            raise UnauthenticatedError
        return await self._by_session(connection, token)

    async def _by_key(self, connection: Connection, authorization: str) -> AuthenticationResult:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise UnauthenticatedError
        address = self._doors.peers.address_of(connection.scope)
        key = await self._doors.keyring.key_of(token.strip(), address)
        self._take(connection, key.key_id, key.rate_per_minute)
        if TENANT_HEADER in connection.headers:
            raise GrantMissingError("grants are for persons, not for keys")
        return AuthenticationResult(user=key.caller, auth=key.key_id)

    async def _by_session(self, connection: Connection, token: str) -> AuthenticationResult:
        unsafe = connection.scope.get("method") not in _SAFE
        if unsafe and is_from_another_site(connection):
            raise CsrfError
        caller = await self._doors.sessions.caller_of(
            CookieRequest(
                token=token,
                unsafe=unsafe,
                csrf=connection.headers.get(CSRF_HEADER, ""),
                tenant_slug=connection.headers.get(TENANT_HEADER),
            )
        )
        self._take(connection, caller.session_id, SESSION_RATE_PER_MINUTE)
        return AuthenticationResult(user=caller, auth=caller.session_id)

    def _take(self, connection: Connection, whose: object, per_minute: int) -> None:
        allowance = self._doors.buckets.take(whose, per_minute)
        add_response_headers(connection.scope, allowance.headers())
        if not allowance.allowed:
            raise RateLimitedError(retry_after=allowance.retry_after)


class RequiresScope:
    """A guard that lets through only callers with one permission."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    # Asynchronous, though it waits for nothing: a plain guard would be run in a thread of its own for each request.
    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        """Raises `ScopeMissingError`."""
        if self.scope not in connection.user.scopes:
            raise ScopeMissingError(f"the scope {self.scope} is needed", scope=self.scope)


def requires(scope: Scope) -> RequiresScope:
    """The guard for one permission."""
    return RequiresScope(scope)


async def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard that lets through persons, whatever they may do: it is about their own account."""
    if connection.user.session_id is None:
        raise SessionNeededError


async def operator_staff(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard that lets through the operator's people and programs, whatever they may do."""
    if not connection.user.of_operator:
        raise OperatorNeededError


async def any_caller(_: ASGIConnection[Any, Any, Any, Any], __: BaseRouteHandler) -> None:
    """A guard that lets through everybody who is known: the middleware has seen to that."""


async def anybody(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard that lets through people who have not signed in, but no page of another site."""
    if is_from_another_site(connection):
        raise CsrfError


async def provide_caller(request: Request[Caller, Any, Any]) -> Caller:
    """The dependency `caller` of handlers."""
    return request.user
