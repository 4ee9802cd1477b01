"""HTTP load on the intake that costs its machine little: bare sockets, every request built before the clock starts.

`python -m bench.intake_load singles|batches …` is a process of its own; it prints one JSON object with `events`,
`seconds` and `cpu_seconds` (its own).
"""

import argparse
import asyncio
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

import msgspec
import uvloop

_VISIT = (("taken", {"ahead": 9}), ("progress", {"ahead": 2}), ("called", {"window": "3"}), ("served", {}))
EVENTS_A_BATCH = 1000
_PATIENCE_SECONDS = 20


class Load(msgspec.Struct, frozen=True):
    """What one run did."""

    events: int
    seconds: float
    cpu_seconds: float


def visit_events(tag: str) -> Iterator[dict[str, Any]]:
    """Endless whole visits: four events, an SMS and a call each."""
    base = datetime.now(UTC) - timedelta(seconds=30)
    number = 0
    while True:
        number += 1
        person = {"phone": f"138{number % 100_000_000:08d}", "matter": "企业登记"}
        for step, (kind, more) in enumerate(_VISIT):
            yield {
                "event_id": f"{tag}-{number}-{kind}",
                "event": kind,
                "queue_number": f"{tag}{number:05d}",
                "occurred_at": (base + timedelta(seconds=step)).isoformat(),
                **(person if kind == "taken" else {}),
                **more,
            }


def requests_of(tag: str, token: str, events: int, *, together: int) -> list[bytes]:
    """Whole HTTP/1.1 requests that report this many events of one client's visits."""
    stream = visit_events(tag)
    return [
        _request(token, [next(stream) for _ in range(together)] if together > 1 else next(stream))
        for _ in range(events // together)
    ]


def _request(token: str, value: object) -> bytes:
    body = msgspec.json.encode(value)
    head = (
        f"POST /api/v1/queue-events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Client(asyncio.Protocol):
    """One keep-alive connection: the next request leaves when the answer to the last one is complete."""

    def __init__(self, requests: list[bytes], end: float) -> None:
        self.answered = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._end = end
        self._received = bytearray()
        self._expected = 0
        """Length of the answer under way with its head; 0 while the head is incomplete."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is no subclass of it
        self._transport.write(self._requests[0])

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._expected:
            head_end = self._received.find(b"\r\n\r\n")
            if head_end < 0:
                return
            head = bytes(self._received[:head_end]).lower()
            self._expected = head_end + 4 + int(head.partition(b"content-length: ")[2].split(b"\r\n", 1)[0])
        if len(self._received) >= self._expected:
            self._answer()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionResetError("the API closed the connection"))

    def _answer(self) -> None:
        if not self._received.startswith(b"HTTP/1.1 202") or b'"rejected"' in self._received:
            self.done.set_exception(RuntimeError(self._received[:600].decode(errors="replace")))
            return
        self._received.clear()
        self._expected = 0
        self.answered += 1
        if self.answered == len(self._requests) or time.perf_counter() >= self._end:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(self._requests[self.answered])


def _itself(client: _Client) -> _Client:
    return client


async def run(port: int, requests: list[list[bytes]], seconds: float, *, together: int) -> Load:
    """One connection for each list of requests, for `seconds` or until a list is used up."""
    loop = asyncio.get_running_loop()
    cpu, begun = time.process_time(), time.perf_counter()
    clients = [_Client(mine, begun + seconds) for mine in requests]
    async with asyncio.timeout(seconds + _PATIENCE_SECONDS):
        for client in clients:
            await loop.create_connection(partial(_itself, client), "127.0.0.1", port)
        await asyncio.gather(*(client.done for client in clients))
    return Load(
        sum(client.answered for client in clients) * together,
        time.perf_counter() - begun,
        time.process_time() - cpu,
    )


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("singles", "batches"))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tag", required=True, help="makes the ids of this run differ from those of others")
    parser.add_argument("--clients", type=int, required=True)
    parser.add_argument("--events", type=int, required=True, help="prepared for each client")
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    together = EVENTS_A_BATCH if options.kind == "batches" else 1
    token = os.environ["BENCH_TOKEN"]
    requests = [
        requests_of(f"{options.tag}{chr(65 + index)}", token, options.events, together=together)
        for index in range(options.clients)
    ]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        load = runner.run(run(options.port, requests, options.seconds, together=together))
    print(msgspec.json.encode(load).decode())


if __name__ == "__main__":
    _main()
