"""The simulator adapter: an SMSC in the process. What it does with a message follows from the number."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
import structlog

from yunhu.foundation.clock import Clock, SystemClock
from yunhu.foundation.phone import Phone
from yunhu.messaging.address import valid_source
from yunhu.messaging.ids import receipt_forms, stored_form
from yunhu.messaging.mailbox import Mailbox
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
from yunhu.messaging.simulator.behaviour import (
    DEFAULT_BEHAVIOURS,
    RECEIPTS,
    REFUSALS,
    SHOWN_BY_PHONE,
    Behaviour,
    behaviour_of,
)
from yunhu.messaging.simulator.phone_log import PhoneLog
from yunhu.messaging.simulator.spool import ReceiptSpool, SpooledReceipt
from yunhu.messaging.text import Segments, TextRefusedError, segment

T = TypeVar("T")
_log = structlog.get_logger(__name__)


class SimulatorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the simulated centre behaves."""

    directory: Path
    """`sms.jsonl`, what the phones showed, and `receipts/`, what is not acknowledged, are kept here."""
    name: str = "sandbox"
    behaviours: Mapping[str, Behaviour] = DEFAULT_BEHAVIOURS
    """Endings of numbers; every other number is `delivered`."""
    receipt_delay: timedelta = timedelta(milliseconds=300)
    late_receipt_delay: timedelta = timedelta(seconds=30)
    max_parts: int = 10
    inbound_buffer: int = 1000


class SimulatedEnvelope(Generic[T]):
    """Something that the simulated centre keeps until it is acknowledged."""

    def __init__(self, content: T, settle: Callable[[], None], again: Callable[[], None]) -> None:
        self._content = content
        self._settle = settle
        self._again = again
        self._answered = False

    @property
    def content(self) -> T:
        """What was received."""
        return self._content

    def acknowledge(self) -> None:
        """The centre forgets it."""
        self._answer(self._settle)

    def give_back(self) -> None:
        """The centre sends it again."""
        self._answer(self._again)

    def _answer(self, effect: Callable[[], None]) -> None:
        if not self._answered:
            self._answered = True
            effect()


