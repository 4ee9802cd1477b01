"""The outermost layer of the HTTP edge: request ids, durations, and headers that every answer carries."""

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Histogram

from yunhu.foundation.ids import new_id

REQUEST_ID_HEADER = "X-Request-Id"
_REQUEST_ID = REQUEST_ID_HEADER.lower().encode()
_KEY = "yunhu_request_id"
_HEADERS = "yunhu_response_headers"
_GIVEN = re.compile(rb"[A-Za-z0-9._\-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def request_id_of(scope: Scope) -> str:
    """The id of a request: the caller's `X-Request-Id` where it is fit to be logged, else a fresh one."""
    state: dict[str, Any] = scope["state"]
    if _KEY not in state:
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        state[_KEY] = given.decode() if _GIVEN.fullmatch(given) else str(new_id())
    return str(state[_KEY])


def add_response_headers(scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Headers for the answer, whatever becomes of the request; names in lower case."""
    scope["state"].setdefault(_HEADERS, {}).update(headers)


class Observed:
    """Wraps an application: binds the request id to the log, times each request, completes the headers."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry, headers: Mapping[str, str]) -> None:
        self._app = app
        self._always = {name.lower().encode(): value.encode() for name, value in headers.items()}
        self._seconds = Histogram(
            "yunhu_http_request_duration_seconds",
            "Time from the request's head to the end of the answer.",
            ("method", "route", "status"),
            registry=registry,
            buckets=_BUCKETS,
        )
        self._series: dict[tuple[str, str, int], Histogram] = {}
        """The metric's children, by their labels: there are few, and finding one the library's way takes longer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 500
        state: dict[str, Any] = scope.setdefault("state", {})
        request_id = request_id_of(scope)

        async def complete(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"]]
                more = {**self._always, _REQUEST_ID: request_id.encode(), **state.get(_HEADERS, {})}
                for name, _ in headers:
                    more.pop(name, None)
                message["headers"] = [*headers, *more.items()]
            await send(message)

        bound = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self._app(scope, receive, complete)
        finally:
            structlog.contextvars.reset_contextvars(**bound)
            self._of(scope, status).observe(time.perf_counter() - begun)

    def _of(self, scope: Scope, status: int) -> Histogram:
        labels = _method(scope), str(scope.get("path_template") or "unknown"), status
        series = self._series.get(labels)
        if series is None:
            series = self._series[labels] = self._seconds.labels(labels[0], labels[1], str(status))
        return series


def _method(scope: Scope) -> str:
    # Any token is a legal method: unknown ones share a label, so that nobody can grow the number of series.
    method = str(scope["method"])  # type: ignore[typeddict-item]
    return method if method in _METHODS else "OTHER"
