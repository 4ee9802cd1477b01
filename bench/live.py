"""How late a viewer of the live monitor learns what a call does: node → database → API → event stream, real processes.

SIPp answers ten calls a second. One viewer reads the stream; the moment that a stage began stands in what it is told.
"""

import asyncio
import time
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from tests.support.peers.waiting import wait_until

from bench.callee import Callee
from bench.event_to_invite import Client
from bench.house import House, running_house
from bench.protocol import Bench, Row, Setup, share_of

_PER_SECOND = 10
_SECONDS = 20
_WARM_UP_CALLS = 8
_WARM_UP_SECONDS = 60.0
_LAST_SECONDS = 60.0
"""Until the last call has ended."""
_BAR_SECONDS = 1.0


class Viewer:
    """Reads the stream; `lags` are the seconds from a stage's beginning to its arrival, by stage."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.lags: dict[str, list[float]] = {}
        self.ended: set[str] = set()
        self._seen: set[tuple[str, str, str]] = set()

    async def run(self) -> None:
        """Until cancelled."""
        reader, writer = await asyncio.open_connection(*self._house.api, limit=1 << 22)
        head = f"GET /api/v1/live/stream HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self._house.token}\r\n\r\n"
        writer.write(head.encode())
        name = b""
        try:
            while line := await reader.readline():
                field, _, content = line.strip().partition(b": ")
                if field == b"event":
                    name = content
                elif field == b"data" and name == b"calls":
                    self._take(msgspec.json.decode(content)["changed"], time.time())
        finally:
            writer.close()

    def _take(self, rows: list[dict[str, Any]], now: float) -> None:
        for row in rows:
            told = row["call_id"], row["stage"], row["stage_at"]
            if told not in self._seen:
                self._seen.add(told)
                since = datetime.fromisoformat(row["stage_at"]).timestamp()
                self.lags.setdefault(row["stage"], []).append(now - since)
            if row["stage"] == "ended":
                self.ended.add(row["call_id"])

    async def wait_for(self, calls: int, seconds: float) -> None:
        """Until so many calls ended, or the time is over."""
        with suppress(TimeoutError):
            await wait_until(lambda: len(self.ended) >= calls, "every call ended", seconds)


async def measure(setup: Setup) -> list[Row]:
    """The slowest news of all, and of each stage."""
    async with (
        Callee(setup.folder / "sipp") as callee,
        running_house(setup.folder, callee.port, robots=200) as house,
    ):
        client, viewer = Client(house), Viewer(house)
        watching = asyncio.create_task(viewer.run())
        await client.open()
        await _call(client, 10_000, _WARM_UP_CALLS)
        await viewer.wait_for(_WARM_UP_CALLS, _WARM_UP_SECONDS)
        if len(viewer.ended) < _WARM_UP_CALLS:
            raise TimeoutError("the first calls did not end")
        viewer.lags.clear()
        await client.open()
        calls = _PER_SECOND * _SECONDS
        await _call(client, 20_000, calls)
        await viewer.wait_for(calls + _WARM_UP_CALLS, _LAST_SECONDS)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    return _rows(viewer, calls)


async def _call(client: Client, first: int, calls: int) -> None:
    begun, tasks = time.monotonic(), []
    for index in range(calls):
        await asyncio.sleep(max(0.0, begun + index / _PER_SECOND - time.monotonic()))
        tasks.append(asyncio.create_task(client.called(f"139{first + index:08d}", first + index)))
    await asyncio.gather(*tasks)


def _rows(viewer: Viewer, calls: int) -> list[Row]:
    every = sorted(lag for lags in viewer.lags.values() for lag in lags)
    slowest, ended = share_of(every, 1), len(viewer.ended) - _WARM_UP_CALLS
    rows = [
        Row(
            what=f"a stage begins → the viewer is told, {_PER_SECOND} calls/s",
            bar="slowest ≤ 1 s",
            measured=f"p50 {share_of(every, 0.5):.2f} s, p99 {share_of(every, 0.99):.2f} s, "
            f"slowest {slowest:.2f} s of {len(every)}",
            passed=bool(every) and slowest <= _BAR_SECONDS,
            values={"p50_s": share_of(every, 0.5), "p99_s": share_of(every, 0.99), "slowest_s": slowest},
        ),
        Row(
            what="calls whose end was told",
            bar="all",
            measured=f"{ended} of {calls}",
            passed=ended == calls,
        ),
    ]
    for stage, lags in sorted(viewer.lags.items()):
        lags.sort()
        rows.append(Row(what=f"  {stage}", measured=f"p50 {share_of(lags, 0.5):.2f} s of {len(lags)}"))
    return rows


BENCH = Bench(
    name="live", title="From a call's stage to the live monitor", limit_seconds=240, measure=measure
)
