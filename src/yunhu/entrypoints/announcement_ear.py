"""Listens to announcements before the answer: one recogniser in a process of its own, so that it costs calls nothing."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final

import numpy as np
import structlog

from yunhu.speech.announcements import classify
from yunhu.speech.asr.whisper import WhisperRecognizer, WhisperSettings, installed
from yunhu.speech.port import Audio
from yunhu.speech.tts import g711

_MOST_WAITING: Final = 2
"""Utterances at a time, the one in work included; more are not listened to: a call would be over before its turn."""
_NICENESS: Final = 10

log = structlog.get_logger()
_recognizer: WhisperRecognizer | None = None
"""Of the child process."""


class AnnouncementEar:
    """Implements the media plane's `AnnouncementEar` by Whisper. The process starts with the first utterance."""

    def __init__(self, data_directory: Path) -> None:
        self._directory = data_directory
        self._guard = threading.Lock()
        self._waiting = 0
        self._pool: ProcessPoolExecutor | None = None
        self._closed = False

    def hear(self, alaw: bytes, told: Callable[[str], None]) -> bool:
        """From any thread: tell the meaning once it is understood; false when it cannot listen just now."""
        with self._guard:
            if self._closed or self._waiting >= _MOST_WAITING:
                return False
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    1, multiprocessing.get_context("spawn"), _begin, (self._directory,)
                )
            self._waiting += 1
            try:
                future = self._pool.submit(_understand, alaw)
            except BrokenProcessPool:
                self._waiting -= 1
                self._pool = None
                return False
        future.add_done_callback(lambda done: self._tell(done, told))
        return True

    def _tell(self, done: Future[str], told: Callable[[str], None]) -> None:
        with self._guard:
            self._waiting -= 1
        if done.cancelled():
            return
        error = done.exception()
        if isinstance(error, BrokenProcessPool):
            with self._guard:
                self._pool = None
        if error is not None:
            log.warning("announcement.not_understood", error=repr(error))
        elif done.result():
            told(done.result())

    def close(self) -> None:
        """End the process; what waits is not told."""
        with self._guard:
            self._closed = True
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


def open_ear(data_directory: Path) -> AnnouncementEar | None:
    """An ear, where the extra `asr` is installed."""
    return AnnouncementEar(data_directory) if installed() else None


def _begin(data_directory: Path) -> None:
    global _recognizer  # noqa: PLW0603 the child process has no other place
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    _recognizer = WhisperRecognizer(WhisperSettings(data_directory, threads=1, beam_size=1))


def _understand(alaw: bytes) -> str:
    """The meaning, or nothing. In the child process."""
    assert _recognizer is not None  # noqa: S101 the pool has run `_begin`
    samples = (g711.decode(alaw) / np.float32(32768)).astype(np.float32)
    meaning = classify(_recognizer.transcribe_now(Audio(samples, 8000)))
    return meaning.value if meaning is not None else ""
