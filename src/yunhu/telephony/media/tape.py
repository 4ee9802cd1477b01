"""Both directions on one time line, for as long as it takes late packets to arrive."""

from typing import Final

from yunhu.telephony.media.g711 import ALAW_SILENCE, FRAME_SAMPLES
from yunhu.telephony.media.rtp import MASK32

_HOLD: Final = 5
"""Frames (100 ms) that stay open for packets out of order."""
_AHEAD: Final = 50 * FRAME_SAMPLES
"""Samples (1 s) that the callee's time stamps may run ahead of the clock; bounds the memory."""
_SILENCE: Final = bytes([ALAW_SILENCE])


class Tape:
    """Positions are samples since the first tick. We write at the present, the callee at its time stamps.

    The first packet is anchored at the present. A packet in order that no longer fits between what was already
    taken and one second ahead moves the anchor to the present: the callee's path or clock has changed.
    """

    __slots__ = (
        "_ahead",
        "_anchor",
        "_anchor_timestamp",
        "_left",
        "_left_size",
        "_right",
        "_right_size",
        "_start",
        "next_timestamp",
    )

    def __init__(self, ahead: int = 0) -> None:
        self._ahead = ahead
        """Frames by which we write ahead of the present."""
        self._left: list[bytes] = []
        """What we send, without a gap."""
        self._left_size = 0
        self._right: list[bytes] = []
        """What was heard, without a gap."""
        self._right_size = 0
        self._start = 0
        """Position of the first octet still here."""
        self._anchor: int | None = None
        self._anchor_timestamp = 0
        self.next_timestamp = -1
        """The time stamp that continues what was heard last; -1 when nothing does."""

    @property
    def now(self) -> int:
        """Position of the present."""
        return self._start + max(0, self._left_size - self._ahead * FRAME_SAMPLES)

    @property
    def settled(self) -> int:
        """Samples that no packet can change any more."""
        return max(0, self._left_size - (_HOLD + self._ahead) * FRAME_SAMPLES)

    def write(self, audio: bytes) -> None:
        """What we send, whole frames of A-law; the present moves on."""
        self._left.append(audio)
        self._left_size += len(audio)

    def skip(self, ticks: int) -> None:
        """Ticks in which nothing was sent."""
        self.write(_SILENCE * (ticks * FRAME_SAMPLES))

    def retract(self, frames: int) -> None:
        """The last frames written were not sent after all."""
        size = max(0, self._left_size - frames * FRAME_SAMPLES)
        self._left[:] = [b"".join(self._left)[:size]]
        self._left_size = size

    def unanchor(self) -> None:
        """The callee's time stamps start anew."""
        self._anchor = None
        self.next_timestamp = -1

    def proceed(self, audio: bytes) -> bool:
        """Append what has the `next_timestamp`; false, and nothing done, where it runs too far ahead."""
        size = len(audio)
        if self._right_size + size > self._left_size + _AHEAD:
            return False
        self._right.append(audio)
        self._right_size += size
        self.next_timestamp = (self.next_timestamp + size) & MASK32
        return True

    def place(self, timestamp: int, audio: bytes, *, in_order: bool, age: int = 0) -> bool:
        """Put what was heard in its place; false when that is already past. `age` is how many samples ago it came."""
        if self._anchor is not None:
            offset = (timestamp - self._anchor_timestamp) & MASK32
            position = self._anchor + (offset - 0x100000000 if offset & 0x80000000 else offset)
            if self._fits(position):
                self._put(position - self._start, timestamp, audio)
                return True
            if not in_order:
                return False
        self._anchor = max(self._start, self.now - age)
        self._anchor_timestamp = timestamp
        self._put(self._anchor - self._start, timestamp, audio)
        return True

    def _fits(self, position: int) -> bool:
        return self._start <= position <= self.now + _AHEAD

    def _put(self, index: int, timestamp: int, audio: bytes) -> None:
        gap = index - self._right_size
        if gap >= 0:
            self._right += (_SILENCE * gap, audio)
            self._right_size = index + len(audio)
            self.next_timestamp = (timestamp + len(audio)) & MASK32
            return
        joined = bytearray(b"".join(self._right))
        joined[index : index + len(audio)] = audio
        if len(joined) > self._right_size:
            self._right_size = len(joined)
            self.next_timestamp = (timestamp + len(audio)) & MASK32
        self._right[:] = [bytes(joined)]

    def take(self, *, everything: bool = False) -> tuple[int, bytes, bytes]:
        """Position, our side and the callee's side of what is settled, equally long; it leaves the tape."""
        size, position = self._left_size if everything else self.settled, self._start
        ours, heard = b"".join(self._left), b"".join(self._right)
        self._left[:] = [ours[size:]]
        self._right[:] = [heard[size:]]
        self._left_size -= size
        self._right_size = len(self._right[0])
        if not self._right_size:
            self.next_timestamp = -1
        self._start += size
        return position, ours[:size], heard[:size].ljust(size, _SILENCE)
