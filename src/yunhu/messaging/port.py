"""What the house asks of any connection to a short message centre (SMSC).

The rules of the contract, for the caller that keeps messages in a database:

1. Commit "this message is being submitted" **before** calling `submit`. A process that dies inside `submit`
   leaves the outcome unknown, exactly like `SubmitUncertainError`: only a receipt may settle such a message.
2. `submit` returned `Accepted`: commit the ids, one a part. Receipts carry those ids.
3. `submit` returned `Refused`: nothing (more) was taken by the SMSC. `permanent` is final; `temporary` and
   `throttled` may be submitted again later as a new attempt, while the message is still worth sending.
4. `submit` raised `SubmitUncertainError` or was cancelled: the phone may or may not get the message. Never
   submit it again by yourself; wait until the receipt's deadline, then record "unknown". The ids of its last
   part are not known, so a receipt for it can be told only by `destination` and time.
5. Take receipts with `async for`, commit what each says, and only then `acknowledge` it. What is not
   acknowledged comes again, after a reconnect or a restart, so handling must be idempotent (by id and state).
6. A receipt may come before the ids that `submit` returned are committed. Persist a receipt that matches
   nothing, acknowledge it, and look for it when ids are committed. `give_back` is for what cannot be persisted
   now, such as while the database is away: centres send again, but some give up after a few tries.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import msgspec

from yunhu.foundation.phone import Phone

T_co = TypeVar("T_co", covariant=True)


class ShortMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One text to one phone, as the caller committed it."""

    message_id: UUID
    """The caller's id; it is in every log line. It never goes over the wire."""
    destination: Phone
    source: str
    """What the phone shows as the sender: the account's access code, digits as the carrier allotted them."""
    text: str
    """The whole text; the adapter chooses the alphabet and cuts it into parts."""
    flash: bool = False
    """Class 0: shown at once and not stored, where the network supports it."""
    receipt_wanted: bool = True
    validity: timedelta | None = None
    """How long the SMSC keeps trying; None leaves it to the SMSC. Whole seconds, at most 30 days are sent."""


class RefusalClass(StrEnum):
    """What a refusal means for another attempt."""

    PERMANENT = "permanent"
    """The same message will be refused again."""
    TEMPORARY = "temporary"
    """Nothing is wrong with the message: the SMSC or the connection to it is not well."""
    THROTTLED = "throttled"
    """We are too fast or our queue at the SMSC is full, and waiting inside `submit` did not help."""


class Accepted(msgspec.Struct, frozen=True, tag="accepted"):
    """The SMSC took every part. That says nothing about the phone: only a receipt does."""

    smsc_message_ids: tuple[str, ...]
    """One a part, in the order of the parts, in the form that receipts are matched by (`messaging.ids`).

    An empty string stands for a part that the SMSC accepted without naming it; no receipt can be told to
    belong to that part.
    """


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """The SMSC (or this machine, before anything left it) did not take the message."""

    refusal: RefusalClass
    code: str
    """The raw command status as `0x00000058`, or one of our own, when nothing left the machine:
    `not_connected`, `stopping`, `empty_text`, `text_too_long`, `invalid_text`, `invalid_address`."""
    detail: str = ""
    """For people: the status' name or the limit that was passed. No phone number, no text."""
    smsc_message_ids: tuple[str, ...] = ()
    """Parts taken before this refusal. A phone never shows an incomplete message as a whole, but the parts
    are charged; a new attempt sends all parts again."""


SubmitResult = Accepted | Refused


