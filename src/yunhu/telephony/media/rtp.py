"""RTP (RFC 3550 §5.1): the header, and what a receiver keeps account of (appendices A.1, A.3, A.8)."""

import struct
from collections.abc import Sequence
from enum import Enum
from typing import Final, NamedTuple

HEADER_SIZE: Final = 12
MASK32: Final = 0xFFFFFFFF
HEADER: Final = struct.Struct("!BBHII")
"""Version to CSRC count, marker and payload type, sequence, time stamp, SSRC."""
_LENGTH: Final = struct.Struct("!H")
_LARGEST_PACKET: Final = 1500
_MAX_DROPOUT: Final = 3000
_MAX_MISORDER: Final = 100
CLOCK_NS: Final = 125_000
"""Nanoseconds of one time stamp unit at 8 kHz."""
_SECOND_NS: Final = 1_000_000_000


class RtpPacket(NamedTuple):
    """A received header; the payload is `data[start:end]`."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    start: int
    end: int


def parse(data: bytearray | bytes, size: int) -> RtpPacket | None:
    """Read the first `size` octets as RTP version 2; nothing when they are not (RFC 3550 §5.1, A.1)."""
    if not HEADER_SIZE <= size <= _LARGEST_PACKET:
        return None
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    if first & 0xC0 != 0x80:
        return None
    start, end = HEADER_SIZE, size
    if first & 0x3F:
        bounds = _payload_bounds(data, size, first)
        if bounds is None:
            return None
        start, end = bounds
    return RtpPacket(second & 0x7F, second >= 0x80, sequence, timestamp, ssrc, start, end)


def _payload_bounds(data: bytearray | bytes, size: int, first: int) -> tuple[int, int] | None:
    """Where the payload lies behind contributing sources and an extension, and before padding."""
    start = HEADER_SIZE + 4 * (first & 0x0F)
    if first & 0x10:
        if start + 4 > size:
            return None
        (words,) = _LENGTH.unpack_from(data, start + 2)
        start += 4 + 4 * words
    end = size
    if first & 0x20:
        padding = data[size - 1]
        if padding == 0:
            return None
        end -= padding
    return (start, end) if start <= end else None


class Order(Enum):
    """How a packet relates to those before it."""

    NEWEST = "newest"
    FIRST = "first"
    """The first of a stream: the start, another SSRC, or a restart of the sequence."""
    LATE = "late"
    """Out of order or a duplicate."""
    IMPLAUSIBLE = "implausible"
    """Too far off to be of this stream, unless the next one follows it."""


class ReceiverState:
    """Account of one received stream; survives changes of SSRC."""

    __slots__ = (
        "_bad",
        "_base",
        "_cycles",
        "_expected_before",
        "_jitter_ns",
        "_received_of_stream",
        "_reported",
        "arrival_ns",
        "highest",
        "received",
        "ssrc",
        "timestamp",
    )

    def __init__(self) -> None:
        self.ssrc: int | None = None
        self.received = 0
        """Packets of all streams."""
        self._base = 0
        self._bad = -1
        self._cycles = 0
        self.highest = 0
        """Sequence number of the newest packet, without its cycles."""
        self._received_of_stream = 0
        self._expected_before = 0
        self._jitter_ns = 0.0
        self.timestamp = 0
        self.arrival_ns = 0
        """Time stamp and arrival of the packet before; of no meaning until there was one."""
        self._reported = (0, 0)

    def update(self, packet: RtpPacket, arrival_ns: int) -> Order:
        """Take a packet into the account."""
        order = self._order(packet.ssrc, packet.sequence)
        if order is Order.IMPLAUSIBLE:
            return order
        self.received += 1
        self._received_of_stream += 1
        if order is not Order.FIRST:
            self._update_jitter(packet.timestamp, arrival_ns)
        self.timestamp, self.arrival_ns = packet.timestamp, arrival_ns
        return order

    def advance(self, packets: int, samples: int, seconds: Sequence[int], nanoseconds: Sequence[int]) -> None:
        """Count packets of `samples` each that followed upon the last one, by their times of arrival."""
        self.highest += packets
        self.received += packets
        self._received_of_stream += packets
        self.timestamp = (self.timestamp + packets * samples) & MASK32
        before, jitter, period = self.arrival_ns, self._jitter_ns, samples * CLOCK_NS
        self.arrival_ns = seconds[-1] * _SECOND_NS + nanoseconds[-1]
        if 0 <= self.arrival_ns - before < _SECOND_NS:
            # Less than a second has passed, so nanoseconds tell arrivals apart without their seconds.
            last = before % _SECOND_NS
            for arrival in nanoseconds:
                jitter += (abs((arrival - last) % _SECOND_NS - period) - jitter) / 16
                last = arrival
        else:
            for second, nanosecond in zip(seconds, nanoseconds, strict=True):
                arrival = second * _SECOND_NS + nanosecond
                jitter += (abs(arrival - before - period) - jitter) / 16
                before = arrival
        self._jitter_ns = jitter

    def _order(self, ssrc: int, sequence: int) -> Order:
        if ssrc != self.ssrc:
            self._restart(ssrc, sequence)
            return Order.FIRST
        delta = (sequence - self.highest) & 0xFFFF
        if 0 < delta < _MAX_DROPOUT:
            if sequence < self.highest:
                self._cycles += 0x10000
            self.highest = sequence
            return Order.NEWEST
        if delta == 0 or delta > 0x10000 - _MAX_MISORDER:
            return Order.LATE
        if sequence == self._bad:
            self._restart(ssrc, sequence)
            return Order.FIRST
        self._bad = (sequence + 1) & 0xFFFF
        return Order.IMPLAUSIBLE

    def _restart(self, ssrc: int, sequence: int) -> None:
        self._expected_before += self._expected_of_stream
        self.ssrc = ssrc
        self._base = self.highest = sequence
        self._cycles = 0
        self._bad = -1
        self._received_of_stream = 0
        self._reported = (0, 0)

    def _update_jitter(self, timestamp: int, arrival_ns: int) -> None:
        sent = (timestamp - self.timestamp) & MASK32
        if sent & 0x80000000:
            sent -= 0x100000000
        difference = abs(arrival_ns - self.arrival_ns - sent * CLOCK_NS)
        self._jitter_ns += (difference - self._jitter_ns) / 16

    @property
    def _expected_of_stream(self) -> int:
        return 0 if self.ssrc is None else self._cycles + self.highest - self._base + 1

    @property
    def extended_highest(self) -> int:
        """Highest sequence number with its cycles (§6.4.1)."""
        return (self._cycles + self.highest) & MASK32

    @property
    def jitter(self) -> int:
        """Interarrival jitter in time stamp units (§6.4.1)."""
        return min(int(self._jitter_ns / CLOCK_NS), MASK32)

    @property
    def jitter_ms(self) -> float:
        """Interarrival jitter in milliseconds."""
        return round(self._jitter_ns / 1_000_000, 3)

    @property
    def lost(self) -> int:
        """Packets of all streams that never came; negative when duplicates outweigh."""
        return self._expected_before + self._expected_of_stream - self.received

    @property
    def lost_of_stream(self) -> int:
        """The same for the present SSRC, as reports want it (§6.4.1)."""
        return self._expected_of_stream - self._received_of_stream

    def fraction_lost(self) -> int:
        """Share lost since the last question, in 1/256 (A.3)."""
        expected, received = self._expected_of_stream, self._received_of_stream
        expected_before, received_before = self._reported
        self._reported = (expected, received)
        interval = expected - expected_before
        lost = interval - (received - received_before)
        return 0 if interval <= 0 or lost <= 0 else min(255, (lost << 8) // interval)
