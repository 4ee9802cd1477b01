"""SIP over TCP: one connection a peer, reused both ways (RFC 3261 §18)."""

import asyncio

from yunhu.telephony.sip.errors import SipParseError, TransportError
from yunhu.telephony.sip.framing import PING, PONG, StreamFramer
from yunhu.telephony.sip.timers import Timer
from yunhu.telephony.sip.transport import Origin, Transports

MAX_UNSENT = 256 * 1024
"""Most bytes that wait for a slow peer before sending is refused."""
MAX_WAITING = 64
"""Most messages that wait for a connection to stand."""
MAX_HALF_MESSAGE = 32.0
"""Seconds after which a message that has begun must be whole (64 T1)."""

Address = tuple[str, int]


class Connection(asyncio.Protocol):
    """One TCP connection, opened by either side."""

    __slots__ = ("_carrier", "_framer", "_half", "_transport", "address")

    def __init__(self, carrier: "TcpCarrier", address: Address | None = None) -> None:
        self._carrier = carrier
        self._framer = StreamFramer()
        self._transport: asyncio.Transport | None = None
        self._half: Timer | None = None
        self.address: Address = address or ("", 0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection into the pool, or close it when there are too many."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - asyncio's own promise
        self._transport = transport
        if not self.address[0]:
            self.address = transport.get_extra_info("peername")[:2]
        transport.set_write_buffer_limits(high=MAX_UNSENT)
        if not self._carrier.admit(self):
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Cut the stream; a stream that cannot be cut is closed."""
        try:
            messages = self._framer.feed(data)
        except SipParseError:
            self._carrier.transports.stats.malformed += 1
            self.abort()
            return
        for message in messages:
            if message == PING:
                self.write(PONG)
            else:
                self._carrier.transports.deliver(message, Origin("TCP", *self.address))
        self._watch_half()

    def _watch_half(self) -> None:
        if self._half is not None:
            self._half.cancel()
            self._half = None
        if not self._framer.is_idle:
            self._half = self._carrier.transports.timers.later(MAX_HALF_MESSAGE, self.abort)

    def write(self, data: bytes) -> bool:
        """Send; False when the connection is closing or the peer does not read."""
        transport = self._transport
        if transport is None or transport.is_closing() or transport.get_write_buffer_size() > MAX_UNSENT:
            return False
        transport.write(data)
        return True

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the pool and tell the layer above."""
        if self._half is not None:
            self._half.cancel()
        self._carrier.lost(self)


class TcpCarrier:
    """The pool of connections."""

    def __init__(self, transports: Transports) -> None:
        self.transports = transports
        self._connections: dict[Address, Connection] = {}
        self._opening: dict[Address, tuple[asyncio.Task[None], list[bytes]]] = {}
        self._server: asyncio.Server | None = None
        self._ping: Timer | None = None
        self._closed = False

    @classmethod
    async def open(cls, transports: Transports, *, listen: bool) -> "TcpCarrier":
        """Start, and listen on the configured port when wanted."""
        carrier = cls(transports)
        if listen:
            loop = asyncio.get_running_loop()
            carrier._server = await loop.create_server(
                lambda: Connection(carrier), transports.config.bind_host, transports.port
            )
            transports.port = carrier._server.sockets[0].getsockname()[1]
        transports.add("TCP", carrier)
        carrier._schedule_ping()
        return carrier

    def send(self, address: Address, data: bytes) -> None:
        """Write to the peer's connection, opening one in the background when there is none.

        For what is inside a dialog. Callers that may still choose another way await `connect` first: then a failure
        is told at once. Raises `TransportError`.
        """
        connection = self._connections.get(address)
        if connection is None:
            self._reopen(address, data)
        elif not connection.write(data):
            raise TransportError("the peer's connection takes no more")

    async def connect(self, address: Address, limit: float) -> None:
        """See that there is a connection, within `limit` seconds. Raises `TransportError`."""
        if address in self._connections:
            return
        if len(self._connections) >= self.transports.config.max_connections:
            raise TransportError("there are too many connections")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(limit):
                await loop.create_connection(lambda: Connection(self, address), *address)
        except (OSError, TimeoutError) as error:
            raise TransportError("the peer takes no connection") from error

    def _reopen(self, address: Address, data: bytes) -> None:
        """Connect, then send: for requests inside a dialog whose connection went away."""
        if self._closed:
            raise TransportError("the TCP sockets are closed")
        if address in self._opening:
            waiting = self._opening[address][1]
            if len(waiting) >= MAX_WAITING:
                raise TransportError("too much waits for the connection")
            waiting.append(data)
            return
        if len(self._opening) >= self.transports.config.max_connections:
            raise TransportError("there are too many connections")
        waiting = [data]
        task = asyncio.get_running_loop().create_task(self._connect_and_send(address, waiting))
        self._opening[address] = (task, waiting)

    async def _connect_and_send(self, address: Address, waiting: list[bytes]) -> None:
        try:
            await self.connect(address, MAX_HALF_MESSAGE)
        except TransportError:
            self._opening.pop(address, None)
            self.transports.failed(("TCP", *address))
            return
        self._opening.pop(address, None)
        connection = self._connections.get(address)
        if connection is None or not all(connection.write(data) for data in waiting):
            self.transports.failed(("TCP", *address))

    def admit(self, connection: Connection) -> bool:
        """Take a connection into the pool unless it is full or closed."""
        if self._closed or len(self._connections) >= self.transports.config.max_connections:
            return False
        self._connections[connection.address] = connection
        return True

    def lost(self, connection: Connection) -> None:
        """Forget a connection."""
        if self._connections.get(connection.address) is connection:
            del self._connections[connection.address]
            if not self._closed:
                self.transports.failed(("TCP", *connection.address))

    def _schedule_ping(self) -> None:
        if self.transports.config.keepalive:
            self._ping = self.transports.timers.later(self.transports.config.keepalive, self._send_pings)

    def _send_pings(self) -> None:
        for connection in list(self._connections.values()):
            connection.write(PING)
        self._schedule_ping()

    def close(self) -> None:
        """Close the listener and every connection."""
        self._closed = True
        if self._ping is not None:
            self._ping.cancel()
        if self._server is not None:
            self._server.close()
        for task, _ in self._opening.values():
            task.cancel()
        for connection in list(self._connections.values()):
            connection.abort()