class SubmitUncertainError(Exception):
    """The request may have left the machine and no answer came: the phone may or may not get the message.

    The caller treats the outcome as unknown and never submits the message again by itself.
    """

    def __init__(self, reason: str, smsc_message_ids: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        """`connection_lost` or `response_timeout`."""
        self.smsc_message_ids = smsc_message_ids
        """Ids of the earlier parts, which the SMSC did take; keep them, their receipts are still coming."""


class MessageState(StrEnum):
    """What the SMSC says of one part (SMPP 3.4 §5.2.28; SMGP's `stat` names the same states)."""

    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    EXPIRED = "expired"
    REJECTED = "rejected"
    DELETED = "deleted"
    ACCEPTED = "accepted"
    """Read by the SMSC's customer service on the subscriber's behalf; not the handset."""
    UNKNOWN = "unknown"
    """The SMSC does not know, or said something that is not in the table: see `stat`."""
    ENROUTE = "enroute"
    """Not final: more receipts follow."""

    @property
    def final(self) -> bool:
        """Whether no other state can follow."""
        return self not in (MessageState.ENROUTE, MessageState.UNKNOWN)


class DeliveryReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """The SMSC's word on one part of one message."""

    ids: tuple[str, ...]
    """Ids that the part may have been accepted under, best first: the id as it stands, then its decimal and
    hexadecimal twin, because some centres answer in one and report in the other. Look the first up; use the
    others only together with `destination`. Empty when the receipt names no message: record and acknowledge.
    """
    state: MessageState
    stat: str
    """The raw state, `DELIVRD` or a carrier's own such as `MK:0012`; at most 32 printable characters."""
    error_code: str
    """The raw `err` field or network_error_code; empty when there is none. At most 32 printable characters."""
    destination: Phone | None
    """The phone that the message went to; None when the SMSC did not say it readably."""
    at: datetime
    """When the receipt arrived here, UTC. An SMSC's own times carry no zone and are not trusted."""


class Concatenation(msgspec.Struct, frozen=True):
    """Where a part belongs in a long message from a phone (3GPP TS 23.040 §9.2.3.24.1)."""

    reference: int
    total: int
    sequence: int
    """From 1."""


class InboundMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A text that a phone sent to us. A long one arrives part by part, each to be persisted on its own."""

    sender: Phone | None
    """None when it is not a number of mainland China."""
    recipient: str
    """Our access code with whatever extension the phone added."""
    text: str
    at: datetime
    """When it arrived here, UTC."""
    part: Concatenation | None = None
    """Parts of the same sender, recipient and reference make one text; they may come in any order."""


class Envelope(Protocol, Generic[T_co]):
    """Something received that the SMSC keeps until we say that it is safe."""

    @property
    def content(self) -> T_co:
        """What was received."""

    def acknowledge(self) -> None:
        """It is persisted: the SMSC may forget it.

        Harmless when called twice or after the connection broke; in the latter case it comes again.
        """

    def give_back(self) -> None:
        """It could not be persisted: the SMSC is asked to send it again later."""


class ConnectionHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How the connection to one SMSC account stands."""

    name: str
    usable: bool
    """Whether a submit would leave the machine now."""
    detail: str
    """`bound`, or why not. Never a secret."""
    outstanding: int
    """Requests sent and not yet answered."""


class SmscClient(Protocol):
    """One account at an SMSC: SMPP now, SMGP later, or the simulator."""

    @property
    def name(self) -> str:
        """The account's name in the settings."""

    async def start(self) -> None:
        """Connect and keep connected; returns when the first attempt succeeded or failed (see `health`)."""

    async def submit(self, message: ShortMessage) -> SubmitResult:
        """Send one message and wait for the SMSC's answer to every part.

        Waits for a place in the outstanding window, for the account's rate and, within a limit, for a
        throttling SMSC. Does not wait for a connection: without one it is `Refused` at once, temporary.
        Any number of callers may submit at the same time; the window keeps them in order of arrival.
        Raises `SubmitUncertainError` when the answer of at least one part will never come. Being cancelled
        means the same: treat it as uncertain.
        """

    def receipts(self) -> AsyncIterator[Envelope[DeliveryReceipt]]:
        """Every receipt, over reconnects, ending after `stop`. For one reader at a time.

        A reader must be at work: what nobody reads is given back to the SMSC once the buffer is full.
        """

    def inbound(self) -> AsyncIterator[Envelope[InboundMessage]]:
        """Every text that phones send to us; otherwise as `receipts`."""

    def health(self) -> ConnectionHealth:
        """How the connection stands, at once and without asking the SMSC."""

    async def stop(self, grace: timedelta) -> None:
        """Refuse new submits, end both iterators, wait up to `grace` for answers and acknowledgements, leave.

        Submits without an answer by then raise `SubmitUncertainError`. What is not acknowledged comes again.
        """
