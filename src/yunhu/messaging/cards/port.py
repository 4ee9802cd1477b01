"""What the house asks of any way to put a call card on a phone.

There is no public interface of the carriers; each way promises something else, and the states say no more than
is known. A card never blocks or delays its call beyond its lead: whoever pushes one goes on when the lead is over.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import msgspec

from yunhu.foundation.phone import Phone

LONGEST_LEAD = timedelta(seconds=3)


class CardState(StrEnum):
    """How far a card is known to have come. Receipts may skip states, never go back."""

    REQUESTED = "requested"
    """Committed with the call; perhaps on its way, perhaps not yet."""
    ACCEPTED = "accepted"
    """The carrier took it, or the INVITE that carries it left."""
    DELIVERED = "delivered"
    """It reached the phone, or the phone that carries it rang."""
    DISPLAYED = "displayed"
    UNSUPPORTED = "unsupported"
    """The phone or its network cannot show one."""
    FAILED = "failed"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One card for one call."""

    push_id: UUID
    """The idempotency key: a card that is pushed twice under it is shown and charged once."""
    call_id: UUID
    callee: Phone
    caller_number: Phone
    name: str
    """Whose call it is, as it was approved: `西安市雁塔区政务服务大厅`."""
    reason: str
    """Why the phone rings, as it was approved: `叫号通知`. May be empty."""
    card_url: str = ""
    """Where the jCard is served; empty without a public address."""
    card_digest: str = ""
    """SHA-256 of what is served there, `sha256-…` in base64 (RFC 9795 §6.1)."""
    logo_url: str = ""
    """Where the logo is served; empty without one."""
    logo_digest: str = ""
    """SHA-256 of the logo, in the form of `card_digest`."""


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a push so far."""

    state: CardState
    reference: str = ""
    """The carrier's own id, by which a receipt names the card."""
    detail: str = ""
    """For people, when it was not taken. No phone number."""
    headers: tuple[tuple[str, str], ...] = ()
    """What the INVITE is to carry."""


class CardCarrier(Protocol):
    """One way to put cards on phones."""

    @property
    def lead(self) -> timedelta:
        """How long before the INVITE a card is pushed, at most `LONGEST_LEAD`; zero when it goes with it."""

    @property
    def with_invite(self) -> bool:
        """Whether the INVITE itself carries the card: then a push asks nobody, and gives headers to send."""

    async def push(self, card: Card) -> Pushed:
        """Hand the card over. Never raises for what the network does: that is `FAILED` with a detail."""

    async def close(self) -> None:
        """Let go of connections."""
