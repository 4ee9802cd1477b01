"""Writes recordings on a thread of its own, so that a slow disk never holds up the clock."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from yunhu.telephony.media import wav
from yunhu.telephony.media.g711 import ALAW_SILENCE
from yunhu.telephony.media.worker import Worker

_log = structlog.get_logger(__name__)
PIECE_SAMPLES: Final = 4800
"""0.6 s, from which a piece is written; with what the tape may hold, less than one second is missing after a
SIGKILL."""
_BACKLOG: Final = 4096
"""Pieces that may wait for a slow disk, about 40 MB; more are dropped and counted."""


class Recording:
    """One file. `add` belongs to the clock thread, everything with an underscore to the writer's."""

    __slots__ = (
        "_descriptor",
        "_dropped",
        "_failed",
        "_left",
        "_right",
        "_samples",
        "_start",
        "_writer",
        "path",
    )

    def __init__(self, path: Path, writer: Worker) -> None:
        self.path = path
        self._writer = writer
        self._left = b""
        self._right = b""
        self._start = 0
        self._descriptor: int | None = None
        self._samples = 0
        self._dropped = 0
        self._failed = 0

    @property
    def errors(self) -> int:
        """Pieces lost to a full, slow or broken disk."""
        return self._dropped + self._failed

    @property
    def waiting(self) -> int:
        """Samples that are not with the writer yet."""
        return len(self._left)

    def add(self, position: int, left: bytes, right: bytes) -> None:
        """Append what the tape gave; whole pieces go to the writer."""
        if not self._left:
            self._start = position
        self._left += left
        self._right += right
        if len(self._left) >= PIECE_SAMPLES:
            self._submit()

    def finish(self, done: Callable[[], None]) -> None:
        """Write what is left and close; `done` is called on the writer's thread when the file is complete."""
        if self._left:
            self._submit()
        self._writer.submit(lambda: self._close(done))

    def _submit(self) -> None:
        start, left, right = self._start, self._left, self._right
        self._left = self._right = b""
        if self._writer.backlog >= _BACKLOG:
            self._dropped += 1
            return
        self._writer.submit(lambda: self._write(start, left, right))

    def _write(self, start: int, left: bytes, right: bytes) -> None:
        """Write one piece at its place, filling a gap before it, then the header that covers it."""
        try:
            if self._descriptor is None:
                self._descriptor = self._open()
            if start + len(left) > wav.LARGEST_SAMPLES:
                return
            octets: bytes | bytearray = wav.interleave(left, right)
            if start > self._samples:
                octets = bytes([ALAW_SILENCE]) * (wav.CHANNELS * (start - self._samples)) + octets
            self._write_all(octets, wav.HEADER_SIZE + wav.CHANNELS * self._samples)
            self._write_all(wav.header(start + len(left)), 0)
            self._samples = start + len(left)
        except OSError as error:
            self._fail(error)

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        try:
            return os.open(self.path, flags, 0o600)
        except FileNotFoundError:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self.path, flags, 0o600)

    def _write_all(self, octets: bytes | bytearray, position: int) -> None:
        if self._descriptor is None:
            return
        written = os.pwrite(self._descriptor, octets, position)
        while written < len(octets):
            written += os.pwrite(self._descriptor, octets[written:], position + written)

    def _fail(self, error: OSError) -> None:
        self._failed += 1
        if self._failed == 1:
            _log.error("recording_failed", recording=self.path.name, error=str(error))

    def _close(self, done: Callable[[], None]) -> None:
        try:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
        except OSError as error:
            self._fail(error)
        done()
