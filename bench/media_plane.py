"""The media plane under the load of the bar: 250 calls at once, 50 new ones a second, each 5 s and recorded.

    python bench/media_plane.py [--seconds 20] [--calls 250] [--signalling 2.5] [--stall 0] [--clock thread]

A process of its own echoes every packet and notes the kernel's time of arrival. The plane's process also does
`--signalling` milliseconds of plain Python work a call on its event loop, in pieces of 0.5 ms, as SIP and the
database would. Printed: CPU a call (that work taken off), intervals at the receiver, memory a call.
`--stall` adds one piece of that many milliseconds every 0.2 s, as a large request or a garbage collection does.
`--clock` chooses the alternatives that docs/decisions/0003-media-clock.md compares.
"""

import argparse
import asyncio
import gc
import itertools
import json
import os
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from functools import partial
from pathlib import Path
from uuid import uuid4

import uvloop

from yunhu.telephony.media import (
    Codec,
    MediaConfig,
    MediaEvent,
    MediaPlane,
    MediaSession,
    RemoteMedia,
    clock,
    outbound,
)
from yunhu.telephony.media.clock import Clock
from yunhu.telephony.media.datagrams import Destination, Outlet
from yunhu.telephony.media.departures import Departure, KernelQueue
from yunhu.telephony.media.pacing import Pacer
from yunhu.telephony.port import Prompt

SO_TIMESTAMPNS = 35
CALL_SECONDS = 5.0
PIECE_SECONDS = 0.0005