class SimulatedSmsc:
    """An SMSC account that texts nobody."""

    def __init__(self, settings: SimulatorSettings, clock: Clock | None = None) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._phones = PhoneLog(settings.directory / "sms.jsonl")
        self._spool = ReceiptSpool(settings.directory / "receipts")
        self._receipts: Mailbox[SimulatedEnvelope[DeliveryReceipt]] = Mailbox(settings.inbound_buffer)
        self._texts: Mailbox[SimulatedEnvelope[InboundMessage]] = Mailbox(settings.inbound_buffer)
        self._timers: set[asyncio.TimerHandle] = set()
        self._running = False

    @property
    def name(self) -> str:
        """The account's name in the settings."""
        return self._settings.name

    @property
    def phone_log(self) -> Path:
        """Where people find what the phones showed, as JSON lines."""
        return self._phones.path

    async def start(self) -> None:
        """Ready at once; receipts that were never acknowledged come again."""
        if self._running:
            return
        self._running = True
        for receipt in self._spool.open():
            self._schedule_receipt(receipt, None)

    async def submit(self, message: ShortMessage) -> SubmitResult:
        """Do what the destination's last digits say; see the port."""
        if not self._running:
            return Refused(refusal=RefusalClass.TEMPORARY, code="stopping", detail="simulated")
        await asyncio.sleep(0)
        if not valid_source(message.source):
            return Refused(refusal=RefusalClass.PERMANENT, code="invalid_address", detail="source")
        try:
            segments = segment(message.text, reference=0, max_parts=self._settings.max_parts)
        except TextRefusedError as error:
            return Refused(refusal=RefusalClass.PERMANENT, code=error.code, detail=str(error))
        behaviour = behaviour_of(message.destination, self._settings.behaviours)
        _log.info(
            "sms_simulated", account=self.name, message_id=str(message.message_id), behaviour=behaviour.value
        )
        if behaviour in REFUSALS:
            refusal, code, detail = REFUSALS[behaviour]
            return Refused(refusal=refusal, code=code, detail=detail)
        if behaviour in SHOWN_BY_PHONE:
            self._show(message, segments, behaviour)
        if behaviour is Behaviour.CONNECTION_BROKEN:
            raise SubmitUncertainError("connection_lost")
        ids = tuple(stored_form(secrets.token_hex(8)) for _ in segments.parts)
        if message.receipt_wanted and behaviour in RECEIPTS:
            self._owe_receipts(ids, behaviour, message.destination)
        return Accepted(ids)

    def receipts(self) -> AsyncIterator[Envelope[DeliveryReceipt]]:
        """Every receipt, ending after `stop`."""
        return self._receipts.items()

    def inbound(self) -> AsyncIterator[Envelope[InboundMessage]]:
        """Every text given to `receive_from_phone`, ending after `stop`."""
        return self._texts.items()

    def health(self) -> ConnectionHealth:
        """Always well while it runs."""
        detail = "simulated, no text leaves this machine" if self._running else "stopped"
        return ConnectionHealth(name=self.name, usable=self._running, detail=detail, outstanding=0)

    async def stop(self, grace: timedelta) -> None:
        """End the iterators; receipts that were not acknowledged stay in the spool."""
        self._running = False
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._receipts.close()
        self._texts.close()

    def receive_from_phone(self, sender: Phone, recipient: str, text: str) -> None:
        """Let a simulated phone send us a text. It is lost with the process: the phone would send it again."""
        content = InboundMessage(sender=sender, recipient=recipient, text=text, at=self._clock.now())

        def again() -> None:
            self._later(self._settings.receipt_delay, put)

        def put() -> None:
            if not self._texts.put(SimulatedEnvelope(content, _nothing, again)):
                again()

        put()

    def _show(self, message: ShortMessage, segments: Segments, behaviour: Behaviour) -> None:
        self._phones.append(
            {
                "at": self._clock.now(),
                "message_id": message.message_id,
                "to": message.destination.masked,
                "from": message.source,
                "text": message.text,
                "flash": message.flash,
                "alphabet": segments.alphabet,
                "parts": len(segments.parts),
                "behaviour": behaviour,
            }
        )

    def _owe_receipts(self, ids: tuple[str, ...], behaviour: Behaviour, destination: Phone) -> None:
        late = behaviour is Behaviour.LATE_RECEIPT
        due = self._clock.now() + (
            self._settings.late_receipt_delay if late else self._settings.receipt_delay
        )
        state, stat, error_code = RECEIPTS[behaviour]
        for smsc_message_id in ids:
            receipt = SpooledReceipt(smsc_message_id, state, stat, error_code, due)
            self._spool.add(receipt)
            self._schedule_receipt(receipt, destination)

    def _schedule_receipt(self, receipt: SpooledReceipt, destination: Phone | None) -> None:
        """Put the receipt into the mailbox when it is due, and again whenever it comes back."""

        def again() -> None:
            self._later(self._settings.receipt_delay, put)

        def put() -> None:
            content = DeliveryReceipt(
                ids=receipt_forms(receipt.smsc_message_id),
                state=receipt.state,
                stat=receipt.stat,
                error_code=receipt.error_code,
                destination=destination,
                at=self._clock.now(),
            )
            envelope = SimulatedEnvelope(content, lambda: self._spool.settle(receipt), again)
            if not self._receipts.put(envelope):
                again()

        self._later(receipt.due - self._clock.now(), put)

    def _later(self, delay: timedelta, effect: Callable[[], None]) -> None:
        if not self._running:
            return

        def fire() -> None:
            self._timers.discard(handle)
            effect()

        handle = asyncio.get_running_loop().call_later(max(0.0, delay.total_seconds()), fire)
        self._timers.add(handle)


def _nothing() -> None:
    """A text from a phone needs no settling."""
