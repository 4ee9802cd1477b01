"""The outermost layer of the HTTP edge: request ids, durations, and headers that every answer carries."""

import re
import time
from collections.abc import Mapping
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Histogram

from yunhu.foundation.ids import new_id

REQUEST_ID_HEADER = "X-Request-Id"
_KEY = "yunhu_request_id"
_HEADERS = "yunhu_response_headers"
_GIVEN = re.compile(rb"[A-Za-z0-9._\-]{1,64}")
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def request_id_of(scope: Scope) -> str:
    """The id of a request: the caller's `X-Request-Id` where it is fit to be logged, else a fresh one."""
    state: dict[str, Any] = scope["state"]
    if _KEY not in state:
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        state[_KEY] = given.decode() if _GIVEN.fullmatch(given) else str(new_id())
    return str(state[_KEY])


def add_response_headers(scope: Scope, headers: dict[str, str]) -> None:
    """Headers for the answer, whatever becomes of the request."""
    scope["state"].setdefault(_HEADERS, {}).update(headers)


class Observed:
    """Wraps an application: binds the request id to the log, times each request, completes the headers."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry, headers: Mapping[str, str]) -> None:
        self._app = app
        self._always = dict(headers)
        self._seconds = Histogram(
            "yunhu_http_request_duration_seconds",
            "Time from the request's head to the end of the answer.",
            ("method", "route", "status"),
            registry=registry,
            buckets=_BUCKETS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 500
        scope.setdefault("state", {})
        request_id = request_id_of(scope)

        async def complete(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                more = {**self._always, REQUEST_ID_HEADER: request_id, **scope["state"].get(_HEADERS, {})}
                present = {name for name, _ in message["headers"]}
                named = ((name.lower().encode(), value.encode()) for name, value in more.items())
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in named if name not in present),
                ]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, complete)
            finally:
                route = str(scope.get("path_template") or "unknown")
                seconds = time.perf_counter() - begun
                self._seconds.labels(_method(scope), route, str(status)).observe(seconds)


def _method(scope: Scope) -> str:
    # Any token is a legal method: unknown ones share a label, so that nobody can grow the number of series.
    method = str(scope["method"])  # type: ignore[typeddict-item]
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return method if method in known else "OTHER"
