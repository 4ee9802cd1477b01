"""Speech by its level: no model and next to no cost, at the price of taking any noise for speech."""

import numpy as np

from yunhu.speech.tts import g711
from yunhu.speech.vad.port import check_frame

_THRESHOLD = 256.0
"""Mean magnitude of 16-bit samples: Asterisk's `silence_threshold` for its answering machine detection."""


class EnergyActivity:
    """A `VoiceActivity` that says 1.0 above the threshold and 0.0 below."""

    def __init__(self, threshold: float = _THRESHOLD) -> None:
        self._threshold = threshold

    def feed(self, alaw: bytes) -> float:
        """See `VoiceActivity`."""
        check_frame(alaw)
        return 1.0 if float(np.abs(g711.decode(alaw).astype(np.int32)).mean()) >= self._threshold else 0.0

    def reset(self) -> None:
        """Nothing is kept between frames."""
