"""Causes against service that people and other slices set and lift (rows C8, C9)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts import repository, repository_parts
from yunhu.domains.contracts.advance import (
    AUTOMATIC,
    advance,
    end_suspension,
    new_suspension,
    say_suspended,
    set_cause,
)
from yunhu.domains.contracts.drafts import find_contract
from yunhu.domains.contracts.errors import CauseIsAutomaticError, PartNotFoundError, StepRefusedError
from yunhu.domains.contracts.events import Journal, journal_of
from yunhu.domains.contracts.models import Contract
from yunhu.domains.contracts.models_service import Suspension
from yunhu.domains.contracts.states import SuspensionStep, suspension_after
from yunhu.domains.contracts.wishes import Text
from yunhu.domains.contracts.words import STANDING, Cause, ContractState, SuspensionState
from yunhu.foundation.actor import Actor
from yunhu.foundation.clock import natural_day


class CauseWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cause, what it is about, and why."""

    cause: Cause
    reason: Text
    subject: Annotated[str, Meta(max_length=64, pattern=r"^[0-9A-Za-z._:-]*$(?!\n)")] = ""
    """What it is about, where there can be several of one cause: a complaint's id."""


async def suspend(journal: Journal, contract_id: UUID, wish: CauseWish) -> Suspension:
    """Set a cause at once, by a person. One that stands already is returned as it is; a proposal is confirmed.

    Raises `CauseIsAutomaticError`, `StepRefusedError` for a contract that is not standing.
    """
    row = await _standing(journal, contract_id, wish.cause)
    there = await repository_parts.open_suspension(journal.session, row.id, wish.cause, wish.subject)
    if there is not None:
        if there.state == SuspensionState.PROPOSED:
            await _confirm(journal, row, there)
        return there
    suspension = set_cause(journal, row, wish.cause, wish.subject, wish.reason)
    await advance(journal, row)
    return suspension


async def propose(journal: Journal, contract_id: UUID, wish: CauseWish) -> Suspension:
    """Ask a person to suspend service; nothing is stopped yet. An open one for the same subject is returned."""
    row = await _standing(journal, contract_id, wish.cause)
    there = await repository_parts.open_suspension(journal.session, row.id, wish.cause, wish.subject)
    if there is not None:
        return there
    suspension = new_suspension(journal, row, wish.cause, wish.subject, wish.reason)
    journal.session.add(suspension)
    told = {"cause": wish.cause, "subject": wish.subject, "suspension_id": str(suspension.id)}
    journal.note("contract.cause_proposed", row, after=told, reason=wish.reason)
    journal.tell("contract.suspension_proposed", row, **told, reason=wish.reason)
    await journal.session.flush()
    return suspension


async def confirm(journal: Journal, contract_id: UUID, suspension_id: UUID) -> Suspension:
    """A person agrees: service stops. Raises `SuspensionStepRefusedError`."""
    row = await find_contract(journal.session, contract_id, lock=True)
    suspension = await _find(journal.session, row, suspension_id)
    await _confirm(journal, row, suspension)
    return suspension


async def decline(journal: Journal, contract_id: UUID, suspension_id: UUID, reason: str) -> Suspension:
    """A person does not agree; service goes on."""
    row = await find_contract(journal.session, contract_id, lock=True)
    suspension = await _find(journal.session, row, suspension_id)
    end_suspension(journal, row, suspension, SuspensionStep.DECLINE, reason)
    await journal.session.flush()
    return suspension


async def lift(journal: Journal, contract_id: UUID, suspension_id: UUID, reason: str) -> Suspension:
    """Take a cause away; service goes on when it was the last. Raises `CauseIsAutomaticError`."""
    row = await find_contract(journal.session, contract_id, lock=True)
    suspension = await _find(journal.session, row, suspension_id)
    _check_by_hand(Cause(suspension.cause))
    end_suspension(journal, row, suspension, SuspensionStep.LIFT, reason)
    await advance(journal, row)
    return suspension


async def propose_suspension(
    session: AsyncSession, actor: Actor, tenant_id: UUID, wish: CauseWish, now: datetime
) -> UUID | None:
    """For other slices: a rule asks for a person's confirmation. The suspension's id; None without a contract.

    Locks the contract's row, and last the head of the tenant's history.
    """
    row = await repository.standing_on(session, tenant_id, natural_day(now))
    if row is None:
        return None
    async with journal_of(session, actor, now) as journal:
        return (await propose(journal, row.id, wish)).id


async def suspend_now(
    session: AsyncSession, actor: Actor, tenant_id: UUID, wish: CauseWish, now: datetime
) -> UUID | None:
    """For other slices: a rule that needs no confirmation stops service at once (row C8: a deviation).

    Locks the contract's row, and last the head of the tenant's history.
    """
    row = await repository.standing_on(session, tenant_id, natural_day(now))
    if row is None:
        return None
    async with journal_of(session, actor, now) as journal:
        return (await suspend(journal, row.id, wish)).id


async def _standing(journal: Journal, contract_id: UUID, cause: Cause) -> Contract:
    _check_by_hand(cause)
    row = await find_contract(journal.session, contract_id, lock=True)
    if ContractState(row.state) not in STANDING:
        raise StepRefusedError(
            f"a contract that is {row.state} cannot be suspended", state=row.state, step="suspend"
        )
    return row


def _check_by_hand(cause: Cause) -> None:
    if cause in AUTOMATIC:
        raise CauseIsAutomaticError(cause=cause)


async def _confirm(journal: Journal, row: Contract, suspension: Suspension) -> None:
    suspension.state = suspension_after(SuspensionState(suspension.state), SuspensionStep.CONFIRM)
    suspension.since, suspension.confirmed_by = journal.now, journal.actor.name
    say_suspended(journal, row, suspension)
    await advance(journal, row)


async def _find(session: AsyncSession, row: Contract, suspension_id: UUID) -> Suspension:
    suspension = await session.get(Suspension, suspension_id)
    if suspension is None or suspension.contract_id != row.id:
        raise PartNotFoundError
    return suspension
