"""The session's cookie (RFC 6265bis): not for scripts, not from other sites, and over TLS where there is TLS."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from yunhu.domains.identity.sign_in_rules import SESSION_LIFE

CSRF_HEADER = "Yunhu-CSRF"
TENANT_HEADER = "Yunhu-Tenant"
SECURE_NAME = "__Host-yunhu-session"
"""Browsers take a cookie of this prefix only with Secure, without Domain, for the whole path (RFC 6265bis §4.1.3.2)."""
PLAIN_NAME = "yunhu-session"
_FOREIGN = frozenset({"cross-site", "same-site"})

Connection = ASGIConnection[Any, Any, Any, Any]


class SessionCookie:
    """Reads and writes the cookie. `public_url` says whether people come over TLS."""

    def __init__(self, public_url: str | None) -> None:
        self._secure = public_url is not None and public_url.startswith("https://")

    def read(self, connection: Connection) -> str | None:
        """The token, if a cookie came along."""
        return connection.cookies.get(self._name(connection))

    def write(self, connection: Connection, token: str) -> Cookie:
        """The cookie of a session that begins."""
        return self._cookie(connection, token, int(SESSION_LIFE.total_seconds()))

    def clear(self, connection: Connection) -> Cookie:
        """What makes the browser forget it."""
        return self._cookie(connection, "", 0)

    def _cookie(self, connection: Connection, value: str, seconds: int) -> Cookie:
        return Cookie(
            key=self._name(connection),
            value=value,
            path="/",
            max_age=seconds,
            httponly=True,
            secure=self._is_secure(connection),
            samesite="strict",
        )

    def _name(self, connection: Connection) -> str:
        return SECURE_NAME if self._is_secure(connection) else PLAIN_NAME

    def _is_secure(self, connection: Connection) -> bool:
        return self._secure or connection.scope.get("scheme") == "https"


def is_from_another_site(connection: Connection) -> bool:
    """Whether the browser says that a page of somebody else made the request (Fetch Metadata §2.2)."""
    return connection.headers.get("sec-fetch-site", "") in _FOREIGN
