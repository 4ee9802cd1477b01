"""Parts of the framework in a form that costs a busy endpoint less; what they do is the same."""

from collections.abc import Iterable
from typing import Any, Self

import msgspec
from litestar import Router
from litestar.connection import ASGIConnection
from litestar.handlers import HTTPRouteHandler
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Receive, Scope, Send

_JSON = (b"content-type", b"application/json")
_encoder = msgspec.json.Encoder()


class QuickHandler(HTTPRouteHandler):
    """A handler that its guards see itself: a copy of it for each request takes as long as the caller's key."""

    async def authorize_connection(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        """Run the guards in their order."""
        for guard in self.resolve_guards():
            await guard(connection, self)  # type: ignore[misc]


class OwnRouter(Router):
    """A router made for one application and mounted once, so that its owner takes it and not a deep copy.

    The framework copies a router that it mounts, with every handler below it, in case that it is mounted again.
    """

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        return self


class JsonAnswer:
    """A finished answer of JSON; an ASGI application."""

    def __init__(self, content: Any, *, status: int, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self._body = _encoder.encode(content)
        self._status = status
        self._headers = headers

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """ASGI entry."""
        headers = [_JSON, (b"content-length", b"%d" % len(self._body)), *self._headers]
        start: HTTPResponseStartEvent = {
            "type": "http.response.start",
            "status": self._status,
            "headers": headers,
        }
        await send(start)
        end: HTTPResponseBodyEvent = {"type": "http.response.body", "body": self._body, "more_body": False}
        await send(end)
