"""From an accepted queue event (its 202) to the INVITE on the wire, through the real processes.

The prompt is in the cache. The callee answers 486, so that a call lasts as long as its own bookkeeping and 50 events
a second can go on for as long as wanted.
"""

import asyncio
import re
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
from tests.support.peers.waiting import wait_until

from bench.house import House, running_house
from bench.processes import cpu_seconds
from bench.protocol import Bench, Row, Setup, share_of

_PER_SECOND = 50
_SECONDS = 24
_WINDOWS = 4
_CONNECTIONS = 4
_WARM_UP_SECONDS = 60
_LENGTH = re.compile(rb"content-length: (\d+)")


class Phone:
    """The busy phone's process; `rang` fills while it runs."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.port = port
        self.rang: dict[str, int] = {}
        """Nanoseconds since 1970 of the first INVITE, by the dialled number."""
        self._process = process
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(cls) -> "Phone":
        """Start it and learn its port."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.busy_phone", stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        return cls(process, int(await process.stdout.readline()))

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            number, moment = line.split()
            self.rang[number.decode()] = int(moment)

    async def wait_for(self, numbers: list[str], seconds: float) -> None:
        """Until all of them rang, or the time is over."""
        with suppress(TimeoutError):
            await wait_until(
                lambda: all(number in self.rang for number in numbers), "every phone rang", seconds
            )

    async def stop(self) -> None:
        """End the process."""
        self._process.kill()
        await self._process.wait()
        self._reader.cancel()


class Sent:
    """One event's times, in nanoseconds since 1970."""

    def __init__(self, number: str, sent: int, accepted: int) -> None:
        self.number = number
        self.sent = sent
        self.accepted = accepted


class Client:
    """Keep-alive connections to the API, without a client library's own cost on the same two processors."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def open(self) -> None:
        """Connect, anew where connections stood: the API ends those that idle for long."""
        self._free = asyncio.Queue()
        for _ in range(_CONNECTIONS):
            self._free.put_nowait(await asyncio.open_connection(*self._house.api))

    async def called(self, number: str, index: int) -> Sent:
        """Post the event that calls this visitor; raises unless it is accepted and makes a notification."""
        event = {
            "event_id": f"bench-{number}",
            "event": "called",
            "queue_number": f"A{index:05d}",
            "phone": number,
            "matter": "企业登记",
            "window": str(index % _WINDOWS + 1),
            "occurred_at": datetime.now(UTC).isoformat(),
        }
        body = msgspec.json.encode(event)
        head = (
            f"POST /api/v1/queue-events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self._house.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        reader, writer = await self._free.get()
        sent = time.time_ns()
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        accepted = time.time_ns()
        length = _LENGTH.search(answer.lower())
        content = await reader.readexactly(int(length[1])) if length else b""
        self._free.put_nowait((reader, writer))
        if not answer.startswith(b"HTTP/1.1 202"):
            raise RuntimeError(f"not accepted: {content[:300]!r}")
        return Sent(number, sent, accepted)


async def measure(setup: Setup) -> list[Row]:
    """p50 and p99, and that no event went without its INVITE."""
    phone = await Phone.start()
    try:
        async with running_house(setup.folder, phone.port) as house:
            client = Client(house)
            await client.open()
            await _warm_up(client, phone)
            before = cpu_seconds(house.node_pid)
            events = await _send(client)
            await phone.wait_for([event.number for event in events], 10)
            cpu = (cpu_seconds(house.node_pid) - before) * 1000 / len(events)
    finally:
        await phone.stop()
    return _rows(events, phone.rang, cpu)


async def _warm_up(client: Client, phone: Phone) -> None:
    """Render every window's prompt by calling there once, then run at the rate for two seconds."""
    numbers = [f"1370000{index:04d}" for index in range(_WINDOWS)]
    for index, number in enumerate(numbers):
        await client.called(number, index)
    await phone.wait_for(numbers, _WARM_UP_SECONDS)
    if not all(number in phone.rang for number in numbers):
        raise TimeoutError(f"the prompts were not rendered within {_WARM_UP_SECONDS} s")
    await client.open()
    more = await _send(client, first=10_000, seconds=2)
    await phone.wait_for([event.number for event in more], 10)


async def _send(client: Client, *, first: int = 20_000, seconds: int = _SECONDS) -> list[Sent]:
    begun = time.monotonic()
    tasks = []
    for index in range(_PER_SECOND * seconds):
        await asyncio.sleep(max(0.0, begun + index / _PER_SECOND - time.monotonic()))
        tasks.append(asyncio.create_task(client.called(f"139{first + index:08d}", first + index)))
    return await asyncio.gather(*tasks)


def _rows(events: list[Sent], rang: dict[str, int], cpu: float) -> list[Row]:
    there = [event for event in events if event.number in rang]
    accepted = sorted((rang[event.number] - event.accepted) / 1e6 for event in there)
    asked = sorted((rang[event.number] - event.sent) / 1e6 for event in there)
    p50, p99 = share_of(accepted, 0.5), share_of(accepted, 0.99)
    lost = len(events) - len(there)
    return [
        Row(
            what=f"202 → INVITE, {_PER_SECOND} events/s",
            bar="p50 ≤ 15 ms, p99 ≤ 60 ms",
            measured=f"p50 {p50:.1f} ms, p99 {p99:.1f} ms",
            passed=p50 <= 15 and p99 <= 60,
            values={"p50_ms": p50, "p99_ms": p99, "max_ms": share_of(accepted, 1), "events": len(events)},
        ),
        Row(
            what="events without an INVITE",
            bar="0",
            measured=f"{lost} of {len(events)}",
            passed=lost == 0,
        ),
        Row(
            what="request sent → INVITE (the whole way)",
            measured=f"p50 {share_of(asked, 0.5):.1f} ms, p99 {share_of(asked, 0.99):.1f} ms",
            values={"p50_ms": share_of(asked, 0.5), "p99_ms": share_of(asked, 0.99)},
        ),
        Row(
            what="CPU of the call node, an event",
            measured=f"{cpu:.1f} ms",
            values={"node_ms": cpu},
        ),
    ]


BENCH = Bench(name="event_to_invite", title="From event to INVITE", limit_seconds=150, measure=measure)
