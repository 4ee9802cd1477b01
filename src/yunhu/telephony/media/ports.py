"""Pairs of UDP ports: RTP even, RTCP the next odd one (RFC 3550 §11)."""

import errno
import secrets
import socket
from pathlib import Path
from typing import Final

from yunhu.telephony.media.datagrams import open_socket
from yunhu.telephony.media.errors import MediaPortsExhaustedError

_RANGE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUAL_RANGE: Final = (32768, 60999)


class PortPair:
    """The two bound sockets of one session."""

    __slots__ = ("port", "rtcp", "rtp")

    def __init__(self, rtp: socket.socket, rtcp: socket.socket) -> None:
        self.rtp = rtp
        self.rtcp = rtcp
        self.port: int = rtp.getsockname()[1]
        """The RTP port."""

    def close(self) -> None:
        """Give both ports back."""
        self.rtp.close()
        self.rtcp.close()


class PortAllocator:
    """Binds pairs, walking round the range so that a port rests as long as possible after a call."""

    def __init__(self, host: str, first: int, last: int) -> None:
        """0 and 0 stand for the range from which the system itself chooses."""
        self._host = host
        whole = (first, last) == (0, 0)
        first, last = _system_range() if whole else (first, last)
        self._pairs = range(first + first % 2, last, 2)
        """Even ports whose odd neighbour is within the range."""
        self._next = secrets.randbelow(max(1, len(self._pairs))) if whole else 0

    def bind(self) -> PortPair:
        """Bind the next free pair. Raises `MediaPortsExhaustedError`."""
        for step in range(len(self._pairs)):
            index = (self._next + step) % len(self._pairs)
            try:
                pair = self._try(self._pairs[index])
            except OSError as error:
                raise MediaPortsExhaustedError("no socket for RTP") from error
            if pair is not None:
                self._next = index + 1
                return pair
        raise MediaPortsExhaustedError("no free pair of RTP ports")

    def _try(self, port: int) -> PortPair | None:
        """Both by name: a port that the system chose would be lost with the association of its socket (connect(2))."""
        rtp = self._open(port)
        if rtp is None:
            return None
        try:
            rtcp = self._open(port + 1)
        except OSError:
            rtp.close()
            raise
        if rtcp is None:
            rtp.close()
            return None
        return PortPair(rtp, rtcp)

    def _open(self, port: int) -> socket.socket | None:
        """None where the port is taken. Raises OSError when the system has no socket at all."""
        try:
            return open_socket(self._host, port)
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return None
            raise


def _system_range() -> tuple[int, int]:
    """ip(7): `ip_local_port_range`."""
    try:
        first, last = _RANGE.read_text(encoding="ascii").split()
    except OSError:
        return _USUAL_RANGE
    return int(first), int(last)
