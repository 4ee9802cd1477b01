"""The SMPP adapter: keeps one bound connection alive and submits through it."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import structlog

from yunhu.foundation.clock import Clock, SystemClock
from yunhu.messaging.backoff import Backoff
from yunhu.messaging.ids import stored_form
from yunhu.messaging.port import (
    Accepted,
    ConnectionHealth,
    DeliveryReceipt,
    Envelope,
    InboundMessage,
    RefusalClass,
    Refused,
    ShortMessage,
    SubmitResult,
    SubmitUncertainError,
)
from yunhu.messaging.rate import TokenBucket
from yunhu.messaging.smpp.account import SmppAccount
from yunhu.messaging.smpp.inbox import Inbox
from yunhu.messaging.smpp.outgoing import submit_pdus
from yunhu.messaging.smpp.pdu import Pdu, message_id_of
from yunhu.messaging.smpp.session import AnswerLostError, BindRefusedError, NotSentError, Session
from yunhu.messaging.smpp.status import Status, refusal_class, status_code, status_name
from yunhu.messaging.text import TextRefusedError

_log = structlog.get_logger(__name__)
_THROTTLE_FIRST = 0.1
_THROTTLE_CAP = 5.0
_UNBIND_SECONDS = 2.0


class SmppClient:
    """One SMPP 3.4 account, bound as transceiver. `draw` gives numbers from [0, 1) for the jitter."""

    def __init__(
        self,
        account: SmppAccount,
        clock: Clock | None = None,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._account = account
        self._draw = draw
        self._inbox = Inbox(account, clock or SystemClock())
        self._session: Session | None = None
        self._detail = "not started"
        self._stopping = asyncio.Event()
        self._first_attempt = asyncio.Event()
        self._connector: asyncio.Task[None] | None = None
        self._submits = 0
        self._reference = int(draw() * 256)
        rate = account.messages_per_second
        self._bucket = TokenBucket(rate, max(1.0, rate / 10), time.monotonic)

    @property
    def name(self) -> str:
        """The account's name in the settings."""
        return self._account.name

    # ---- the port

    async def start(self) -> None:
        """Begin to connect; returns when the first attempt succeeded or failed."""
        if self._connector is None:
            self._connector = asyncio.create_task(self._keep_connected(), name=f"smpp-{self.name}")
            self._connector.add_done_callback(self._connector_ended)
        await self._first_attempt.wait()

    async def submit(self, message: ShortMessage) -> SubmitResult:
        """Send every part, one after the other, and wait for the answers; see the port."""
        if self._stopping.is_set():
            return Refused(refusal=RefusalClass.TEMPORARY, code="stopping")
        self._reference = (self._reference + 1) % 256
        try:
            pdus = submit_pdus(message, self._account, self._reference)
        except TextRefusedError as error:
            return Refused(refusal=RefusalClass.PERMANENT, code=error.code, detail=str(error))
        self._submits += 1
        try:
            result = await self._submit_parts(message, pdus)
        finally:
            self._submits -= 1
        outcome = "accepted" if isinstance(result, Accepted) else f"{result.refusal} {result.code}"
        _log.info("sms_submitted", account=self.name, message_id=str(message.message_id), outcome=outcome)
        return result

    def receipts(self) -> AsyncIterator[Envelope[DeliveryReceipt]]:
        """Every receipt, over reconnects, ending after `stop`."""
        return self._inbox.receipts()

    def inbound(self) -> AsyncIterator[Envelope[InboundMessage]]:
        """Every text that phones send to us, ending after `stop`."""
        return self._inbox.texts()

    def health(self) -> ConnectionHealth:
        """How the connection stands."""
        session = self._session
        return ConnectionHealth(
            name=self.name,
            usable=session is not None and not session.closed.done() and not self._stopping.is_set(),
            detail=self._detail,
            outstanding=session.outstanding if session else 0,
        )

    async def stop(self, grace: timedelta) -> None:
        """Refuse new submits, end the iterators, wait for answers both ways, unbind and close."""
        self._stopping.set()
        self._inbox.close()
        deadline = asyncio.get_running_loop().time() + grace.total_seconds()
        while self._session and (self._submits or self._inbox.unanswered):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            await asyncio.wait({self._session.closed}, timeout=min(left, 0.02))
        if self._session is not None:
            await self._session.unbind(_UNBIND_SECONDS)
        if self._connector is not None:
            self._connector.cancel()
            await asyncio.wait({self._connector})
        self._detail = "stopped"

    # ---- submitting

    async def _submit_parts(self, message: ShortMessage, pdus: list[bytes]) -> SubmitResult:
        ids: list[str] = []
        for pdu in pdus:
            try:
                answer = await self._submit_part(pdu)
            except NotSentError as error:
                return Refused(
                    refusal=RefusalClass.TEMPORARY,
                    code="not_connected",
                    detail=str(error),
                    smsc_message_ids=tuple(ids),
                )
            except AnswerLostError as error:
                _log.warning(
                    "sms_uncertain",
                    account=self.name,
                    message_id=str(message.message_id),
                    reason=error.reason,
                )
                raise SubmitUncertainError(error.reason, tuple(ids)) from error
            if answer.status != Status.ROK:
                return Refused(
                    refusal=refusal_class(answer.status),
                    code=status_code(answer.status),
                    detail=status_name(answer.status),
                    smsc_message_ids=tuple(ids),
                )
            ids.append(stored_form(message_id_of(answer)))
        return Accepted(tuple(ids))

    async def _submit_part(self, pdu: bytes) -> Pdu:
        """One part's answer; a throttling centre is asked again until the account's patience ends."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._account.throttle_patience.total_seconds()
        backoff = Backoff(_THROTTLE_FIRST, _THROTTLE_CAP, self._draw)
        while True:
            session = self._session
            if session is None:
                raise NotSentError(self._detail)
            answer = await session.request(pdu, before_send=self._bucket.take)
            if answer.status == Status.ROK or refusal_class(answer.status) is not RefusalClass.THROTTLED:
                return answer
            delay = backoff.next()
            if loop.time() + delay > deadline:
                return answer
            _log.warning(
                "smpp_throttled",
                account=self.name,
                status=status_name(answer.status),
                seconds=round(delay, 2),
            )
            self._bucket.pause(delay)

    # ---- staying connected

    async def _keep_connected(self) -> None:
        account = self._account
        cap = account.reconnect_cap.total_seconds()
        backoff = Backoff(account.reconnect_first.total_seconds(), cap, self._draw)
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            session = await self._connect()
            self._first_attempt.set()
            if session is not None:
                since = loop.time()
                reason = await asyncio.shield(session.closed)
                self._session = None
                self._inbox.forget(session)
                self._detail = reason
                _log.warning("smpp_disconnected", account=self.name, reason=reason)
                if loop.time() - since >= cap:
                    backoff.reset()
            await self._sleep(backoff.next())

    def _connector_ended(self, task: asyncio.Task[None]) -> None:
        """Nobody may wait for a connection that nothing will make."""
        self._first_attempt.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._detail = f"the connection is no longer kept: {type(error).__name__}"
            _log.error("smpp_connector_failed", account=self.name, error=type(error).__name__)

    async def _connect(self) -> Session | None:
        """Connect and bind; None, with the reason in `_detail`, when that failed."""
        account = self._account
        loop = asyncio.get_running_loop()
        session = Session(account, self._inbox.take)
        try:
            async with asyncio.timeout(account.connect_timeout.total_seconds()):
                await loop.create_connection(lambda: session, account.host, account.port)
                await session.bind()
        except BindRefusedError as error:
            self._detail = str(error)
        except (NotSentError, AnswerLostError):
            self._detail = "the centre ended the connection during the bind"
        except TimeoutError:
            self._detail = "no connection, or no answer to the bind, in time"
        except (OSError, UnicodeError) as error:
            self._detail = f"no connection: {getattr(error, 'strerror', None) or type(error).__name__}"
        else:
            self._detail = "bound"
            self._session = session
            _log.info("smpp_bound", account=self.name, host=account.host, port=account.port)
            return session
        finally:
            if self._session is not session:
                session.close("not bound")
        _log.warning("smpp_not_bound", account=self.name, reason=self._detail)
        return None

    async def _sleep(self, seconds: float) -> None:
        """Wait, or less when `stop` comes."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
