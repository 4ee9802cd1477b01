"""Running calls in one API process: one listener and one copy for any number of viewers, who get what changes.

The copy follows the nodes by their notifications, each read after the version that was read last, and is compared
with the whole every few seconds, for whatever a notification or a crash lost.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError

from yunhu.domains.calls.public import Stage
from yunhu.domains.monitoring import repository
from yunhu.domains.monitoring.live import Viewer, read_live, read_surroundings
from yunhu.domains.monitoring.repository_board import LIVE_CHANNEL
from yunhu.domains.monitoring.schemas import CallsChanged, LiveView, Surroundings, live_call_view
from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Database, Listener
from yunhu.foundation.ids import new_id

log = structlog.get_logger()

SETTLE_SECONDS = 0.1
"""Notifications of several nodes are read together."""
COMPARE_SECONDS = 5.0
SURROUNDINGS_SECONDS = 1.0
_REMEMBERED = 600
"""Changes that a viewer who comes back can be given; at four a second, two and a half minutes."""
_MOST_UNREAD = 256
"""A viewer who falls further behind is shown everything anew."""


class Change(msgspec.Struct, frozen=True):
    """What changed in one step."""

    number: int
    at: datetime
    rows: tuple[Any, ...]
    gone: tuple[tuple[UUID, UUID], ...]
    """Tenant and call."""

    def view(self, viewer: Viewer) -> CallsChanged | None:
        """As this viewer sees it; None when nothing of it concerns them."""
        changed = [
            live_call_view(row, content=not viewer.operator)
            for row in self.rows
            if viewer.sees(row.tenant_id)
        ]
        gone = [call_id for tenant_id, call_id in self.gone if viewer.sees(tenant_id)]
        return CallsChanged(at=self.at, changed=changed, gone=gone) if changed or gone else None


class Feed:
    """One viewer's place."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.overrun = False
        self._unread: asyncio.Queue[Change | Surroundings] = asyncio.Queue(_MOST_UNREAD)
        self.shown: Surroundings | None = None

    def put(self, news: Change | Surroundings) -> None:
        """Keep it for the viewer, or note that too much is unread."""
        try:
            self._unread.put_nowait(news)
        except asyncio.QueueFull:
            self.overrun = True

    async def next(self) -> Change | Surroundings:
        """The next piece of news."""
        return await self._unread.get()

    def forget(self) -> None:
        """Drop what is unread: everything is shown anew."""
        self.overrun = False
        while not self._unread.empty():
            self._unread.get_nowait()


