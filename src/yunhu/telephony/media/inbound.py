"""What arrives: datagrams become audio on the tape, _digits, and an account for RTCP."""

from collections.abc import Callable
from typing import Final

from yunhu.telephony.media.datagrams import DatagramReader
from yunhu.telephony.media.g711 import ULAW_TO_ALAW
from yunhu.telephony.media.latch import SourceLatch
from yunhu.telephony.media.model import Codec, RemoteMedia
from yunhu.telephony.media.rtp import HEADER, HEADER_SIZE, Order, ReceiverState, RtpPacket, parse
from yunhu.telephony.media.tape import Tape
from yunhu.telephony.media.telephone_event import DigitReader

_PCMU: Final = 0
_PCMA: Final = 8
_COMFORT_NOISE: Final = 13
"""Static payload types (RFC 3551 §6, RFC 3389 §4)."""
_PLAIN: Final = 0x80
"""Version 2, no padding, no extension, no contributing source."""
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

    def take(self, reader: DatagramReader, size: int) -> None:
        """Judge and use the datagram that `reader` holds; it may be anything, from anybody."""
        if self._take_next(reader, size):
            return
        packet = parse(reader.data, size)
        if (
            packet is None
            or packet.payload_type not in self._known_types
            or not self.latch.admit(reader.source, packet.ssrc, packet.sequence)
        ):
            self.discarded += 1
            return
        order = self._account(packet).update(packet, reader.arrival_ns)
        if order is Order.IMPLAUSIBLE:
            self.discarded += 1
            return
        self.heard = True
        if order is Order.FIRST and packet.payload_type != self._event_type:
            self.tape.unanchor()
        if self.listening:
            self._use(packet, order, reader.data)

    def _take_next(self, reader: DatagramReader, size: int) -> bool:
        """The short way of nearly all packets: A-law of the accepted source, in sequence, nothing unusual in it."""
        if not HEADER_SIZE < size <= HEADER_SIZE + _LONGEST_AUDIO or reader.source != self.latch.locked:
            return False
        first, second, sequence, timestamp, ssrc = HEADER.unpack_from(reader.data)
        if first != _PLAIN or second != _PCMA or not self._alaw:
            return False
        if not self.state.advance(ssrc, sequence, timestamp, reader.arrival_ns):
            return False
        self.heard = True
        if self.listening:
            self.tape.place(timestamp, reader.data[HEADER_SIZE:size], in_order=True)
        return True

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
