"""Whose packets count: symmetric RTP (RFC 4961, RFC 7362 §4) that a stranger cannot hijack."""

from typing import Final

_PROBATION: Final = 5
"""Packets in sequence that an unannounced source must send first (100 ms, compare RFC 3550 A.1)."""
_STREAMS: Final = 4
"""Streams of one source that count at once; a gateway may give key presses an SSRC of their own beside the audio's."""


class SourceLatch:
    """Accepts the source that the SDP announced, or, after the answer, one other that speaks in its stead.

    The announced source wins as soon as it is heard, unless another one was accepted before. Once a source is
    accepted, no other is until the SDP names a new one. Endpoints are compared as 6 octets (port, address).
    """

    __slots__ = ("_announced", "_answered", "_candidate", "_streaks", "locked")

    def __init__(self) -> None:
        self.locked: bytes | None = None
        """The accepted source."""
        self._announced: bytes | None = None
        self._answered = False
        self._candidate = b""
        """The one source on probation; a packet of another one ends it."""
        self._streaks: dict[int, tuple[int, int]] = {}
        """Its SSRCs: the sequence number expected next, and the packets in sequence so far."""

    def announce(self, source: bytes, *, answered: bool) -> None:
        """Take the address of an SDP; the same address again keeps what was accepted."""
        if source != self._announced:
            self._announced = source
            self.locked = None
        self._answered = answered
        self._streaks.clear()

    def admit(self, source: bytes, ssrc: int, sequence: int) -> bool:
        """Whether a well-formed packet from `source` belongs to the call."""
        if self.locked is not None:
            return source == self.locked
        if self._announced is None:
            return False
        if source == self._announced:
            self.locked = source
            return True
        return self._answered and self._on_probation(source, ssrc, sequence)

    def _on_probation(self, source: bytes, ssrc: int, sequence: int) -> bool:
        if source != self._candidate:
            self._candidate = source
            self._streaks.clear()
        expected, streak = self._streaks.pop(ssrc, (sequence, 0))
        streak = streak + 1 if expected == sequence else 1
        if streak >= _PROBATION:
            self.locked = source
            return True
        if len(self._streaks) >= _STREAMS:
            del self._streaks[next(iter(self._streaks))]
        self._streaks[ssrc] = ((sequence + 1) & 0xFFFF, streak)
        return False
