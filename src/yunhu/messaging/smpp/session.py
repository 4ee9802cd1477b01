"""One bound connection: sequence numbers, the outstanding window, keepalive, and answers to the centre."""

import asyncio
from collections.abc import Callable
from typing import cast

import msgspec
import structlog

from yunhu.messaging.smpp.account import SmppAccount
from yunhu.messaging.smpp.pdu import (
    RESPONSE,
    Command,
    Framer,
    FramingError,
    Pdu,
    bind_transceiver_body,
    command_of,
    encode_pdu,
    with_sequence,
)
from yunhu.messaging.smpp.status import Status, status_code, status_name

_log = structlog.get_logger(__name__)
_MAX_SEQUENCE = 0x7FFFFFFF
_MAX_UNREAD_OCTETS = 1 << 20
"""What may wait for a peer that sends without reading; far above a full window of answers."""
_FLUSH_SECONDS = 1.0


class NotSentError(Exception):
    """The connection ended before the request was written: the centre knows nothing of it."""


class AnswerLostError(Exception):
    """The request was written and no answer will come. `reason`: `connection_lost` or `response_timeout`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BindRefusedError(Exception):
    """The centre answered the bind with another status than ESME_ROK."""

    def __init__(self, status: int) -> None:
        super().__init__(f"bind refused: {status_name(status)} ({status_code(status)})")
        self.status = status


class Session(asyncio.Protocol):
    """A connection from its bind to its end. `deliver` gets every deliver_sm, in order, and must not block."""

    def __init__(self, account: SmppAccount, deliver: Callable[["Session", Pdu], None]) -> None:
        self._account = account
        self._deliver = deliver
        self._framer = Framer()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._pending: dict[int, tuple[int, asyncio.Future[Pdu]]] = {}
        self._window = asyncio.Semaphore(account.window)
        self._sequence = 0
        self._heard_at = self._loop.time()
        self._keeper: asyncio.Task[None] | None = None
        self.closed: asyncio.Future[str] = self._loop.create_future()
        """Done when the connection is gone, with the reason."""

    # ---- the life of the connection

    async def bind(self) -> None:
        """Bind as transceiver and start the keepalive. Raises `BindRefusedError` or as `request` does."""
        account = self._account
        body = bind_transceiver_body(account.system_id, account.password, account.system_type)
        answer = await self.request(encode_pdu(Command.BIND_TRANSCEIVER, 0, body=body))
        if answer.status != Status.ROK:
            raise BindRefusedError(answer.status)
        self._keeper = asyncio.create_task(self._keep_alive(), name=f"smpp-keepalive-{account.name}")

    async def unbind(self, timeout_seconds: float) -> None:
        """Take leave of the centre (SMPP 3.4 §4.2), then close whatever it answers."""
        if not self.closed.done():
            try:
                async with asyncio.timeout(timeout_seconds):
                    await self._exchange(encode_pdu(Command.UNBIND, 0))
            except (TimeoutError, NotSentError, AnswerLostError):
                _log.info("smpp_unbind_unanswered", account=self._account.name)
        self.close("unbound", flush=True)

    def close(self, reason: str, *, flush: bool = False) -> None:
        """End the connection; every request without an answer learns that none will come.

        With `flush`, what is written already has one second to leave.
        """
        if self.closed.done():
            return
        self.closed.set_result(reason)
        if self._keeper is not None and self._keeper is not asyncio.current_task():
            self._keeper.cancel()
        if self._transport is not None:
            if flush:
                self._transport.close()
                self._loop.call_later(_FLUSH_SECONDS, self._transport.abort)
            else:
                self._transport.abort()
        for _, future in self._pending.values():
            if not future.done():
                future.set_exception(AnswerLostError("connection_lost"))

    @property
    def outstanding(self) -> int:
        """Requests written and not answered."""
        return len(self._pending)

    # ---- requests of ours

    async def request(self, octets: bytes, *, before_send: Callable[[], float] | None = None) -> Pdu:
        """Write an encoded request under the next sequence number and wait for its answer.

        Waits for a place in the window first; then `before_send` may name seconds to wait still.
        Raises `NotSentError` or `AnswerLostError`.
        """
        async with self._window:
            if before_send is not None and (delay := before_send()) > 0:
                await self._pause(delay)
            return await self._exchange(octets)

    async def _exchange(self, octets: bytes) -> Pdu:
        if self.closed.done() or self._transport is None:
            raise NotSentError(self.closed.result() if self.closed.done() else "not connected")
        sequence = self._next_sequence()
        future: asyncio.Future[Pdu] = self._loop.create_future()
        self._pending[sequence] = (command_of(octets) | RESPONSE, future)
        self._transport.write(with_sequence(octets, sequence))
        try:
            async with asyncio.timeout(self._account.response_timeout.total_seconds()):
                return await future
        except TimeoutError:
            raise AnswerLostError("response_timeout") from None
        finally:
            del self._pending[sequence]

    async def _pause(self, seconds: float) -> None:
        """Sleep, but not beyond the end of the connection."""
        await asyncio.wait({self.closed}, timeout=seconds)

    def _next_sequence(self) -> int:
        while True:
            self._sequence = self._sequence % _MAX_SEQUENCE + 1
            if self._sequence not in self._pending:
                return self._sequence

    async def _keep_alive(self) -> None:
        """Ask an idle connection whether it still lives; a silent one is dead."""
        interval = self._account.enquire_interval.total_seconds()
        while not self.closed.done():
            idle = self._loop.time() - self._heard_at
            if idle < interval:
                await self._pause(interval - idle)
                continue
            try:
                await self._exchange(encode_pdu(Command.ENQUIRE_LINK, 0))
            except AnswerLostError as error:
                if self._loop.time() - self._heard_at >= interval:
                    self.close(f"no answer to enquire_link ({error.reason})")
            except NotSentError:
                return

    # ---- what the centre sends

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: connected."""
        # uvloop's transports are no subclasses of asyncio's, so a type check would fail here.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: the peer or the network ended it."""
        self.close(f"connection lost ({type(exc).__name__})" if exc else "the centre closed the connection")

    def data_received(self, data: bytes) -> None:
        """asyncio: octets of the stream."""
        self._heard_at = self._loop.time()
        try:
            for pdu in self._framer.feed(data):
                if self.closed.done():
                    return
                self._handle(pdu)
        except FramingError as error:
            self.answer(Command.GENERIC_NACK, 0, Status.RINVCMDLEN)
            self.close(f"unreadable stream ({error})", flush=True)

    def answer(self, command: int, sequence: int, status: int = Status.ROK, body: bytes = b"") -> None:
        """Write a response; nothing happens when the connection is gone."""
        if self.closed.done() or self._transport is None:
            return
        self._transport.write(encode_pdu(command, sequence, status=status, body=body))
        if self._transport.get_write_buffer_size() > _MAX_UNREAD_OCTETS:
            self.close("the centre does not read")

    def _handle(self, pdu: Pdu) -> None:
        if pdu.is_response:
            self._handle_answer(pdu)
        elif pdu.command == Command.DELIVER_SM:
            self._deliver(self, pdu)
        elif pdu.command == Command.ENQUIRE_LINK:
            self.answer(Command.ENQUIRE_LINK_RESP, pdu.sequence)
        elif pdu.command == Command.UNBIND:
            self.answer(Command.UNBIND_RESP, pdu.sequence)
            self.close("unbound", flush=True)
        else:
            self.answer(Command.GENERIC_NACK, pdu.sequence, Status.RINVCMDID)

    def _handle_answer(self, pdu: Pdu) -> None:
        """Give an answer to its request: the command must fit, or be generic_nack (SMPP 3.4 §4.3)."""
        expected, future = self._pending.get(pdu.sequence, (0, None))
        if future is None or pdu.command not in (expected, Command.GENERIC_NACK):
            _log.warning("smpp_unexpected_answer", account=self._account.name, command=f"0x{pdu.command:08x}")
        elif not future.done():
            refused_without_reason = pdu.command == Command.GENERIC_NACK and pdu.status == Status.ROK
            future.set_result(
                msgspec.structs.replace(pdu, status=Status.RUNKNOWNERR) if refused_without_reason else pdu
            )
