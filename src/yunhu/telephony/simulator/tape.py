"""What a simulated phone heard, on one time line, written as the same stereo WAV that real calls leave."""

import os
from pathlib import Path

from yunhu.telephony.media import wav
from yunhu.telephony.media.g711 import ALAW_SILENCE, SAMPLE_RATE

_SILENCE = bytes([ALAW_SILENCE])


class HeardTape:
    """Collects prompts at the times at which they were spoken; seconds since the answer."""

    def __init__(self) -> None:
        self._left = bytearray()

    def speak(self, at: float, alaw: bytes, seconds: float) -> None:
        """A prompt began at `at` and was heard for `seconds` of its length."""
        start = max(len(self._left), int(at * SAMPLE_RATE))
        self._left += _SILENCE * (start - len(self._left))
        self._left += alaw[: int(seconds * SAMPLE_RATE)]

    def write(self, path: Path, seconds: float) -> None:
        """Write the file whole or not at all; `seconds` is how long the call was up."""
        samples = max(len(self._left), int(seconds * SAMPLE_RATE))
        left = bytes(self._left).ljust(samples, _SILENCE)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(wav.header(samples) + wav.interleave(left, _SILENCE * samples))
        draft.rename(path)
