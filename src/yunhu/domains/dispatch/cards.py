"""Puts the card of a call on its way before the INVITE, and never holds the call longer than the card's lead."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError

from yunhu.domains.call_cards.public import (
    Ticket,
    card_digest,
    card_url,
    logo_digest,
    logo_url,
    note_state,
)
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
        self._tasks: set[asyncio.Task[Pushed]] = set()

    async def present(self, ticket: Ticket, call_id: UUID, callee: Phone, caller_number: Phone) -> Headers:
        """Push it and wait out its lead; the headers that the INVITE is to carry."""
        carrier = self._carriers.carrier(ticket.carrier_id)
        if carrier is None:
            await self._note(ticket.id, Pushed(state=CardState.FAILED, detail="the way is not in use"))
            return ()
        logo = logo_url(self._public_url, ticket.profile_id) if ticket.logo_sha256 else ""
        card = Card(
            push_id=ticket.id,
            call_id=call_id,
            callee=callee,
            caller_number=caller_number,
            name=ticket.name,
            reason=ticket.reason,
            card_url=card_url(self._public_url, ticket.profile_id),
            card_digest=card_digest(ticket.name, logo),
            logo_url=logo,
            logo_digest=logo_digest(ticket.logo_sha256) if logo else "",
        )
        if carrier.with_invite:
            pushed = await carrier.push(card)
            self._spawn(self._note(card.push_id, pushed), card.push_id)
            return pushed.headers
        push = self._spawn(self._push(carrier, card), card.push_id)
        await _within(push, min(carrier.lead, LONGEST_LEAD))
        return ()

    def tell(self, ticket: Ticket, state: CardState, detail: str = "") -> None:
        """What the call itself says of a card that travels in its INVITE; written down beside the call."""
        self._spawn(self._note(ticket.id, Pushed(state=state, detail=detail)), ticket.id)

    async def drained(self) -> None:
        """Return when what every push said is written down."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _spawn(self, work: Coroutine[None, None, Pushed], card_id: UUID) -> asyncio.Task[Pushed]:
        task = asyncio.create_task(work, name=f"card-{card_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _push(self, carrier: CardCarrier, card: Card) -> Pushed:
        return await self._note(card.push_id, await carrier.push(card))

    async def _note(self, card_id: UUID, pushed: Pushed) -> Pushed:
        if pushed.state is CardState.REQUESTED:
            return pushed
        try:
            async with self._database.transaction() as session:
                await note_state(session, card_id, pushed, self._clock.now())
        except (DBAPIError, InterfaceError, OSError) as error:
            log.warning("card.not_written", card_id=str(card_id), error=type(error).__name__)
        return pushed


async def _within(push: asyncio.Task[Pushed], lead: timedelta) -> None:
    """Return when the lead is over, or earlier when there is nothing more to wait for."""
    loop = asyncio.get_running_loop()
    end = loop.time() + lead.total_seconds()
    done, _ = await asyncio.wait({push}, timeout=lead.total_seconds())
    if done and push.exception() is None and push.result().state in _WORTH_WAITING:
        await asyncio.sleep(max(0.0, end - loop.time()))
