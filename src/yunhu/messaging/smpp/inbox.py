"""What the centre delivered, kept unanswered until its reader says that it is safe."""

from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

import structlog

from yunhu.foundation.clock import Clock
from yunhu.messaging.mailbox import Mailbox
from yunhu.messaging.port import DeliveryReceipt, Envelope, InboundMessage
from yunhu.messaging.smpp.account import SmppAccount
from yunhu.messaging.smpp.pdu import Command, Pdu, decode_deliver_sm
from yunhu.messaging.smpp.receipt import is_receipt, read_inbound, read_receipt
from yunhu.messaging.smpp.session import Session
from yunhu.messaging.smpp.status import Status

T = TypeVar("T")
_log = structlog.get_logger(__name__)
_NO_MESSAGE_ID = b"\0"
"""deliver_sm_resp carries an unused, empty message_id (SMPP 3.4 §4.6.2)."""


class SmppEnvelope(Generic[T]):
    """One deliver_sm, answered once."""

    def __init__(self, content: T, answer: Callable[[Status], None]) -> None:
        self._content = content
        self._answer = answer
        self._answered = False

    @property
    def content(self) -> T:
        """What was received."""
        return self._content

    def acknowledge(self) -> None:
        """Answer with ESME_ROK."""
        self._settle(Status.ROK)

    def give_back(self) -> None:
        """Answer with ESME_RX_T_APPN: the centre tries again later."""
        self._settle(Status.RX_T_APPN)

    def _settle(self, status: Status) -> None:
        if not self._answered:
            self._answered = True
            self._answer(status)


class Inbox:
    """Sorts deliver_sm PDUs into receipts and texts. Bounded: what finds no place is given back at once."""

    def __init__(self, account: SmppAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._receipts: Mailbox[SmppEnvelope[DeliveryReceipt]] = Mailbox(account.inbound_buffer)
        self._texts: Mailbox[SmppEnvelope[InboundMessage]] = Mailbox(account.inbound_buffer)
        self._unanswered: set[tuple[Session, int]] = set()

    def take(self, session: Session, pdu: Pdu) -> None:
        """Sort one deliver_sm; a damaged one is rejected for good, because it will not get better."""
        message = decode_deliver_sm(pdu)
        if message is None:
            _log.warning("smpp_unreadable_deliver_sm", account=self._account.name, octets=len(pdu.octets))
            session.answer(Command.DELIVER_SM_RESP, pdu.sequence, Status.RX_R_APPN, _NO_MESSAGE_ID)
            return
        at = self._clock.now()
        answer = self._answerer(session, pdu.sequence)
        if is_receipt(message):
            placed = self._receipts.put(SmppEnvelope(read_receipt(message, at), answer))
        else:
            placed = self._texts.put(SmppEnvelope(read_inbound(message, at), answer))
        if not placed:
            _log.warning("smpp_inbound_given_back", account=self._account.name)
            answer(Status.RX_T_APPN)

    def receipts(self) -> AsyncIterator[Envelope[DeliveryReceipt]]:
        """Receipts until `close`."""
        return self._receipts.items()

    def texts(self) -> AsyncIterator[Envelope[InboundMessage]]:
        """Texts until `close`."""
        return self._texts.items()

    def forget(self, session: Session) -> None:
        """The connection is gone: nobody can answer by it any more, and the centre sends all of it again."""
        self._unanswered = {key for key in self._unanswered if key[0] is not session}

    def close(self) -> None:
        """End both iterators; what was not taken is given back."""
        for receipt in self._receipts.close():
            receipt.give_back()
        for text in self._texts.close():
            text.give_back()

    @property
    def unanswered(self) -> int:
        """Envelopes in the hands of the readers or still waiting for them."""
        return len(self._unanswered)

    def _answerer(self, session: Session, sequence: int) -> Callable[[Status], None]:
        """How to answer this deliver_sm, by the connection that it came by."""
        key = (session, sequence)
        self._unanswered.add(key)

        def answer(status: Status) -> None:
            self._unanswered.discard(key)
            session.answer(Command.DELIVER_SM_RESP, sequence, status, _NO_MESSAGE_ID)

        return answer
