"""The pool of TCP connections on real loopback sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from yunhu.telephony.sip.errors import TransportError
from yunhu.telephony.sip.stats import SipStats
from yunhu.telephony.sip.tcp import MAX_WAITING, TcpCarrier
from yunhu.telephony.sip.timers import LoopTimers
from yunhu.telephony.sip.transport import Hop, Origin, TransportConfig, Transports


class Upstairs:
    """Notes what the layer above would be told."""

    def __init__(self) -> None:
        self.failed: list[tuple[str, str, int]] = []

    def receive(self, data: bytes, origin: Origin) -> None:
        """Nothing is expected."""

    def hop_failed(self, hop: tuple[str, str, int]) -> None:
        self.failed.append(hop)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def pool() -> AsyncIterator[tuple[Transports, Upstairs]]:
    transports = Transports(
        TransportConfig(bind_host="127.0.0.1", port=0), LoopTimers(asyncio.get_running_loop()), SipStats()
    )
    transports.receiver = upstairs = Upstairs()
    await TcpCarrier.open(transports, listen=False)
    try:
        yield transports, upstairs
    finally:
        transports.close()
        await asyncio.sleep(0)


@asynccontextmanager
async def listener(port: int, received: bytearray) -> AsyncIterator[None]:
    writers: list[asyncio.StreamWriter] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        while data := await reader.read(4096):
            received.extend(data)

    server = await asyncio.start_server(take, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()
        for writer in writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_given_a_lost_connection_when_several_requests_leave_at_once_then_all_arrive_in_order() -> None:
    received, port = bytearray(), free_port()
    async with listener(port, received), pool() as (transports, upstairs):
        for number in range(5):
            transports.send(("TCP", "127.0.0.1", port), b"BYE %d;" % number)
        await until(lambda: received == b"BYE 0;BYE 1;BYE 2;BYE 3;BYE 4;")
        assert upstairs.failed == []


async def test_given_nobody_listens_when_requests_leave_then_the_layer_above_is_told_once() -> None:
    port = free_port()
    async with pool() as (transports, upstairs):
        for _ in range(3):
            transports.send(("TCP", "127.0.0.1", port), b"BYE")
        await until(lambda: bool(upstairs.failed))
        assert upstairs.failed == [("TCP", "127.0.0.1", port)]
        with pytest.raises(TransportError):
            await transports.ready(Hop("TCP", "127.0.0.1", port), 2)


async def test_given_a_connection_that_never_stands_when_ever_more_wants_to_leave_then_it_is_bounded() -> (
    None
):
    async with pool() as (transports, _):
        hop = ("TCP", "127.0.0.1", free_port())
        for _ in range(MAX_WAITING):
            transports.send(hop, b"BYE")
        with pytest.raises(TransportError, match="too much waits"):
            transports.send(hop, b"BYE")
