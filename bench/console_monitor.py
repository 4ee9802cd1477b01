"""The live monitor in a browser with 500 running calls: what Chromium spends on it, of one core.

A small server stands in for the product: the built console, a session, and the stream of `/live/stream` made of the
API's own structures, ten messages a second, with 500 calls that come, change and go. Chromium draws without a graphics
card here, which costs more than on a desk.
"""

import asyncio
import contextlib
import mimetypes
import os
import random
import subprocess
import sys
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
from playwright.async_api import Page
from tests.support.console.browser import running_browser

from bench.processes import cpu_seconds
from bench.protocol import Bench, Row, Setup
from yunhu.domains.calls.public import Stage
from yunhu.domains.monitoring.schemas import (
    CallsChanged,
    LiveCallView,
    LiveView,
    RobotView,
    Surroundings,
    TrunkView,
    WaitingView,
)

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "src" / "yunhu" / "console_dist"
CALLS = 500
_BAR = 0.10
_PACE_SECONDS = 0.1
_SETTLE_SECONDS = 8.0
_MEASURED_SECONDS = 20.0
_STAGES = (Stage.DIALLING, Stage.RINGING, Stage.SPEAKING, Stage.WAITING_FOR_KEY, Stage.SPEAKING, Stage.ENDED)
_STAGE_SECONDS = 4.5
"""A call changes so often: 500 calls of 22 seconds make 110 changes a second."""
_LINES = ("尊敬的用户，请您到 3 号窗口办理业务，谢谢", "重听请按 1，稍后再办请按 2，不再接听请按 9")
_WHO = {
    "name": "bench",
    "display_name": "大屏",
    "kind": "session",
    "side": "tenant",
    "tenant": "bench",
    "permissions": ["monitor:read", "monitor:control"],
    "csrf_token": "bench",
    "recovery_codes_left": 10,
    "second_factor": True,
    "session_expires_at": None,
}


class _Call(msgspec.Struct):
    id: UUID
    place: int
    began: datetime
    stage: int
    due: float


class Hall:
    """500 calls that live as calls do."""

    def __init__(self, count: int) -> None:
        self._chance = random.Random(7)
        now = time.monotonic()
        self._calls = deque(self._fresh(place, now - self._chance.random() * 22) for place in range(count))
        self._robots = [uuid4() for _ in range(count)]

    def _fresh(self, place: int, began: float) -> _Call:
        age = time.monotonic() - began
        stage = min(int(age / _STAGE_SECONDS), len(_STAGES) - 2)
        due = began + (stage + 1) * _STAGE_SECONDS
        return _Call(uuid4(), place, datetime.now(UTC) - timedelta(seconds=age), stage, due)

    def snapshot(self) -> LiveView:
        """Everything now."""
        around = msgspec.structs.asdict(self.around())
        return LiveView(at=datetime.now(UTC), calls=[self._view(call) for call in self._calls], **around)

    def changed(self) -> CallsChanged:
        """What is due."""
        now, found = time.monotonic(), []
        for call in list(self._calls):
            if call.due > now:
                continue
            call.stage += 1
            call.due += _STAGE_SECONDS
            found.append(self._view(call))
            if _STAGES[call.stage] is Stage.ENDED:
                self._calls.remove(call)
                fresh = self._fresh(call.place, now)
                self._calls.append(fresh)
                found.append(self._view(fresh))
        return CallsChanged(at=datetime.now(UTC), changed=found, gone=[])

    def around(self) -> Surroundings:
        """A robot a call and some that are free."""
        busy = {call.place: call.id for call in self._calls}
        robots = [
            RobotView(id=id_, name=f"robot-{place + 1}", tenant="bench", call_id=busy.get(place))
            for place, id_ in enumerate([*self._robots, *self._robots[:40]])
        ]
        trunk = TrunkView(
            id=UUID(int=1),
            name="电信中继",
            kind="sip",
            usable=True,
            nodes_usable=2,
            nodes=2,
            calls=None,
            detail=None,
        )
        waiting = WaitingView(channel="voice", waiting=31, due=4, next_deadline=datetime.now(UTC))
        return Surroundings(robots=robots, trunks=[trunk], waiting=[waiting], pauses=[], nodes=[])

    def _view(self, call: _Call) -> LiveCallView:
        now, stage = datetime.now(UTC), _STAGES[call.stage]
        speaks = stage is Stage.SPEAKING
        return LiveCallView(
            call_id=call.id,
            notification_id=call.id,
            journey_id=call.id,
            tenant="bench",
            stage=stage,
            stage_at=now,
            started_at=call.began,
            answered_at=call.began if call.stage > 1 else None,
            ended_at=now if stage is Stage.ENDED else None,
            result="answered" if stage is Stage.ENDED else None,
            caller_number=f"+86290000{call.place:04}",
            trunk="电信中继",
            robot=f"robot-{call.place + 1}",
            purpose="your_turn",
            scenario="main-hall",
            callee=f"138****{call.place:04}",
            hall="main",
            queue_number=f"A{call.place:03}",
            matter="社保登记",
            window=str(call.place % 20 + 1),
            line=_LINES[call.place % 2] if speaks else None,
            line_script="your-turn" if speaks else None,
            line_at=now if speaks else None,
            line_seconds=_STAGE_SECONDS if speaks else None,
        )