class LiveHub:
    """Runs while somebody looks."""

    def __init__(self, database: Database, clock: Clock, monotonic: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._monotonic = monotonic
        self.id = new_id().hex[-12:]
        self._feeds: set[Feed] = set()
        self._calls: dict[UUID, Any] = {}
        self._read: dict[UUID, int] = {}
        self._told: set[str] = set()
        self._woken = asyncio.Event()
        self._recent: deque[Change] = deque(maxlen=_REMEMBERED)
        self._number = 0
        self._starting = asyncio.Lock()
        self._parts: tuple[Listener, asyncio.Task[None]] | None = None

    @asynccontextmanager
    async def feed(self, viewer: Viewer) -> AsyncIterator[Feed]:
        """News for a viewer from now on. The first one starts the hub, the last one ends it."""
        place = Feed(viewer)
        self._feeds.add(place)
        try:
            await self._start()
            yield place
        finally:
            self._feeds.discard(place)
            if not self._feeds:
                await self._stop()

    @property
    def number(self) -> int:
        """Of the newest change."""
        return self._number

    def event_id(self, number: int) -> str:
        """What a viewer gives back as `Last-Event-ID`."""
        return f"{self.id}-{number}"

    def missed(self, last_event_id: str | None) -> list[Change] | None:
        """The changes after an event of this process; None when everything has to be shown."""
        hub, _, number = (last_event_id or "").partition("-")
        if hub != self.id or not number.isdecimal():
            return None
        last = int(number)
        oldest = self._recent[0].number if self._recent else self._number + 1
        if last > self._number or last + 1 < oldest:
            return None
        return [change for change in self._recent if change.number > last]

    async def snapshot(self, viewer: Viewer) -> LiveView:
        """Everything, from the database."""
        async with self._database.transaction() as session:
            return await read_live(session, viewer, self._clock.now())

    # ── following ──

    async def _start(self) -> None:
        async with self._starting:
            if self._parts is not None:
                return
            listener = Listener(self._database, {LIVE_CHANNEL: self._tell})
            try:
                await listener.start()
                await self._compare()
            except BaseException:
                await listener.stop()
                raise
            self._parts = (listener, asyncio.create_task(self._run(), name="live-hub"))

    async def _stop(self) -> None:
        parts, self._parts = self._parts, None
        if parts is None:
            return
        listener, task = parts
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await listener.stop()
        # Whoever comes back later is shown everything: nobody followed meanwhile.
        self._recent.clear()
        self._number += 1
        self._calls.clear()
        self._read.clear()

    def _tell(self, payload: str) -> None:
        self._told.add(payload)
        self._woken.set()

    async def _run(self) -> None:
        compare_at = self._monotonic() + COMPARE_SECONDS
        around_at = self._monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.01, around_at - self._monotonic())):
                    await self._woken.wait()
            self._woken.clear()
            told, self._told = self._told, set()
            try:
                if "" in told or self._monotonic() >= compare_at:
                    await self._compare()
                    compare_at = self._monotonic() + COMPARE_SECONDS
                elif told:
                    await self._follow({UUID(node) for node in told})
                if self._monotonic() >= around_at:
                    await self._look_around()
                    around_at = self._monotonic() + SURROUNDINGS_SECONDS
            except (DBAPIError, InterfaceError, OSError) as error:
                log.warning("live_hub.database_trouble", error=type(error).__name__)
            await asyncio.sleep(SETTLE_SECONDS)

    async def _follow(self, nodes: Iterable[UUID]) -> None:
        rows: list[Any] = []
        async with self._database.transaction() as session:
            for node in nodes:
                found = await repository.calls_since(session, node, self._read.get(node, 0))
                if found:
                    self._read[node] = max(row.version for row in found)
                rows += found
        self._take(rows, ())

    async def _compare(self) -> None:
        """Bring the copy in line with the whole; endings that can still be read come first."""
        async with self._database.transaction() as session:
            nodes = await repository.versions(session)
        await self._follow(nodes.keys())
        async with self._database.transaction() as session:
            found = {row.call_id: row for row in await repository.calls_of(session, None)}
        changed = [row for call_id, row in found.items() if _is_news(self._calls.get(call_id), row)]
        gone = [(row.tenant_id, call_id) for call_id, row in self._calls.items() if call_id not in found]
        self._take(changed, tuple(gone))

    def _take(self, rows: list[Any], gone: tuple[tuple[UUID, UUID], ...]) -> None:
        for row in rows:
            if row.stage == Stage.ENDED:
                self._calls.pop(row.call_id, None)
            else:
                self._calls[row.call_id] = row
        for _, call_id in gone:
            self._calls.pop(call_id, None)
        if rows or gone:
            self._number += 1
            change = Change(self._number, self._clock.now(), tuple(rows), gone)
            self._recent.append(change)
            for feed in self._feeds:
                feed.put(change)

    async def _look_around(self) -> None:
        """Once for all who see the same."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            seen = {
                viewer: await read_surroundings(session, viewer, now)
                for viewer in {feed.viewer for feed in self._feeds}
            }
        for feed in list(self._feeds):
            around = seen.get(feed.viewer)
            if around is not None and _steady(around) != feed.shown:
                feed.shown = _steady(around)
                feed.put(around)


def _is_news(known: Any | None, row: Any) -> bool:
    return known is None or known.version < row.version


def _steady(around: Surroundings) -> Surroundings:
    """Without what is different at every look."""
    nodes = [
        msgspec.structs.replace(node, silent_seconds=0.0, heartbeat_at=node.started_at)
        for node in around.nodes
    ]
    return msgspec.structs.replace(around, nodes=nodes)
