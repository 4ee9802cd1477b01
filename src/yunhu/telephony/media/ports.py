"""Pairs of UDP ports: RTP even, RTCP the next odd one (RFC 3550 §11)."""

import socket
from typing import Final

from yunhu.telephony.media.datagrams import open_socket
from yunhu.telephony.media.errors import MediaPortsExhaustedError

_TRIES: Final = 64
"""How often the system is asked for a port whose neighbour is free as well."""


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
        self._host = host
        self._pairs = range(first + first % 2, last, 2)
        """Even ports whose odd neighbour is within the range; empty means: let the system choose."""
        self._ephemeral = (first, last) == (0, 0)
        self._next = 0

    def bind(self) -> PortPair:
        """Bind the next free pair. Raises `MediaPortsExhaustedError`."""
        pair = self._bind_ephemeral() if self._ephemeral else self._bind_in_range()
        if pair is None:
            raise MediaPortsExhaustedError("no free pair of RTP ports")
        return pair

    def _bind_in_range(self) -> PortPair | None:
        for step in range(len(self._pairs)):
            index = (self._next + step) % len(self._pairs)
            pair = self._try(self._pairs[index])
            if pair is not None:
                self._next = index + 1
                return pair
        return None

    def _bind_ephemeral(self) -> PortPair | None:
        for _ in range(_TRIES):
            try:
                first = open_socket(self._host, 0)
            except OSError:
                return None
            port: int = first.getsockname()[1]
            try:
                other = open_socket(self._host, port ^ 1)
            except OSError:
                first.close()
                continue
            return PortPair(other, first) if port % 2 else PortPair(first, other)
        return None

    def _try(self, port: int) -> PortPair | None:
        try:
            rtp = open_socket(self._host, port)
        except OSError:
            return None
        try:
            return PortPair(rtp, open_socket(self._host, port + 1))
        except OSError:
            rtp.close()
            return None
