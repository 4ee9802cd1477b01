"""A bad line: a UDP relay between the product and a peer that loses and reorders by script."""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.support.peers.ports import LOOPBACK

Address = tuple[str, int]


@dataclass(frozen=True)
class LossScript:
    """In each block of `block` datagrams (both ways counted together) `lost` vanish and `late` are held back.

    The seed alone decides which; so every run loses the same ones, and no run is lucky.
    """

    seed: int
    block: int = 10
    lost: int = 1
    late: int = 1
    delay: float = 0.06
    """Seconds for which a late datagram is held back: those behind it overtake."""


class _Dice:
    """Fates of datagrams in order."""

    def __init__(self, script: LossScript) -> None:
        self._script = script
        self._random = random.Random(script.seed)
        self._left: list[str] = []

    def next(self) -> str:
        """`pass`, `lost` or `late`."""
        if not self._left:
            script = self._script
            fates = ["lost"] * script.lost + ["late"] * script.late
            self._left = fates + ["pass"] * (script.block - len(fates))
            self._random.shuffle(self._left)
        return self._left.pop()


class _Leg(asyncio.DatagramProtocol):
    """One socket of the relay."""

    def __init__(self, proxy: "LossyProxy", client: Address | None) -> None:
        self._proxy = proxy
        self._client = client

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """From the product on the outer socket, from the peer on a client's own one."""
        self._proxy.relay(data, addr, self._client)

    def error_received(self, exc: Exception) -> None:
        """A refused port is a loss like any other."""


class LossyProxy:
    """Stands at `address` for `target`. Each source gets a socket of its own, so answers find back."""

    def __init__(self, script: LossScript) -> None:
        self._script = script
        self._dice = _Dice(script)
        self._outer: asyncio.DatagramTransport | None = None
        self._inner: dict[Address, asyncio.DatagramTransport] = {}
        self._opening: dict[Address, asyncio.Task[asyncio.DatagramTransport]] = {}
        self.target: Address | None = None
        """The peer; may be set after the start, since a peer may need to know `address` first."""
        self.passed = 0
        self.lost = 0
        self.late = 0

    @property
    def address(self) -> Address:
        """Where the product shall send to."""
        if self._outer is None:
            raise RuntimeError("the proxy is not open")
        host, port = self._outer.get_extra_info("sockname")
        return str(host), int(port)

    async def __aenter__(self) -> Self:
        self._outer = await self._open(None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._opening.values():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for transport in (self._outer, *self._inner.values()):
            if transport is not None:
                transport.close()

    async def _open(self, client: Address | None) -> asyncio.DatagramTransport:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Leg(self, client), local_addr=(LOOPBACK, 0)
        )
        return transport

    def relay(self, data: bytes, source: Address, client: Address | None) -> None:
        """Decide the fate of one datagram and send it on its way."""
        if client is None and source not in self._inner:
            self._meet(source, data)
            return
        fate = self._dice.next()
        if fate == "lost":
            self.lost += 1
        elif fate == "late":
            self.late += 1
            asyncio.get_running_loop().call_later(self._script.delay, self._forward, data, source, client)
        else:
            self.passed += 1
            self._forward(data, source, client)

    def _meet(self, source: Address, data: bytes) -> None:
        """Open the socket of a new source, then relay; what comes in between waits its turn in the task."""
        known = self._opening.get(source)
        task = known or asyncio.get_running_loop().create_task(self._open(source))
        self._opening[source] = task

        def opened(done: "asyncio.Task[asyncio.DatagramTransport]") -> None:
            if not done.cancelled():
                self._inner[source] = done.result()
                self.relay(data, source, None)

        task.add_done_callback(opened)

    def _forward(self, data: bytes, source: Address, client: Address | None) -> None:
        transport, goal = (self._inner[source], self.target) if client is None else (self._outer, client)
        if transport is not None and goal is not None and not transport.is_closing():
            transport.sendto(data, goal)
