"""The other side of a call on loopback sockets, made by hand."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from tests.support.media.packets import rtp

from yunhu.telephony.media import Codec, MediaConfig, MediaEvent, MediaPlane, RemoteMedia

LIMIT_SECONDS = 15.0


async def until(condition: Callable[[], bool], limit: float = LIMIT_SECONDS) -> None:
    """Wait for a condition, at most `limit` seconds."""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        await asyncio.sleep(0.005)


class RtpPeer(asyncio.DatagramProtocol):
    """Keeps what it got; echoes it if told so."""

    def __init__(self, *, echo: bool = False) -> None:
        self.packets: list[bytes] = []
        self.sources: list[tuple[str, int]] = []
        self.echo = echo
        self.sequence = 100
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.packets.append(data)
        self.sources.append(addr)
        if self.echo:
            self.send(data, addr[1])

    @property
    def port(self) -> int:
        assert self.transport is not None
        port: int = self.transport.get_extra_info("sockname")[1]
        return port

    @property
    def audio(self) -> bytes:
        """The payloads in order of arrival."""
        return b"".join(packet[12:] for packet in self.packets)

    @property
    def headers(self) -> list[tuple[int, int, int, int, int]]:
        """First octet, second octet, sequence, time stamp, SSRC of each packet."""
        return [struct.unpack_from("!BBHII", packet) for packet in self.packets]

    def send(self, data: bytes, port: int) -> None:
        assert self.transport is not None
        self.transport.sendto(data, ("127.0.0.1", port))

    def speak(self, port: int, frames: int = 1, octet: int = 0x2A, ssrc: int = 0x11223344) -> None:
        """Send frames of one octet, in sequence."""
        for _ in range(frames):
            self.sequence += 1
            self.send(rtp(self.sequence, self.sequence * 160, bytes([octet]) * 160, ssrc=ssrc), port)

    def remote(self, codec: Codec = Codec.PCMA, *, send: bool = True, receive: bool = True) -> RemoteMedia:
        """This peer as its SDP would describe it."""
        payload_type = 8 if codec is Codec.PCMA else 0
        return RemoteMedia("127.0.0.1", self.port, codec, payload_type, 101, send=send, receive=receive)


def even_port() -> int:
    """A port that is free now, and so is the next one."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as second:
                try:
                    second.bind(("127.0.0.1", port ^ 1))
                except OSError:
                    continue
                return port & ~1


@asynccontextmanager
async def peer(*, echo: bool = False, port: int = 0) -> AsyncIterator[RtpPeer]:
    """A peer on a socket of its own."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        lambda: RtpPeer(echo=echo), local_addr=("127.0.0.1", port)
    )
    try:
        yield protocol
    finally:
        transport.close()
        await asyncio.sleep(0)


@asynccontextmanager
async def running_plane(config: MediaConfig | None = None) -> AsyncIterator[MediaPlane]:
    """A started plane on the loopback address."""
    plane = MediaPlane(config or MediaConfig(bind_host="127.0.0.1"))
    await plane.start()
    try:
        yield plane
        assert plane.load.failures == 0
    finally:
        await plane.stop()


def ignore(_event: MediaEvent) -> None:
    """For tests that do not look at events."""
