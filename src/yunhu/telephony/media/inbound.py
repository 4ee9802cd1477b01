"""What arrives: datagrams become audio on the tape, _digits, and an account for RTCP."""

import time
from collections.abc import Callable
from typing import Final

from yunhu.telephony.media.datagrams import DatagramReader, run_of_heads
from yunhu.telephony.media.g711 import FRAME_SAMPLES, ULAW_TO_ALAW
from yunhu.telephony.media.latch import SourceLatch
from yunhu.telephony.media.model import Codec, RemoteMedia
from yunhu.telephony.media.rtp import CLOCK_NS, MASK32, Order, ReceiverState, RtpPacket, parse
from yunhu.telephony.media.tape import Tape
from yunhu.telephony.media.telephone_event import DigitReader

_PCMU: Final = 0
_PCMA: Final = 8
_COMFORT_NOISE: Final = 13
"""Static payload types (RFC 3551 §6, RFC 3389 §4)."""
READING: Final = 8
"""Ticks from one reading of a socket to the next."""
_PLAIN_ALAW: Final = 0x8000 | _PCMA
"""Version 2, no padding, no extension, no contributing source, no marker, A-law."""
_OLDEST: Final = READING * FRAME_SAMPLES
"""Samples that a packet waits at most to be read."""
_LONGEST_AUDIO: Final = 960
"""Octets of one packet: 120 ms."""


class Inbound:
    """The receiving side of a session, on the clock's thread."""

    __slots__ = (
        "_alaw",
        "_audio_types",
        "_digits",
        "_event_state",
        "_event_type",
        "_known_types",
        "_on_digit",
        "discarded",
        "heard",
        "latch",
        "listening",
        "state",
        "tape",
    )

    def __init__(self, tape: Tape, on_digit: Callable[[str], None]) -> None:
        self.tape = tape
        """Where audio goes."""
        self.latch = SourceLatch()
        self.state = ReceiverState()
        self._event_state = ReceiverState()
        """Of keys under an SSRC of their own; they must not look like a new start of the audio."""
        self._digits = DigitReader()
        self.discarded = 0
        self.heard = False
        """Set by every accepted packet; whoever watches for silence clears it."""
        self.listening = False
        """Whether the other side is meant to send; what it sends otherwise is only counted."""
        self._on_digit = on_digit
        self._event_type = -1
        self._alaw = False
        """Whether type 8 means what RFC 3551 says; an SDP may not (RFC 3264 leaves the mapping to it)."""
        self._audio_types: dict[int, bytes | None] = {}
        self._known_types: frozenset[int] = frozenset()

    def configure(self, remote: RemoteMedia) -> None:
        """Take the payload types of an SDP. Both static types stay welcome: both are in our offer."""
        self._event_type = -1 if remote.telephone_event is None else remote.telephone_event
        self._audio_types = {
            _PCMA: None,
            _PCMU: ULAW_TO_ALAW,
            remote.payload_type: ULAW_TO_ALAW if remote.codec is Codec.PCMU else None,
        }
        self._alaw = self._audio_types[_PCMA] is None and self._event_type != _PCMA
        self._known_types = frozenset((*self._audio_types, self._event_type, _COMFORT_NOISE))
        self.listening = remote.receive

    def receive(self, reader: DatagramReader, count: int) -> None:
        """Judge and use the datagrams that `reader` holds."""
        taken = self._take_run(reader, count)
        now = time.time_ns() if taken < count else 0
        for index in range(taken, count):
            data, source, arrival_ns = reader.datagram(index)
            self.take(data, source, arrival_ns, age=min(max(0, (now - arrival_ns) // CLOCK_NS), _OLDEST))

    def _take_run(self, reader: DatagramReader, count: int) -> int:
        """The short way of nearly all packets: 20 ms of A-law of the accepted source, each upon the last.

        All or nothing: returns `count` or 0.
        """
        state, tape = self.state, self.tape
        timestamp, sequence = tape.next_timestamp, state.highest + 1
        if (
            not count
            or state.ssrc is None
            or not self._alaw
            or not self.listening
            or timestamp != (state.timestamp + FRAME_SAMPLES) & MASK32
            or not reader.all_frames(count)
        ):
            return 0
        arrivals = reader.arrivals(count)
        if (
            reader.heads(count) != run_of_heads(count, _PLAIN_ALAW, sequence, timestamp, state.ssrc)
            or arrivals[0::3] != (self.latch.locked,) * count
            or not tape.proceed(reader.audio(count))
        ):
            return 0
        state.advance(count, FRAME_SAMPLES, arrivals[1::3], arrivals[2::3])
        self.heard = True
        return count

    def take(self, data: bytes, source: bytes, arrival_ns: int, *, age: int = 0) -> None:
        """Judge and use one datagram that came `age` samples ago; it may be anything, from anybody."""
        packet = parse(data, len(data))
        if (
            packet is None
            or packet.payload_type not in self._known_types
            or not self.latch.admit(source, packet.ssrc, packet.sequence)
        ):
            self.discarded += 1
            return
        order = self._account(packet).update(packet, arrival_ns)
        if order is Order.IMPLAUSIBLE:
            self.discarded += 1
            return
        self.heard = True
        if order is Order.FIRST and packet.payload_type != self._event_type:
            self.tape.unanchor()
        if self.listening:
            self._use(packet, order, data, age)

    def _account(self, packet: RtpPacket) -> ReceiverState:
        """Where a packet counts: keys beside audio of another SSRC (RFC 4733 §2.1 allows it) count apart."""
        apart = packet.payload_type == self._event_type and self.state.ssrc not in (None, packet.ssrc)
        return self._event_state if apart else self.state

    @property
    def received(self) -> int:
        """Accepted packets of audio and keys."""
        return self.state.received + self._event_state.received

    @property
    def lost(self) -> int:
        """Packets of both that never came; negative when duplicates outweigh."""
        return self.state.lost + self._event_state.lost

    def _use(self, packet: RtpPacket, order: Order, data: bytes, age: int) -> None:
        kind = packet.payload_type
        if kind == self._event_type:
            digit = self._digits.read(data[packet.start : packet.end], packet)
            if digit is not None:
                self._on_digit(digit)
        elif 0 < packet.end - packet.start <= _LONGEST_AUDIO and kind in self._audio_types:
            audio = data[packet.start : packet.end]
            table = self._audio_types[kind]
            if table is not None:
                audio = audio.translate(table)
            self.tape.place(packet.timestamp, audio, in_order=order is not Order.LATE, age=age)
