"""Both directions on one time line, for as long as it takes late packets to arrive."""

from typing import Final

from yunhu.telephony.media.g711 import ALAW_SILENCE, FRAME_SAMPLES
from yunhu.telephony.media.rtp import MASK32

_HOLD: Final = 5 * FRAME_SAMPLES
"""Samples (100 ms) that stay open for packets out of order."""
_AHEAD: Final = 50 * FRAME_SAMPLES
"""Samples (1 s) that the callee's time stamps may run ahead of the clock; bounds the memory."""
_SILENCE: Final = bytes([ALAW_SILENCE])


class Tape:
    """Positions are samples since the first tick. We write at the present, the callee at its time stamps.

    The first packet is anchored at the present. A packet in order that no longer fits between what was already
    taken and one second ahead moves the anchor to the present: the callee's path or clock has changed.
    """

    __slots__ = ("_anchor", "_anchor_timestamp", "_left", "_right", "_start")

    def __init__(self) -> None:
        self._left = bytearray()
        self._right = bytearray()
        self._start = 0
        """Position of the first octet still here."""
        self._anchor: int | None = None
        self._anchor_timestamp = 0

    @property
    def now(self) -> int:
        """Position of the present."""
        return self._start + len(self._left)

    def write(self, frame: bytes) -> None:
        """What we sent in this tick, 160 octets of A-law; the present moves on."""
        self._left += frame

    def skip(self, ticks: int) -> None:
        """Ticks in which nothing was sent."""
        self._left += _SILENCE * (ticks * FRAME_SAMPLES)

    def unanchor(self) -> None:
        """The callee's time stamps start anew."""
        self._anchor = None

    def place(self, timestamp: int, audio: bytes | bytearray, *, in_order: bool) -> bool:
        """Put what was heard in its place; false when that is already past."""
        if self._anchor is not None:
            offset = (timestamp - self._anchor_timestamp) & MASK32
            position = self._anchor + (offset - 0x100000000 if offset & 0x80000000 else offset)
            if self._fits(position):
                self._put(position - self._start, audio)
                return True
            if not in_order:
                return False
        self._anchor = self.now
        self._anchor_timestamp = timestamp
        self._put(self._anchor - self._start, audio)
        return True

    def _fits(self, position: int) -> bool:
        return self._start <= position <= self.now + _AHEAD

    def _put(self, index: int, audio: bytes | bytearray) -> None:
        gap = index - len(self._right)
        if gap == 0:
            self._right += audio
            return
        if gap > 0:
            self._right += _SILENCE * gap
        self._right[index : index + len(audio)] = audio

    def take(self, *, everything: bool = False) -> tuple[int, bytes, bytes]:
        """Position, our side and the callee's side of what is settled, equally long; it leaves the tape."""
        size = len(self._left) if everything else max(0, len(self._left) - _HOLD)
        left = bytes(self._left[:size])
        right = bytes(self._right[:size]).ljust(size, _SILENCE)
        position = self._start
        del self._left[:size]
        del self._right[:size]
        self._start += size
        return position, left, right
