"""What leaves: one RTP packet a tick (RFC 3550 §5.1, RFC 3551 §4.5.14), speech or silence."""

import secrets
import struct
from collections.abc import Callable
from typing import Final

from yunhu.telephony.media.datagrams import Destination, Outlet
from yunhu.telephony.media.g711 import ALAW_TO_ULAW, FRAME_SAMPLES, SILENT_FRAME
from yunhu.telephony.media.model import Codec, RemoteMedia
from yunhu.telephony.media.playlist import Playlist
from yunhu.telephony.media.rtp import MASK32

_PACKET: Final = struct.Struct(f"!BBHII{FRAME_SAMPLES}s")
"""Fixed header (RFC 3550 §5.1) and one frame."""
_MARKER: Final = 0x80


class Outbound:
    """The sending side of a session, on the clock's thread. The packet is built in place, in one buffer.

    Silence is sent as audio, without suppression, so the marker is set only on the first packet and after a
    pause in sending (RFC 3551 §4.1).
    """

    __slots__ = (
        "_buffer",
        "_marker",
        "_outlet",
        "_send",
        "_sequence",
        "_timestamp_base",
        "_type",
        "_ulaw",
        "destination",
        "packets",
        "playlist",
        "ssrc",
    )

    def __init__(self, descriptor: int, playlist: Playlist) -> None:
        self.playlist = playlist
        self.packets = 0
        self.ssrc = secrets.randbits(32)
        self.destination: Destination | None = None
        """Where to send, by `aim`; None sends nothing."""
        self._send: Callable[[], int] | None = None
        self._sequence = secrets.randbits(16)
        self._timestamp_base = secrets.randbits(32)
        self._type = 0
        self._ulaw = False
        self._marker = _MARKER
        self._buffer = bytearray(_PACKET.size)
        self._outlet = Outlet(descriptor, self._buffer)

    def configure(self, remote: RemoteMedia) -> None:
        """Take codec and payload type of an SDP."""
        self._type = remote.payload_type
        self._ulaw = remote.codec is Codec.PCMU

    def pause(self) -> None:
        """This tick sends nothing; the next packet carries the marker."""
        self._marker = _MARKER

    def timestamp(self, samples: int) -> int:
        """The RTP time stamp of the clock's position `samples`."""
        return (self._timestamp_base + samples) & MASK32

    def aim(self, to: Destination | None) -> None:
        """Send there from now on."""
        self.destination = to
        self._send = None if to is None else self._outlet.towards(to)

    def tick(self, samples: int) -> bytes:
        """Send the next frame, stamped with the clock's position; returns it as A-law, silence if nothing leaves."""
        send = self._send
        if send is None:
            self._marker = _MARKER
            return SILENT_FRAME
        frame = self.playlist.next_frame() or SILENT_FRAME
        sequence = self._sequence
        _PACKET.pack_into(
            self._buffer,
            0,
            0x80,
            self._type | self._marker,
            sequence,
            (self._timestamp_base + samples) & MASK32,
            self.ssrc,
            frame.translate(ALAW_TO_ULAW) if self._ulaw else frame,
        )
        self._marker = 0
        self._sequence = (sequence + 1) & 0xFFFF
        self.packets += 1
        send()
        return frame
