"""Puts the card of a call on its way before the INVITE, and never holds the call longer than the card's lead."""

import asyncio
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError

from yunhu.domains.call_cards.public import Ticket, card_digest, card_url, note_state
from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Database
from yunhu.foundation.phone import Phone
from yunhu.messaging.cards.port import LONGEST_LEAD, Card, CardCarrier, CardState, Pushed

log = structlog.get_logger()

Headers = tuple[tuple[str, str], ...]
_WORTH_WAITING = frozenset({CardState.REQUESTED, CardState.ACCEPTED})
"""The phone does not show it yet: the rest of the lead is its chance."""


class CardCarriers(Protocol):
    """The ways of this node."""

    def carrier(self, carrier_id: UUID) -> CardCarrier | None:
        """One way; None when it was taken out of use."""


class CardPresenter:
    """Pushes cards and writes down what is said of them."""

    def __init__(
        self, database: Database, clock: Clock, carriers: CardCarriers, public_url: str | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._carriers = carriers
        self._public_url = public_url or ""
        self._pushes: set[asyncio.Task[Pushed]] = set()

    async def present(self, ticket: Ticket, call_id: UUID, callee: Phone, caller_number: Phone) -> Headers:
        """Push it and wait out its lead; the headers that the INVITE is to carry."""
        carrier = self._carriers.carrier(ticket.carrier_id)
        if carrier is None:
            await self._note(ticket.id, Pushed(state=CardState.FAILED, detail="the way is not in use"))
            return ()
        card = Card(
            push_id=ticket.id,
            call_id=call_id,
            callee=callee,
            caller_number=caller_number,
            name=ticket.name,
            reason=ticket.reason,
            card_url=card_url(self._public_url, ticket.profile_id),
            card_digest=card_digest(ticket.name),
        )
        push = asyncio.create_task(self._push(carrier, card), name=f"card-{ticket.id}")
        self._pushes.add(push)
        push.add_done_callback(self._pushes.discard)
        return await _within(push, min(carrier.lead, LONGEST_LEAD))

    async def drained(self) -> None:
        """Return when what every push said is written down."""
        if self._pushes:
            await asyncio.wait(self._pushes)

    async def _push(self, carrier: CardCarrier, card: Card) -> Pushed:
        pushed = await carrier.push(card)
        await self._note(card.push_id, pushed)
        return pushed

    async def _note(self, card_id: UUID, pushed: Pushed) -> None:
        try:
            async with self._database.transaction() as session:
                await note_state(session, card_id, pushed, self._clock.now())
        except (DBAPIError, InterfaceError, OSError) as error:
            log.warning("card.not_written", card_id=str(card_id), error=type(error).__name__)


async def _within(push: asyncio.Task[Pushed], lead: timedelta) -> Headers:
    """What the push gave within the lead. A card that needs no lead is asked for, not waited for."""
    loop = asyncio.get_running_loop()
    end = loop.time() + lead.total_seconds()
    if not lead:
        return (await push).headers
    done, _ = await asyncio.wait({push}, timeout=lead.total_seconds())
    if not done or push.exception() is not None:
        return ()
    if push.result().state in _WORTH_WAITING:
        await asyncio.sleep(max(0.0, end - loop.time()))
    return push.result().headers
