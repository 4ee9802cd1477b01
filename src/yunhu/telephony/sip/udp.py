"""SIP over UDP (RFC 3261 §18.1.1, §18.2.1)."""

import asyncio
from typing import Any

from yunhu.telephony.sip.errors import TransportError
from yunhu.telephony.sip.transport import Origin, Transports

MAX_DATAGRAM = 65_507
"""Largest UDP payload over IPv4, in bytes."""


class UdpCarrier(asyncio.DatagramProtocol):
    """One socket for everything, so that every request leaves from the port that registered."""

    def __init__(self, transports: Transports) -> None:
        self._transports = transports
        self._endpoint: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, transports: Transports) -> "UdpCarrier":
        """Bind the socket of the configuration and note the port."""
        loop = asyncio.get_running_loop()
        config = transports.config
        carrier = cls(transports)
        endpoint, _ = await loop.create_datagram_endpoint(
            lambda: carrier, local_addr=(config.bind_host, transports.port)
        )
        carrier._endpoint = endpoint
        transports.port = endpoint.get_extra_info("sockname")[1]
        transports.add("UDP", carrier)
        return carrier

    def send(self, address: tuple[str, int], data: bytes) -> None:
        """One datagram. Raises `TransportError` when the socket is closed or the message too long."""
        if self._endpoint is None or self._endpoint.is_closing():
            raise TransportError("the UDP socket is closed")
        if len(data) > MAX_DATAGRAM:
            raise TransportError("the message does not fit into a datagram")
        try:
            self._endpoint.sendto(data, address)
        except (OSError, ValueError) as error:
            raise TransportError("the datagram could not be sent") from error

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        """A datagram; empty ones and bare line breaks are keep-alives."""
        if len(data) > 4 or data.strip(b"\r\n\x00"):
            self._transports.deliver(data, Origin("UDP", addr[0], addr[1]))

    def error_received(self, exc: Exception) -> None:
        """An ICMP error names no request; the transactions' timers find out (RFC 3261 §18.4)."""
        self._transports.stats.transport_errors += 1

    def close(self) -> None:
        """Close the socket."""
        if self._endpoint is not None:
            self._endpoint.close()
