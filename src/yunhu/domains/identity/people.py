"""What the endpoints about people work with, in one process."""

from typing import Any

import msgspec
from litestar import Request

from yunhu.domains.identity.account import OwnAccount
from yunhu.domains.identity.cookies import SessionCookie
from yunhu.domains.identity.links import Welcome
from yunhu.domains.identity.passwords import PasswordHasher
from yunhu.domains.identity.sessions import Place
from yunhu.domains.identity.sign_in import SignInDesk
from yunhu.foundation.http import RateLimitedError
from yunhu.foundation.http.peer import PeerReader
from yunhu.foundation.http.rate import TokenBuckets

ADDRESS_RATE_PER_MINUTE = 60
"""Tries to sign in from one address, right ones included: each costs a slow hash."""
LOGIN_RATE_PER_MINUTE = 20


class People(msgspec.Struct, frozen=True):
    """The services behind sign-in, account and user management."""

    desk: SignInDesk
    account: OwnAccount
    welcome: Welcome
    hasher: PasswordHasher
    cookie: SessionCookie
    peers: PeerReader
    buckets: TokenBuckets

    def address_of(self, request: Request[Any, Any, Any]) -> str:
        """The peer's address, or `unknown` where the server knows none."""
        return self.peers.address_of(request.scope) or "unknown"

    def place_of(self, request: Request[Any, Any, Any]) -> Place:
        """Where somebody signs in from."""
        return Place(self.address_of(request), request.headers.get("user-agent", ""))

    def allow_try(self, place: Place, login_key: str | None = None) -> None:
        """Take from the allowance of an address and of a login. Raises `RateLimitedError`."""
        wishes = [(("address", place.address), ADDRESS_RATE_PER_MINUTE)]
        if login_key is not None:
            wishes.append((("login", login_key), LOGIN_RATE_PER_MINUTE))
        for key, per_minute in wishes:
            allowance = self.buckets.take(key, per_minute)
            if not allowance.allowed:
                raise RateLimitedError(retry_after=allowance.retry_after)
