"""The clock: one thread that moves every packet of every session, every 20 ms.

Why a thread, and why it keeps the interpreter lock while it works: docs/decisions/0003-media-clock.md.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog

from yunhu.telephony.media.datagrams import DatagramReader
from yunhu.telephony.media.departures import Departure, Departures, KernelQueue
from yunhu.telephony.media.g711 import FRAME_SAMPLES
from yunhu.telephony.media.inbound import READING
from yunhu.telephony.media.outbound import BATCH
from yunhu.telephony.media.pacing import Pacer
from yunhu.telephony.media.stream import Stream
from yunhu.telephony.media.worker import Worker

_log = structlog.get_logger(__name__)
_HOUSEKEEPING: Final = 2
"""Readings of a stream from one housekeeping to the next."""


class Row:
    """Streams that have their turns together: in one tick of four packets are made, in one of eight they are read.

    The kernel notes when a packet arrived, so that reading eight at a time costs a key press up to 140 ms and nothing
    else. Making four at a time costs up to 60 ms before a prompt begins or stops.
    """

    __slots__ = ("_known", "departures", "streams")

    def __init__(self, queue: KernelQueue) -> None:
        self.streams: list[Stream] = []
        self.departures = Departures(queue, BATCH)
        """Each stream's packets, for the ticks up to its next turn."""
        self._known: dict[Stream, tuple[Departure, ...]] = {}

    def plan(self, stream: Stream) -> None:
        """Take over from where and whether a stream sends."""
        sends = stream.outbound.sends
        if sends is self._known.get(stream, ()):
            return
        self.cancel(stream)
        if sends:
            self._known[stream] = sends
            self.departures.put(stream, sends)

    def cancel(self, stream: Stream) -> None:
        """Nothing of the stream leaves any more."""
        if self._known.pop(stream, None) is not None:
            self.departures.discard(stream)


class Clock:
    """Owns the streams. `command` may be called from any thread, everything else runs on the clock's."""

    def __init__(self, workers: tuple[Worker, ...] = ()) -> None:
        self._workers = workers
        """Who does what the streams hand on; held for as long as a tick works."""
        self.ticks = 0
        self.skipped = 0
        """Ticks given up because the machine did not let the thread run."""
        self.failures = 0
        """Streams that were put aside because of an error of ours."""
        self._frame = 0
        self._commands: deque[Callable[[], None]] = deque()
        self._wake = threading.Event()
        self._stopping = False
        self._queue = KernelQueue()
        self._rows = tuple(Row(self._queue) for _ in range(READING))
        self._row_of: dict[Stream, Row] = {}
        self._reader = DatagramReader()
        self._thread = threading.Thread(target=self._run, name="media-clock", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Run the commands that were given, then end. Blocks for up to a tick."""
        self.command(self._stop)
        self._thread.join()
        self._queue.close()

    def _stop(self) -> None:
        self._stopping = True

    def command(self, command: Callable[[], None]) -> None:
        """Run `command` on the clock's thread before the next tick, in the order given."""
        self._commands.append(command)
        if not self._wake.is_set():
            self._wake.set()

    def add(self, stream: Stream) -> None:
        """Take a stream in."""
        row = min(self._rows, key=lambda row: len(row.streams))
        row.streams.append(stream)
        self._row_of[stream] = row

    def remove(self, stream: Stream, done: Callable[[], None]) -> None:
        """Close a stream; `done` is called on some thread when its recording is complete."""
        row = self._detach(stream)
        # Commands run before the packets of the next tick, so what has left is what this tick and those before sent.
        left = (self.ticks - self._rows.index(row)) % BATCH + 1 if row is not None else BATCH
        stream.close(self._frame, left, self._reader, done)

    def _detach(self, stream: Stream) -> Row | None:
        row = self._row_of.pop(stream, None)
        if row is not None:
            row.streams.remove(stream)
            row.cancel(stream)
        return row

    def _run(self) -> None:
        pacer = Pacer(time.monotonic_ns())
        while not self._stopping:
            if not self._row_of:
                self._wake.wait()
                self._wake.clear()
                self._run_commands()
                pacer = Pacer(time.monotonic_ns())
                continue
            pause = pacer.next_tick - time.monotonic_ns()
            if pause > 0:
                time.sleep(pause / 1_000_000_000)
            for worker in self._workers:
                worker.hold()
            self._tick(pacer.begin(time.monotonic_ns()))
            for worker in self._workers:
                worker.release()

    def _run_commands(self) -> None:
        while self._commands:
            command = self._commands.popleft()
            try:
                command()
            except Exception:
                self.failures += 1
                _log.exception("media_command_failed")

    def _tick(self, skipped: int) -> None:
        """Commands, then everything out, then everything in: what leaves is not delayed by what arrived."""
        self._run_commands()
        self.ticks += 1
        if skipped:
            self.skipped += skipped
            self._frame += skipped
            for stream in self._row_of:
                stream.skip(skipped)
        self._frame += 1
        for index, row in enumerate(self._rows):
            tick = (self.ticks - index) % BATCH
            if tick == 0:
                self._make(row)
            row.departures.leave(tick)
        self._receive(self._rows[self.ticks % READING])

    def _make(self, row: Row) -> None:
        samples = self._frame * FRAME_SAMPLES
        for stream in tuple(row.streams):
            if stream.connected:
                try:
                    stream.make(samples)
                except Exception:
                    self._put_aside(stream)
                else:
                    row.plan(stream)

    def _receive(self, row: Row) -> None:
        for stream in tuple(row.streams):
            try:
                stream.receive(self._reader)
                stream.readings += 1
                if stream.readings == _HOUSEKEEPING:
                    stream.readings = 0
                    stream.housekeep(self._frame, self._reader)
            except Exception:
                self._put_aside(stream)

    def _put_aside(self, stream: Stream) -> None:
        """An error of ours in one stream must not touch the others; it stays silent until its call closes it."""
        self.failures += 1
        _log.exception("media_stream_failed")
        self._detach(stream)
