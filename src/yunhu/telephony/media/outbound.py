"""What leaves: one RTP packet a tick (RFC 3550 §5.1, RFC 3551 §4.5.14), speech or silence, made four at a time."""

import secrets
import struct
from typing import Final

from yunhu.telephony.media.datagrams import Destination, Outlet
from yunhu.telephony.media.departures import Departure
from yunhu.telephony.media.g711 import ALAW_TO_ULAW, FRAME_SAMPLES, SILENT_FRAME
from yunhu.telephony.media.model import Codec, RemoteMedia
from yunhu.telephony.media.playlist import Playlist
from yunhu.telephony.media.rtp import MASK32

BATCH: Final = 4
"""Packets made at a time. What is asked of a session meanwhile takes effect with the next ones, within 80 ms."""
_PACKETS: Final = struct.Struct("!" + f"BBHII{FRAME_SAMPLES}s" * BATCH)
"""Fixed headers (RFC 3550 §5.1), each with one frame."""
_START: Final = struct.Struct("!IIH")
"""SSRC, time stamp and sequence number of a session's start; one question to the system instead of three."""
_SILENT: Final = SILENT_FRAME * BATCH
_MARKER: Final = 0x80


class Outbound:
    """The sending side of a session, on the clock's thread. The packets are built in place, in one buffer.

    Silence is sent as audio, without suppression, so the marker is set only on the first packet and after a
    pause in sending (RFC 3551 §4.1).
    """

    __slots__ = (
        "_buffer",
        "_made",
        "_marker",
        "_outlet",
        "_sequence",
        "_timestamp_base",
        "_type",
        "_ulaw",
        "destination",
        "packets",
        "playlist",
        "sends",
        "ssrc",
    )

    def __init__(self, descriptor: int, playlist: Playlist) -> None:
        self.playlist = playlist
        self.packets = 0
        """Packets that have left."""
        self.ssrc: int
        self._timestamp_base: int
        self._sequence: int
        self.ssrc, self._timestamp_base, self._sequence = _START.unpack(secrets.token_bytes(_START.size))
        self.destination: Destination | None = None
        """Where to send, by `aim`; None sends nothing."""
        self.sends: tuple[Departure, ...] = ()
        """Each of the packets, ready to leave; empty where none is to."""
        self._type = 0
        self._ulaw = False
        self._marker = _MARKER
        self._made = 0
        """Packets in the buffer that are leaving."""
        self._buffer = bytearray(_PACKETS.size)
        self._outlet = Outlet(descriptor, self._buffer, parts=BATCH)

    def configure(self, remote: RemoteMedia) -> None:
        """Take codec and payload type of an SDP."""
        self._type = remote.payload_type
        self._ulaw = remote.codec is Codec.PCMU

    def pause(self) -> None:
        """Ticks pass without a packet; the next packet made carries the marker."""
        self._marker = _MARKER

    def timestamp(self, samples: int) -> int:
        """The RTP time stamp of the clock's position `samples`."""
        return (self._timestamp_base + samples) & MASK32

    def aim(self, to: Destination | None, *, associated: bool = False) -> None:
        """Send there from now on; `associated` says that the socket knows no other destination."""
        self.destination = to
        if to is None:
            self.sends = ()
        else:
            self.sends = self._outlet.onwards() if associated else self._outlet.towards(to)

    def make(self, samples: int) -> bytes:
        """Make the packets of the next four ticks, the first at the clock's position `samples`.

        Returns their audio as A-law. What was made before has left by now.
        """
        self.packets += self._made
        if not self.sends:
            self._made = 0
            self._marker = _MARKER
            return _SILENT
        audio = self.playlist.take(BATCH) or _SILENT
        sent = audio.translate(ALAW_TO_ULAW) if self._ulaw else audio
        kind, ssrc, sequence, timestamp = (
            self._type,
            self.ssrc,
            self._sequence,
            self._timestamp_base + samples,
        )
        _PACKETS.pack_into(
            self._buffer, 0,
            0x80, kind | self._marker, sequence, timestamp & MASK32, ssrc, sent[:160],
            0x80, kind, (sequence + 1) & 0xFFFF, (timestamp + 160) & MASK32, ssrc, sent[160:320],
            0x80, kind, (sequence + 2) & 0xFFFF, (timestamp + 320) & MASK32, ssrc, sent[320:480],
            0x80, kind, (sequence + 3) & 0xFFFF, (timestamp + 480) & MASK32, ssrc, sent[480:],
        )  # fmt: skip
        self._marker = 0
        self._sequence = (sequence + BATCH) & 0xFFFF
        self._made = BATCH
        return audio

    def stop(self, left: int) -> None:
        """Nothing leaves any more; `left` is how many of the packets made last have left."""
        self.packets += min(left, self._made)
        self._made = 0
        self.aim(None)
