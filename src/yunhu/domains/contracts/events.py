"""What this slice publishes, and the journal that a use case writes at its end."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.contracts.models import Contract
from yunhu.foundation.actor import Actor
from yunhu.foundation.clock import natural_day
from yunhu.foundation.http import Services
from yunhu.foundation.logging import masked_text
from yunhu.foundation.outbox import Event, publish

EVENT_TYPES = {
    "contract.signed": "A contract was signed; the prepayment is due.",
    "contract.invoiced": "An invoice was issued for a claim.",
    "contract.payment_received": "Money came in.",
    "contract.activated": "Service may begin.",
    "contract.suspension_proposed": "A rule asks for a suspension; a person has to confirm it.",
    "contract.suspended": "A cause stands against service.",
    "contract.suspension_lifted": "A cause no longer stands.",
    "contract.resumed": "No cause stands any more.",
    "contract.supplement_signed": "A supplement was signed.",
    "contract.supplement_effective": "A supplement took effect.",
    "contract.ended": "The term is over.",
    "contract.terminated": "A person terminated the contract.",
    "contract.settled": "The account was closed.",
}
"""Every type, with its meaning. The subject is the contract."""


class _Note(msgspec.Struct, frozen=True):
    action: str
    contract: Contract
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str


class Journal:
    """What a use case did, for the history and for other slices; written once, last in the transaction.

    The history locks the head of its chain: nothing else may be locked after `write`.
    """

    def __init__(self, session: AsyncSession, actor: Actor, now: datetime) -> None:
        self.session = session
        self.actor = actor
        self.now = now
        self._notes: list[_Note] = []
        self._events: list[Event] = []

    @property
    def today(self) -> date:
        """The natural day."""
        return natural_day(self.now)

    def note(
        self,
        action: str,
        contract: Contract,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> None:
        """A line of the contract's history."""
        self._notes.append(_Note(action, contract, before or {}, after or {}, reason))

    def tell(self, type_: str, contract: Contract, **payload: Any) -> None:
        """A fact for other slices."""
        if type_ not in EVENT_TYPES:
            raise ValueError(type_)
        told = {
            "contract_id": str(contract.id),
            "number": contract.number,
            "state": contract.state,
            **payload,
        }
        if "reason" in told:  # written by people
            told["reason"] = masked_text(told["reason"])
        self._events.append(Event(contract.tenant_id, type_, contract.id, told, self.now))

    async def write(self) -> None:
        """Publish the facts and add to the history."""
        await self.session.flush()
        await publish(self.session, self._events)
        for note in self._notes:
            subject: tuple[str, UUID] = ("contract", note.contract.id)
            await record(
                self.session,
                self.actor,
                action=note.action,
                subject=subject,
                tenant_id=note.contract.tenant_id,
                before=note.before,
                after=note.after,
                reason=note.reason,
                now=self.now,
            )
        self._notes, self._events = [], []


@asynccontextmanager
async def request_journal(services: Services, actor: Actor) -> AsyncIterator[Journal]:
    """A journal in a transaction of its own, written and committed when the block ends well."""
    async with (
        services.database.transaction() as session,
        journal_of(session, actor, services.clock.now()) as journal,
    ):
        yield journal


@asynccontextmanager
async def journal_of(session: AsyncSession, actor: Actor, now: datetime) -> AsyncIterator[Journal]:
    """A journal that is written when the block ends well."""
    journal = Journal(session, actor, now)
    yield journal
    await journal.write()
