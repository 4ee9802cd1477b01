"""What the network says before the answer, cut into utterances that are worth a recogniser's time."""

from typing import Final

import numpy as np

from yunhu.telephony.media.g711 import FRAME_SAMPLES, decode_alaw

_LOUD: Final = 256.0
"""Mean magnitude of 16-bit samples from which a frame is sound: `silence_threshold` of Asterisk's AMD."""
_PURE: Final = 0.8
"""Share of a frame's energy at 450 Hz from which it is a tone of the network (telecom-facts §3), not speech."""
_SPOKEN: Final = 60
"""Frames of sound (1.2 s) of the shortest announcement; a ringback tone sounds for 1 s."""
_PAUSE: Final = 25
"""Frames (0.5 s) of quiet that end an utterance."""
_LONGEST: Final = 400
"""Frames (8 s): announcements loop, and music never ends."""
_MOST: Final = 3
"""Utterances of one call; who plays music instead of ringing is listened to no longer."""
_ANGLE: Final = 2j * np.pi * 450 / 8000
_REFERENCE: Final = np.exp(-_ANGLE * np.arange(FRAME_SAMPLES)).astype(np.complex64)


class Utterances:
    """Fed with whole frames of A-law by one thread; holds 64 KB at most."""

    __slots__ = ("_given", "_heard", "_quiet", "_spoken")

    def __init__(self) -> None:
        self._heard = bytearray()
        self._spoken = 0
        self._quiet = 0
        self._given = 0

    @property
    def exhausted(self) -> bool:
        """Whether nothing more will come."""
        return self._given >= _MOST

    def feed(self, alaw: bytes) -> list[bytes]:
        """Take some frames; the utterances that are complete by them."""
        found = []
        for start in range(0, len(alaw), FRAME_SAMPLES):
            if self.exhausted:
                break
            utterance = self._feed_frame(alaw[start : start + FRAME_SAMPLES])
            if utterance:
                self._given += 1
                found.append(utterance)
        return found

    def _feed_frame(self, frame: bytes) -> bytes:
        if _is_speech(frame):
            self._spoken += 1
            self._quiet = 0
        elif not self._heard:
            return b""
        else:
            self._quiet += 1
        self._heard += frame
        if self._quiet < _PAUSE and len(self._heard) < _LONGEST * FRAME_SAMPLES:
            return b""
        utterance = bytes(self._heard) if self._spoken >= _SPOKEN else b""
        self._heard.clear()
        self._spoken = self._quiet = 0
        return utterance


def _is_speech(frame: bytes) -> bool:
    samples = decode_alaw(frame)
    if float(np.abs(samples).mean()) < _LOUD or len(samples) != FRAME_SAMPLES:
        return False
    energy = float(np.dot(samples, samples)) * FRAME_SAMPLES / 2
    return float(abs(np.dot(samples, _REFERENCE)) ** 2) < _PURE * energy
