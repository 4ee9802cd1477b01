"""Network tones before the answer: 450 Hz in a cadence (GB/T 3380's plan, as in ITU-T E.180 for China)."""

from collections import deque
from enum import Enum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from yunhu.telephony.media.g711 import FRAME_SAMPLES, SAMPLE_RATE, decode_alaw

FRAME_MS: Final = 20
_FREQUENCIES: Final = (430.0, 450.0, 470.0)
"""Hz; together they cover 450 ± 25, the tolerance of the plan."""
_PURE: Final = 0.7
"""Share of a frame's energy that one frequency must hold to be the tone."""
_LOUD: Final = 130.0**2
"""Mean square on the 16-bit scale: about -45 dBm0, the weakest tone taken."""
_DROP: Final = 1 / 30
"""A gap is at least 15 dB below the tone around it."""


class Sound(Enum):
    """What one frame of 20 ms holds."""

    TONE = "tone"
    QUIET = "quiet"
    OTHER = "other"


def _basis() -> npt.NDArray[np.float32]:
    """Cosine and sine of each frequency over one frame, shape (160, 6): Goertzel's sums as one product."""
    time = np.arange(FRAME_SAMPLES) / SAMPLE_RATE
    waves = [wave(2 * np.pi * f * time) for f in _FREQUENCIES for wave in (np.cos, np.sin)]
    return np.array(waves, dtype=np.float32).T


_BASIS: Final = _basis()


class FrameClassifier:
    """Tells tone, quiet and anything else apart; quiet is judged against the last tone."""

    def __init__(self) -> None:
        self._level = _LOUD

    def classify(self, alaw: bytes) -> list[Sound]:
        """One `Sound` for each whole frame of A-law."""
        frames = decode_alaw(alaw[: len(alaw) // FRAME_SAMPLES * FRAME_SAMPLES]).reshape(-1, FRAME_SAMPLES)
        energy = np.einsum("ij,ij->i", frames, frames)
        parts = (frames @ _BASIS) ** 2
        strongest = (parts[:, 0::2] + parts[:, 1::2]).max(axis=1) * (2 / FRAME_SAMPLES)
        purity = strongest / np.maximum(energy, 1.0)
        return [self._judge(float(e) / FRAME_SAMPLES, float(p)) for e, p in zip(energy, purity, strict=True)]

    def _judge(self, power: float, purity: float) -> Sound:
        if power >= _LOUD and purity >= _PURE:
            self._level = power
            return Sound.TONE
        return Sound.QUIET if power <= self._level * _DROP or power < _LOUD else Sound.OTHER


class _Cadence(NamedTuple):
    """Runs, tone first, that prove a tone: allowed frames of each."""

    tone: str
    runs: tuple[range, ...]


def _around(milliseconds: int, tolerance: int) -> range:
    return range((milliseconds - tolerance) // FRAME_MS, (milliseconds + tolerance) // FRAME_MS + 1)


_BUSY: Final = _around(350, 60)
_CONGESTION: Final = _around(700, 100)
_SHORT: Final = _around(100, 40)
_CADENCES: Final = (
    _Cadence("busy", (_BUSY,) * 7),
    _Cadence("congestion", (_CONGESTION,) * 5),
    _Cadence("ringback", (_around(1000, 120), range(3000 // FRAME_MS, 4400 // FRAME_MS + 1))),
    _Cadence("information", (*((_SHORT,) * 6), _around(400, 80))),
)
_LONGEST: Final = max(len(cadence.runs) for cadence in _CADENCES)
_CONFIRM: Final = 2
"""Frames of a new kind before a run ends: one lost or odd packet does not cut a tone."""
_FOREIGN: Final = 3
"""Frames in a row that are neither tone nor quiet: this is speech or music, the pattern starts anew."""


class CadenceReader:
    """Follows the runs of tone and quiet; each tone is told once."""

    def __init__(self) -> None:
        self._runs: deque[tuple[Sound, int]] = deque(maxlen=_LONGEST)
        self._told: set[str] = set()
        self._sound: Sound | None = None
        self._length = 0
        self._doubt = 0
        self._foreign = 0

    def feed(self, sound: Sound) -> str | None:
        """Take the next frame; the tone that it proves, if any."""
        if sound is Sound.OTHER:
            self._feed_foreign()
            return None
        self._foreign = 0
        if sound is self._sound:
            self._length += self._doubt + 1
            self._doubt = 0
            return self._match_open_gap()
        self._doubt += 1
        if self._doubt < _CONFIRM and self._sound is not None:
            return None
        found = self._end_run()
        self._sound, self._length, self._doubt = sound, self._doubt, 0
        return found

    def _feed_foreign(self) -> None:
        self._foreign += 1
        self._doubt += 1
        if self._foreign >= _FOREIGN:
            self._runs.clear()
            self._sound, self._length, self._doubt = None, 0, 0

    def _end_run(self) -> str | None:
        if self._sound is None:
            return None
        self._runs.append((self._sound, self._length))
        return self._match(tuple(self._runs))

    def _match_open_gap(self) -> str | None:
        """Ringback is sure once its gap is long enough; it need not end first."""
        if self._sound is Sound.QUIET and self._runs:
            return self._match((self._runs[-1], (Sound.QUIET, self._length)))
        return None

    def _match(self, runs: tuple[tuple[Sound, int], ...]) -> str | None:
        for cadence in _CADENCES:
            if cadence.tone not in self._told and _proves(cadence, runs):
                self._told.add(cadence.tone)
                return cadence.tone
        return None


def _proves(cadence: _Cadence, runs: tuple[tuple[Sound, int], ...]) -> bool:
    wanted = cadence.runs
    if len(runs) < len(wanted):
        return False
    last = runs[-len(wanted) :]
    return last[0][0] is Sound.TONE and all(
        run[1] in allowed for run, allowed in zip(last, wanted, strict=True)
    )


class ToneDetector:
    """A-law in, names of tones out."""

    def __init__(self) -> None:
        self._frames = FrameClassifier()
        self._cadence = CadenceReader()

    def feed(self, alaw: bytes) -> list[str]:
        """Take whole frames in order; the tones that they prove: busy, congestion, ringback, information."""
        found = (self._cadence.feed(sound) for sound in self._frames.classify(alaw))
        return [tone for tone in found if tone is not None]
