"""Keys sent as RTP packets (RFC 4733 §2): one report a key, however many packets carry it or get lost."""

import struct
from typing import Final

from yunhu.telephony.media.rtp import MASK32, RtpPacket

_KEYS: Final = "0123456789*#ABCD"
"""Event codes 0–15 (§3.2, table 3)."""
_PAYLOAD: Final = struct.Struct("!BBH")
_END: Final = 0x80
_LONGEST_SEGMENT: Final = 0xFFFF
_SEAM: Final = 160
"""Time stamp units (20 ms) that may lie between what a packet covered and the start of the next segment."""
_STRAGGLER: Final = 40_000
"""Units (5 s) by which a packet of an earlier key may be late; what is further back is a new time base."""


class DigitReader:
    """Turns event packets of one stream into digits.

    A key is told at its first packet, so that lost ends do not matter. Packets of one key share a time stamp
    (§2.5.1.2). A key held for longer than 0xFFFF units continues under a new time stamp without a marker
    (§2.5.1.3) and is not told again. Some gateways give events an SSRC of their own, so
    the audio's says nothing here.
    """

    __slots__ = ("_duration", "_ended", "_event", "_ssrc", "_timestamp")

    def __init__(self) -> None:
        self._ssrc: int | None = None
        self._event = -1
        self._timestamp = 0
        self._duration = 0
        self._ended = False

    def read(self, payload: bytes, packet: RtpPacket) -> str | None:
        """The digit when this packet is the first of a key; `payload` may hold anything."""
        if len(payload) < _PAYLOAD.size:
            return None
        event, flags, duration = _PAYLOAD.unpack_from(payload)
        if event >= len(_KEYS):
            return None
        age = (packet.timestamp - self._timestamp) & MASK32
        known = packet.ssrc == self._ssrc
        if known and age == 0 and event == self._event:
            self._duration = max(self._duration, duration)
            self._ended |= bool(flags & _END)
            return None
        if known and age >= MASK32 - _STRAGGLER:
            return None
        continued = known and not packet.marker and self._continues(event, age)
        self._ssrc, self._timestamp = packet.ssrc, packet.timestamp
        self._event, self._duration, self._ended = event, duration, bool(flags & _END)
        return None if continued else _KEYS[event]

    def _continues(self, event: int, age: int) -> bool:
        """Whether an event that starts `age` units later is the next segment of the same key press."""
        if self._ended or event != self._event:
            return False
        return age == _LONGEST_SEGMENT or age <= self._duration + _SEAM
