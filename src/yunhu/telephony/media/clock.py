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
from yunhu.telephony.media.g711 import FRAME_SAMPLES
from yunhu.telephony.media.pacing import Pacer
from yunhu.telephony.media.stream import Stream
from yunhu.telephony.media.worker import Worker

_log = structlog.get_logger(__name__)
_TURNS: Final = 4
"""Ticks between two readings of a socket; streams are spread over them. The kernel notes when a packet arrived, so
that reading four at a time costs key presses up to 60 ms and nothing else."""
_ROUND: Final = 3 * _TURNS
"""Ticks between two housekeepings of a stream, each right after a reading."""


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
        self._streams: list[Stream] = []
        self._turns: tuple[list[Stream], ...] = tuple([] for _ in range(_ROUND))
        self._reader = DatagramReader()
        self._thread = threading.Thread(target=self._run, name="media-clock", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Run the commands that were given, then end. Blocks for up to a tick."""
        self.command(self._stop)
        self._thread.join()

    def _stop(self) -> None:
        self._stopping = True

    def command(self, command: Callable[[], None]) -> None:
        """Run `command` on the clock's thread before the next tick, in the order given."""
        self._commands.append(command)
        if not self._wake.is_set():
            self._wake.set()

    def add(self, stream: Stream) -> None:
        """Take a stream in."""
        self._streams.append(stream)
        min(self._turns, key=len).append(stream)

    def remove(self, stream: Stream, done: Callable[[], None]) -> None:
        """Close a stream; `done` is called on some thread when its recording is complete."""
        self._detach(stream)
        stream.close(self._frame, self._reader, done)

    def _detach(self, stream: Stream) -> None:
        if stream not in self._streams:
            return
        self._streams.remove(stream)
        for turn in self._turns:
            if stream in turn:
                turn.remove(stream)

    def _run(self) -> None:
        pacer = Pacer(time.monotonic_ns())
        while not self._stopping:
            if not self._streams:
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
            for stream in self._streams:
                stream.skip(skipped)
        self._frame += 1
        self._transmit(self._frame * FRAME_SAMPLES)
        for turn in range(self._frame % _TURNS, _ROUND, _TURNS):
            self._receive(self._turns[turn], keep_house=turn == self._frame % _ROUND)

    def _transmit(self, samples: int) -> None:
        for stream in tuple(self._streams):
            if stream.connected:
                try:
                    stream.transmit(samples)
                except Exception:
                    self._put_aside(stream)

    def _receive(self, streams: list[Stream], *, keep_house: bool) -> None:
        reader = self._reader
        for stream in tuple(streams):
            try:
                stream.receive(reader)
                if keep_house:
                    stream.housekeep(self._frame, reader)
            except Exception:
                self._put_aside(stream)

    def _put_aside(self, stream: Stream) -> None:
        """An error of ours in one stream must not touch the others; it stays silent until its call closes it."""
        self.failures += 1
        _log.exception("media_stream_failed")
        self._detach(stream)
