"""Carrying bytes over UDP and TCP (RFC 3261 §18). Knows nothing of what they say."""

import asyncio
import ipaddress
import socket
from functools import lru_cache
from typing import NamedTuple, Protocol

import msgspec

from yunhu.telephony.sip.errors import TransportError
from yunhu.telephony.sip.stats import SipStats
from yunhu.telephony.sip.timers import Timers


class Hop(NamedTuple):
    """Where a request goes next."""

    transport: str
    """`UDP` or `TCP`."""
    host: str
    """Address literal, without brackets."""
    port: int
    trunk: str = ""
    """Name of the trunk that it belongs to; empty for answers to strangers."""

    @property
    def is_reliable(self) -> bool:
        """Whether the transport repeats by itself (RFC 3261 §17.1.1.2)."""
        return self.transport == "TCP"


class Origin(NamedTuple):
    """Where a message came from."""

    transport: str
    host: str
    port: int


class Receiver(Protocol):
    """The layer above."""

    def receive(self, data: bytes, origin: Origin) -> None:
        """One whole message."""

    def hop_failed(self, hop: tuple[str, str, int]) -> None:
        """Nothing more can be sent to this transport, host and port for now; what was under way may be lost."""


class TransportConfig(msgspec.Struct, frozen=True):
    """Sockets of one engine."""

    bind_host: str = "0.0.0.0"  # noqa: S104 - every interface is the sane default of a SIP port
    port: int = 5060
    """Port of UDP and TCP alike; 0 for any free one."""
    advertised_host: str | None = None
    """Address told to peers in Via, Contact and SDP; None for the local address towards each peer."""
    tcp: bool = False
    """Whether to listen on TCP as well."""
    keepalive: float = 25.0
    """Seconds between CRLF pings on TCP connections (RFC 5626 §4.4.1); 0 for none."""
    max_connections: int = 256
    """Most TCP connections, both ways together."""


class Carrier(Protocol):
    """One of UDP and TCP."""

    def send(self, address: tuple[str, int], data: bytes) -> None:
        """Send, or raise `TransportError`."""

    def close(self) -> None:
        """Close every socket."""


class Transports:
    """The sockets of an engine, chosen by hop."""

    def __init__(self, config: TransportConfig, timers: Timers, stats: SipStats) -> None:
        self.config = config
        self.timers = timers
        self.stats = stats
        self.receiver: Receiver | None = None
        self.port = config.port
        """The port really bound, once started."""
        self._carriers: dict[str, Carrier] = {}
        self._local: dict[str, str] = {}

    def has(self, name: str) -> bool:
        """Whether a carrier is in use."""
        return name in self._carriers

    def add(self, name: str, carrier: Carrier) -> None:
        """Take a carrier into use."""
        self._carriers[name] = carrier

    def send(self, hop: tuple[str, str, int], data: bytes) -> None:
        """Send one message. Raises `TransportError` when it did not leave."""
        carrier = self._carriers.get(hop[0])
        if carrier is None:
            raise TransportError(f"there is no {hop[0]} socket")
        carrier.send((hop[1], hop[2]), data)
        self.stats.bytes_sent += len(data)

    async def ready(self, hop: Hop, limit: float) -> None:
        """Wait until a message to the hop can leave at once, at most `limit` seconds. Raises `TransportError`."""
        carrier = self._carriers.get(hop.transport)
        if carrier is None:
            raise TransportError(f"there is no {hop.transport} socket")
        connect = getattr(carrier, "connect", None)
        if connect is not None:
            await connect((hop.host, hop.port), limit)

    def deliver(self, data: bytes, origin: Origin) -> None:
        """Hand a message up."""
        self.stats.bytes_received += len(data)
        if self.receiver is not None:
            self.receiver.receive(data, origin)

    def failed(self, hop: tuple[str, str, int]) -> None:
        """Tell the layer above that a hop is gone."""
        self.stats.transport_errors += 1
        if self.receiver is not None:
            self.receiver.hop_failed(hop)

    def local_host(self, towards: str) -> str:
        """The address that peers at `towards` should send to."""
        if self.config.advertised_host:
            return self.config.advertised_host
        if not is_any(self.config.bind_host):
            return self.config.bind_host
        if towards not in self._local:
            if len(self._local) >= 1024:
                self._local.clear()
            self._local[towards] = _local_address(towards)
        return self._local[towards]

    def close(self) -> None:
        """Close every socket."""
        for carrier in self._carriers.values():
            carrier.close()
        self._carriers.clear()


@lru_cache(maxsize=256)
def is_any(host: str) -> bool:
    """Whether the address means every interface."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


@lru_cache(maxsize=256)
def is_address(host: str) -> bool:
    """Whether the host is an address literal."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _local_address(towards: str) -> str:
    """The local address that the system would send from; no packet leaves for it."""
    family = socket.AF_INET6 if ":" in towards else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((towards, 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


async def resolve(host: str, limit: float) -> str:
    """The first address of a host name; literals as they are. Raises `TransportError`."""
    if is_address(host):
        return host
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(limit):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, TimeoutError) as error:
        raise TransportError(f"the name {host} has no address") from error
    return str(found[0][4][0])