class StandIn:
    """The built console and what the live monitor asks for."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self.messages = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ", 2)[1].partition("?")[0]
            if path == "/api/v1/live/stream":
                await self._stream(writer)
            elif path.startswith("/api/"):
                content: Any = _WHO if path == "/api/v1/session" else {"items": [], "next_cursor": None}
                self._send(writer, msgspec.json.encode(content), "application/json")
            else:
                file = DIST / path.lstrip("/")
                file = file if file.is_file() else DIST / "index.html"
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                self._send(writer, file.read_bytes(), kind)
            await writer.drain()
        writer.close()

    @staticmethod
    def _send(writer: asyncio.StreamWriter, body: bytes, kind: str) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        self._tell(writer, "snapshot", self._hall.snapshot())
        around_at = time.monotonic()
        while True:
            await asyncio.sleep(_PACE_SECONDS)
            self._tell(writer, "calls", self._hall.changed())
            if time.monotonic() >= around_at:
                around_at += 1.0
                self._tell(writer, "state", self._hall.around())
            await writer.drain()

    def _tell(self, writer: asyncio.StreamWriter, event: str, content: msgspec.Struct) -> None:
        self.messages += 1
        writer.write(
            b"id: %d\nevent: %s\ndata: %s\n\n" % (self.messages, event.encode(), msgspec.json.encode(content))
        )


def _browsers() -> tuple[list[int], list[int]]:
    """Chromium's processes below this one: those of pages, and all."""
    pages, every, waiting = [], [], [os.getpid()]
    while waiting:
        pid = waiting.pop()
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
            waiting += map(int, children)
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"chromium" in line:
                every.append(pid)
            if b"--type=renderer" in line:
                pages.append(pid)
    return pages, every


def _spent(pids: list[int]) -> float:
    return sum(map(cpu_seconds, pids))


async def _watch(page: Page, url: str, what: str, stand_in: StandIn) -> list[Row]:
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")

    async def main_thread() -> dict[str, float]:
        answer = await session.send("Performance.getMetrics")
        return {one["name"]: one["value"] for one in answer["metrics"]}

    await page.goto(url)
    await page.wait_for_function("document.querySelector('[data-test=running]')?.textContent.includes('500')")
    await asyncio.sleep(_SETTLE_SECONDS)
    pages, every = _browsers()
    before, cpu, whole, told = await main_thread(), _spent(pages), _spent(every), stand_in.messages
    begun = time.monotonic()
    await asyncio.sleep(_MEASURED_SECONDS)
    after, took = await main_thread(), time.monotonic() - begun
    used, drawn = (_spent(pages) - cpu) / took, (_spent(every) - whole) / took
    pace = (stand_in.messages - told) / took
    names = ("TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
    task, script, layout, style = ((after[name] - before[name]) / took for name in names)
    return [
        Row(
            what=f"{what}: the page's process, all threads",
            bar=f"≤ {_BAR:.0%} of a core",
            measured=f"{used:.1%} of a core at {pace:.1f} messages/s",
            passed=used <= _BAR,
            values={"page": used, "browser": drawn, "messages_per_second": pace},
        ),
        Row(
            what=f"{what}: its main thread, elapsed",
            measured=f"{task:.1%} (script {script:.1%}, layout {layout:.1%}, style {style:.1%})",
        ),
        Row(what=f"{what}: all of Chromium, drawing by software", measured=f"{drawn:.1%} of a core"),
    ]


async def measure(_: Setup) -> list[Row]:
    """List and wall, one after the other."""
    await asyncio.to_thread(subprocess.run, [sys.executable, str(ROOT / "console" / "build.py")], check=True)
    stand_in = StandIn(Hall(CALLS))
    server = await asyncio.start_server(stand_in.answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    rows: list[Row] = []
    async with server, running_browser() as browser:
        for path, what in (("/live", "list"), ("/live/wall", "wall")):
            context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
            rows += await _watch(await context.new_page(), f"{url}{path}", what, stand_in)
            await context.close()
    return rows


BENCH = Bench(
    name="monitor", title="Live monitor in a browser, 500 calls", limit_seconds=180, measure=measure
)
