"""The media of every call of one engine, on one clock."""

import asyncio
import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from yunhu.telephony.media.analysis import Listener
from yunhu.telephony.media.clock import Clock
from yunhu.telephony.media.model import AnnouncementEar, AnswerDetector, MediaConfig, MediaEvent
from yunhu.telephony.media.ports import PortAllocator
from yunhu.telephony.media.recorder import Recording
from yunhu.telephony.media.session import MediaSession
from yunhu.telephony.media.stream import Stream
from yunhu.telephony.media.worker import Worker

_SWITCH_SECONDS: Final = 0.001
"""How long the clock may wait for the interpreter lock while the event loop computes; Python's default is 5 ms."""
_GARBAGE: Final = (20_000, 20, 50)
"""Thresholds of the garbage collector: a call leaves few cycles, and each collection stops the clock."""


class MediaLoad(msgspec.Struct, frozen=True, kw_only=True):
    """How the clock is doing, for metrics."""

    sessions: int
    ticks: int
    ticks_skipped: int
    """Given up because the machine did not let the clock run for more than 200 ms."""
    recordings_waiting: int
    """Jobs of the recorder that wait for the disk."""
    analysis_waiting: int
    """Pieces of audio that wait to be listened to."""
    failures: int
    """Sessions put aside, or commands lost, because of an error of ours: should be 0."""


class MediaPlane:
    """Opens sessions and moves their packets. One a call engine; used on the event loop's thread."""

    def __init__(self, config: MediaConfig, ear: AnnouncementEar | None = None) -> None:
        """`ear` listens to what networks say before the answer; who passes it closes it."""
        self._config = config
        self._ear = ear
        self._ports = PortAllocator(config.bind_host, config.port_first, config.port_last)
        self._writer = Worker("media-recorder")
        self._analyst = Worker("media-analyst")
        self._clock = Clock((self._writer, self._analyst))
        self._sessions: set[MediaSession] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._switch_interval = sys.getswitchinterval()
        self._garbage = gc.get_threshold()

    async def start(self) -> None:
        """Start the threads; sessions can be opened from now on.

        For as long as the plane runs, the process's switch interval is shorter and its garbage collector rarer.
        """
        self._loop = asyncio.get_running_loop()
        self._switch_interval = sys.getswitchinterval()
        sys.setswitchinterval(min(self._switch_interval, _SWITCH_SECONDS))
        self._garbage = gc.get_threshold()
        gc.set_threshold(*_GARBAGE)
        self._writer.start()
        self._analyst.start()
        self._clock.start()

    async def stop(self) -> None:
        """Close every session, complete every recording, end the threads, restore the interpreter's settings."""
        sessions = tuple(self._sessions)
        for session in sessions:
            session.close()
        for session in sessions:
            await session.wait_complete()
        for thread in (self._clock, self._writer, self._analyst):
            await asyncio.to_thread(thread.stop)
        sys.setswitchinterval(self._switch_interval)
        gc.set_threshold(*self._garbage)

    @property
    def load(self) -> MediaLoad:
        """The state of the clock and its workers."""
        return MediaLoad(
            sessions=len(self._sessions),
            ticks=self._clock.ticks,
            ticks_skipped=self._clock.skipped,
            recordings_waiting=self._writer.backlog,
            analysis_waiting=self._analyst.backlog,
            failures=self._clock.failures,
        )

    def open(
        self,
        call_id: UUID,
        on_event: Callable[[MediaEvent], None],
        *,
        recording: Path | None,
        detector: AnswerDetector | None = None,
    ) -> MediaSession:
        """Bind a pair of ports for a call. Raises `MediaPortsExhaustedError`.

        `on_event` is called on the event loop's thread. `recording` is created with its folder; its time line
        starts with the first `connect`. `detector` is fed from the answer on, on a thread of its own.
        """
        ports = self._ports.bind()
        session = MediaSession(call_id, on_event, self._clock.command, self._close)
        stream = Stream(
            ports,
            self._config,
            partial(self._post, session),
            recording=None if recording is None else Recording(recording, self._writer),
            listener=Listener(self._analyst, detector, self._ear),
        )
        session.attach(stream)
        self._sessions.add(session)
        self._clock.command(partial(self._clock.add, stream))
        return session

    def _close(self, session: MediaSession) -> None:
        done = partial(self._on_loop, partial(self._complete, session))
        self._clock.command(partial(self._clock.remove, session.stream, done))

    def _complete(self, session: MediaSession) -> None:
        self._sessions.discard(session)
        session.complete()

    def _post(self, session: MediaSession, event: MediaEvent) -> None:
        self._on_loop(partial(session.deliver, event))

    def _on_loop(self, call: Callable[[], None]) -> None:
        """From any thread: run `call` on the event loop, unless that is gone."""
        if self._loop is None:
            return
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call)
