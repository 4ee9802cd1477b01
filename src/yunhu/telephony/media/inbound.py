"""What arrives: datagrams become audio on the tape, _digits, and an account for RTCP."""

from collections.abc import Callable
from typing import Final

from yunhu.telephony.media.datagrams import DatagramReader
from yunhu.telephony.media.g711 import ULAW_TO_ALAW
from yunhu.telephony.media.latch import SourceLatch
from yunhu.telephony.media.model import Codec, RemoteMedia
from yunhu.telephony.media.rtp import Order, ReceiverState, RtpPacket, parse
from yunhu.telephony.media.tape import Tape
from yunhu.telephony.media.telephone_event import DigitReader

_PCMU: Final = 0
_PCMA: Final = 8
_COMFORT_NOISE: Final = 13
"""Static payload types (RFC 3551 §6, RFC 3389 §4)."""
_LONGEST_AUDIO: Final = 960
"""Octets of one packet: 120 ms."""


class Inbound:
    """The receiving side of a session, on the clock's thread."""

    __slots__ = (
        "_audio_types",
        "_digits",
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
        self._digits = DigitReader()
        self.discarded = 0
        self.heard = False
        """Set by every accepted packet; whoever watches for silence clears it."""
        self.listening = False
        """Whether the other side is meant to send; what it sends otherwise is only counted."""
        self._on_digit = on_digit
        self._event_type = -1
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
        self._known_types = frozenset((*self._audio_types, self._event_type, _COMFORT_NOISE))
        self.listening = remote.receive

    def take(self, reader: DatagramReader, size: int) -> None:
        """Judge and use the datagram that `reader` holds; it may be anything, from anybody."""
        packet = parse(reader.data, size)
        if (
            packet is None
            or packet.payload_type not in self._known_types
            or not self.latch.admit(bytes(reader.source[2:8]), packet.ssrc, packet.sequence)
        ):
            self.discarded += 1
            return
        order = self.state.update(packet, reader.arrival_ns())
        if order is Order.IMPLAUSIBLE:
            self.discarded += 1
            return
        self.heard = True
        if order is Order.FIRST:
            self.tape.unanchor()
        if self.listening:
            self._use(packet, order, reader.data)

    def _use(self, packet: RtpPacket, order: Order, data: bytearray) -> None:
        kind = packet.payload_type
        if kind == self._event_type:
            payload = bytes(data[packet.start : packet.end])
            digit = self._digits.read(payload, packet)
            if digit is not None:
                self._on_digit(digit)
        elif 0 < packet.end - packet.start <= _LONGEST_AUDIO and kind in self._audio_types:
            audio = data[packet.start : packet.end]
            table = self._audio_types[kind]
            if table is not None:
                audio = audio.translate(table)
            self.tape.place(packet.timestamp, audio, in_order=order is not Order.LATE)
