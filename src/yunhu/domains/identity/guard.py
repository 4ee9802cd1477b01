"""`Authorization: Bearer …` on every endpoint below `/api/v1`, and one scope for each handler."""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import ASGIApp, Guard

from yunhu.domains.identity.errors import ScopeMissingError, UnauthenticatedError
from yunhu.domains.identity.keyring import Caller, KeyRing
from yunhu.domains.identity.scopes import Scope
from yunhu.foundation.http.errors import RateLimitedError
from yunhu.foundation.http.observe import add_response_headers
from yunhu.foundation.http.rate import TokenBuckets


class ApiKeyMiddleware(AbstractAuthenticationMiddleware):
    """Finds the caller and takes one request from its allowance."""

    def __init__(self, app: ASGIApp, keyring: KeyRing, buckets: TokenBuckets) -> None:
        super().__init__(app)
        self._keyring = keyring
        self._buckets = buckets

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """Raises `UnauthenticatedError`, `AddressNotAllowedError`, `RateLimitedError`."""
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise UnauthenticatedError
        # The socket's own peer: a forwarded address can be written by anybody.
        address = connection.scope["client"][0] if connection.scope.get("client") else None  # type: ignore[index]
        caller = await self._keyring.caller_of(token.strip(), address)
        allowance = self._buckets.take(caller.key_id, caller.rate_per_minute)
        add_response_headers(connection.scope, allowance.headers())
        if not allowance.allowed:
            raise RateLimitedError(retry_after=allowance.retry_after)
        return AuthenticationResult(user=caller, auth=caller.key_id)


def requires(scope: Scope) -> Guard:
    """A guard that lets through only keys with this scope."""

    # A plain function would be run in a thread of its own for each request.
    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        if scope not in connection.user.scopes:
            raise ScopeMissingError(f"the scope {scope} is needed", scope=scope)

    return guard


async def provide_caller(request: Request[Caller, Any, Any]) -> Caller:
    """The dependency `caller` of handlers."""
    return request.user