def echo() -> None:
    """The other side: print the port, echo until a datagram says `end`, print what was seen as JSON."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    sock.bind(("127.0.0.1", 0))
    print(sock.getsockname()[1], flush=True)
    arrivals: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    while True:
        packet, control, _, source = sock.recvmsg(2048, 64)
        if packet == b"end":
            break
        seconds, nanoseconds = struct.unpack("qq", control[0][2])
        arrivals[source[1], packet[8:12]].append(seconds * 1_000_000_000 + nanoseconds)
        sock.sendto(packet, source)
    gaps = sorted(
        (later - earlier) / 1e6 for times in arrivals.values() for earlier, later in itertools.pairwise(times)
    )
    print(json.dumps({"streams": len(arrivals), "packets": sum(map(len, arrivals.values())), "gaps": gaps}))


class LoopClock(Clock):
    """Alternative: the same ticks as callbacks of the event loop."""

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._pacer = Pacer(time.monotonic_ns())
        self._loop.call_soon(self._turn)

    def stop(self) -> None:
        self._stopping = True

    def _turn(self) -> None:
        if self._stopping:
            return
        self._tick(self._pacer.begin(time.monotonic_ns()))
        self._loop.call_later(max(0.0, (self._pacer.next_tick - time.monotonic_ns()) / 1e9), self._turn)


class ReleasingOutlet(Outlet):
    """Alternative: `socket.sendto`, which gives the interpreter lock up around each packet."""

    def __init__(self, descriptor: int, buffer: bytearray, parts: int = 1) -> None:
        super().__init__(descriptor, buffer, parts)
        self._socket = socket.socket(fileno=os.dup(descriptor))
        size = len(buffer) // parts
        self._octets = [memoryview(buffer)[part * size : (part + 1) * size] for part in range(parts)]

    def onwards(self) -> tuple[Departure, ...]:
        return tuple(Departure(partial(self._socket.send, octets)) for octets in self._octets)

    def towards(self, to: Destination) -> tuple[Departure, ...]:
        address = (socket.inet_ntoa(to.endpoint[2:]), int.from_bytes(to.endpoint[:2], "big"))
        return tuple(Departure(partial(self._socket.sendto, octets, address)) for octets in self._octets)


def work(seconds: float) -> None:
    """Plain Python that holds the interpreter lock, as parsing a SIP message does."""
    end = time.perf_counter() + seconds
    text = "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK776asdhds;rport=5060"
    while time.perf_counter() < end:
        dict(part.partition("=")[::2] for part in text.split(";"))


class Bench:
    def __init__(self, arguments: argparse.Namespace, port: int, folder: Path) -> None:
        self.arguments = arguments
        self.folder = folder
        self.remote = RemoteMedia("127.0.0.1", port, Codec.PCMA, 8, 101)
        self.prompt = Prompt("bench", bytes(range(256)) * int(CALL_SECONDS * 8000 // 256))
        self.plane = MediaPlane(MediaConfig(bind_host="127.0.0.1"))
        if arguments.clock == "loop":
            self.plane._clock = LoopClock()
        self.ended = self.finished = 0
        self.lost = self.worked = self.received = self.sent = 0.0
        self.lag: list[float] = []

    def on_event(self, _event: MediaEvent) -> None:
        self.ended += 1

    def open(self) -> MediaSession:
        call_id = uuid4()
        session = self.plane.open(call_id, self.on_event, recording=self.folder / f"{call_id}.wav")
        session.connect(self.remote, answered=True)
        session.play(self.prompt)
        return session

    async def piece(self) -> None:
        begun = time.perf_counter()
        await asyncio.sleep(0)
        self.lag.append(time.perf_counter() - begun)
        begun = time.thread_time()
        work(PIECE_SECONDS)
        self.worked += time.thread_time() - begun

    async def stall(self) -> None:
        while self.arguments.stall:
            begun = time.thread_time()
            work(self.arguments.stall / 1000)
            self.worked += time.thread_time() - begun
            await asyncio.sleep(0.2)

    async def call(self) -> None:
        pieces = round(self.arguments.signalling / 1000 / PIECE_SECONDS)
        for _ in range(pieces // 2):
            await self.piece()
        session = self.open()
        await asyncio.sleep(CALL_SECONDS)
        for _ in range(pieces - pieces // 2):
            await self.piece()
        session.close()
        stats = await session.wait_complete()
        self.finished += 1
        self.lost += stats.packets_lost
        self.received += stats.packets_received
        self.sent += stats.packets_sent

    async def memory(self) -> float:
        """KB of resident memory, kernel's socket memory apart, that one session of 3 s age holds."""
        gc.collect()
        before = resident_kb()
        sessions = [self.open() for _ in range(self.arguments.calls)]
        await asyncio.sleep(3)
        held = (resident_kb() - before) / len(sessions)
        for session in sessions:
            session.close()
        for session in sessions:
            await session.wait_complete()
        return held

    async def run(self) -> dict[str, float]:
        await self.plane.start()
        sys.setswitchinterval(self.arguments.switch_ms / 1000)
        held = await self.memory()
        seconds, rate = self.arguments.seconds, self.arguments.calls / CALL_SECONDS
        stall = asyncio.create_task(self.stall())
        begun, cpu = time.perf_counter(), cpu_seconds()
        async with asyncio.TaskGroup() as group:
            for index in range(int(seconds * rate)):
                await asyncio.sleep(max(0.0, begun + index / rate - time.perf_counter()))
                group.create_task(self.call())
        used = cpu_seconds() - cpu - self.worked
        stall.cancel()
        await self.plane.stop()
        return {
            "calls": self.finished,
            "prompt ends": self.ended,
            "sent a call": self.sent / self.finished,
            "received a call": self.received / self.finished,
            "lost": self.lost,
            "CPU ms a call (media, without signalling)": used * 1000 / self.finished,
            "signalling CPU ms a call": self.worked * 1000 / self.finished,
            "event loop lag p99 ms": sorted(self.lag)[int(len(self.lag) * 0.99)] * 1000 if self.lag else 0.0,
            "ticks skipped": self.plane.load.ticks_skipped,
            "failures": self.plane.load.failures,
            "memory KB a session": held,
        }


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def resident_kb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return float(line.split()[1])
    return 0.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20, help="how long new calls come")
    parser.add_argument("--calls", type=int, default=250, help="calls at once")
    parser.add_argument("--signalling", type=float, default=2.5, help="ms of other work a call")
    parser.add_argument("--stall", type=float, default=0, help="ms of one long piece of work every 0.2 s")
    parser.add_argument(
        "--clock", choices=("thread", "loop", "thread-singly", "thread-releasing"), default="thread"
    )
    parser.add_argument("--switch-ms", type=float, default=1.0, help="the interpreter's switch interval")
    parser.add_argument("--echo", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.echo:
        echo()
        return
    if arguments.clock == "thread-releasing":
        outbound.Outlet = ReleasingOutlet
    if arguments.clock == "thread-singly":
        clock.KernelQueue = partial(KernelQueue, answers=0)
    peer = subprocess.Popen([sys.executable, __file__, "--echo"], stdout=subprocess.PIPE, text=True)
    try:
        port = int(peer.stdout.readline())
        with tempfile.TemporaryDirectory() as folder:
            figures = uvloop.run(Bench(arguments, port, Path(folder)).run())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"end", ("127.0.0.1", port))
        seen = json.loads(peer.communicate(timeout=20)[0])
    finally:
        peer.kill()
    gaps = seen["gaps"]
    figures["packets at the receiver"] = seen["packets"]
    figures["% of intervals within 20 ± 5 ms"] = 100 * sum(15 <= gap <= 25 for gap in gaps) / len(gaps)
    for share in (0.001, 0.01, 0.5, 0.99, 0.999):
        figures[f"interval p{share * 100:g} ms"] = gaps[int(len(gaps) * share)]
    for name, value in figures.items():
        print(f"{name:<45}{value:>12.3f}")


if __name__ == "__main__":
    main()
