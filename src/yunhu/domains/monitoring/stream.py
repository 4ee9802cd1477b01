"""One viewer's stream of server-sent events."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from litestar.response import ServerSentEventMessage

from yunhu.domains.monitoring.hub import Change, Feed, LiveHub
from yunhu.domains.monitoring.live import Viewer
from yunhu.domains.monitoring.schemas import Heartbeat, Surroundings
from yunhu.foundation.clock import Clock

HEARTBEAT_SECONDS = 10.0
CHECK_SECONDS = 5.0
"""An ended session ends its streams within this."""
_RETRY_MILLISECONDS = 2000

_encoder = msgspec.json.Encoder()


class LiveStream:
    """What is sent to one viewer, until nobody listens or the viewer may no longer look."""

    def __init__(
        self, hub: LiveHub, clock: Clock, viewer: Viewer, still_allowed: Callable[[], Awaitable[bool]]
    ) -> None:
        self._hub = hub
        self._clock = clock
        self._viewer = viewer
        self._still_allowed = still_allowed
        self._number = 0

    async def events(self, last_event_id: str | None) -> AsyncIterator[ServerSentEventMessage]:
        """`snapshot` (or the `calls` that were missed), then `calls`, `state`, `heartbeat`, at last `bye`."""
        async with self._hub.feed(self._viewer) as feed:
            for first in await self._first(last_event_id):
                yield first
            check_at = time.monotonic() + CHECK_SECONDS
            beat_at = time.monotonic() + HEARTBEAT_SECONDS
            while True:
                message = await self._next(feed, min(check_at, beat_at))
                if message is not None:
                    beat_at = time.monotonic() + HEARTBEAT_SECONDS
                    yield message
                if time.monotonic() >= check_at:
                    if not await self._still_allowed():
                        yield self._message("bye", Heartbeat(at=self._clock.now(), reason="session_over"))
                        return
                    check_at = time.monotonic() + CHECK_SECONDS
                if time.monotonic() >= beat_at:
                    beat_at = time.monotonic() + HEARTBEAT_SECONDS
                    yield self._message("heartbeat", Heartbeat(at=self._clock.now()))

    async def _first(self, last_event_id: str | None) -> list[ServerSentEventMessage]:
        missed = self._hub.missed(last_event_id)
        if missed is None:
            return [await self._snapshot()]
        # Changes from now on come through the feed, which was opened before.
        messages = []
        for change in missed:
            self._number = change.number
            view = change.view(self._viewer)
            if view is not None:
                messages.append(self._message("calls", view))
        return messages

    async def _snapshot(self) -> ServerSentEventMessage:
        self._number = self._hub.number
        return self._message("snapshot", await self._hub.snapshot(self._viewer))

    async def _next(self, feed: Feed, until: float) -> ServerSentEventMessage | None:
        try:
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                news = await feed.next()
        except TimeoutError:
            return None
        if feed.overrun:
            feed.forget()
            return await self._snapshot()
        if isinstance(news, Surroundings):
            return self._message("state", news)
        return self._changed(news)

    def _changed(self, change: Change) -> ServerSentEventMessage | None:
        if change.number <= self._number:
            return None
        self._number = change.number
        view = change.view(self._viewer)
        return None if view is None else self._message("calls", view)

    def _message(self, event: str, content: msgspec.Struct) -> ServerSentEventMessage:
        return ServerSentEventMessage(
            data=_encoder.encode(content).decode(),
            event=event,
            id=self._hub.event_id(self._number),
            retry=_RETRY_MILLISECONDS if event == "snapshot" else None,
        )
