"""Terminate a contract, and close its account (§3.4, §3.5, §7.2)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from yunhu.domains.contracts import repository, repository_parts
from yunhu.domains.contracts.advance import advance, take
from yunhu.domains.contracts.clocks import ContractClock, termination_possible_on
from yunhu.domains.contracts.drafts import find_contract
from yunhu.domains.contracts.errors import CallsInTheAirError, StepRefusedError, TooEarlyError
from yunhu.domains.contracts.events import Journal
from yunhu.domains.contracts.fees import late_fee
from yunhu.domains.contracts.models import Contract
from yunhu.domains.contracts.models_money import Settlement
from yunhu.domains.contracts.models_service import Shortfall
from yunhu.domains.contracts.settlement import Account, Closing, Metered, MissedDay, close
from yunhu.domains.contracts.states import Step
from yunhu.domains.contracts.usage import held_pieces
from yunhu.domains.contracts.wishes import Text
from yunhu.domains.contracts.words import OVER, ContractState, ItemKind, ShortfallKind, Side


class Ground(StrEnum):
    """Why a contract is terminated, which says who caused it."""

    UNPAID = "unpaid"
    TENANT_BREACH = "tenant_breach"
    OPERATOR_BREACH = "operator_breach"
    AGREEMENT = "agreement"


CAUSED_BY: dict[Ground, Side] = {
    Ground.UNPAID: Side.TENANT,
    Ground.TENANT_BREACH: Side.TENANT,
    Ground.OPERATOR_BREACH: Side.OPERATOR,
    Ground.AGREEMENT: Side.NOBODY,
}


class TerminationWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An end before the term is over, effective today."""

    ground: Ground
    reason: Text


async def terminate(journal: Journal, contract_id: UUID, wish: TerminationWish) -> Contract:
    """End service today. Raises `TooEarlyError` for a debt that is not late enough, `StepRefusedError`."""
    row = await find_contract(journal.session, contract_id, lock=True)
    await advance(journal, row)
    if wish.ground is Ground.UNPAID:
        check_overdue(await repository_parts.clock_of(journal.session, row), journal.today)
    take(journal, row, Step.TERMINATE, wish.reason)
    row.ended_on, row.ended_by = journal.today, CAUSED_BY[wish.ground]
    row.end_reason = f"{wish.ground}: {wish.reason}"
    await journal.session.flush()
    return row


def check_overdue(facts: ContractClock, day: date) -> None:
    """Raises `TooEarlyError` before a debt has been late for the agreed days (§3.4)."""
    possible = termination_possible_on(facts, day)
    if possible is None:
        raise TooEarlyError("no debt is open", not_before=None)
    if day < possible:
        raise TooEarlyError(f"not before {possible}", not_before=possible.isoformat())


async def account_of(journal: Journal, row: Contract, used: Mapping[ItemKind, Metered]) -> Account:
    """The closing account as it would be today. Raises `StepRefusedError` for a contract that is not over."""
    if ContractState(row.state) not in OVER or row.ended_on is None or row.ended_by is None:
        raise StepRefusedError(
            f"a contract that is {row.state} has no account yet", state=row.state, step="settle"
        )
    facts = await repository_parts.clock_of(journal.session, row)
    payments = await repository_parts.payments_of(journal.session, row.id)
    shortfalls = await repository_parts.shortfalls_of(journal.session, row.id)
    return close(
        Closing(
            items=await repository.items_of(journal.session, row),
            began=row.activated_on is not None,
            ended_on=row.ended_on,
            ended_by=Side(row.ended_by),
            used=used,
            missed=tuple(_missed(shortfall) for shortfall in shortfalls),
            paid=sum(payment.amount for payment in payments),
            fee=late_fee(facts.debts, row.late_fee_basis_points, journal.today),
        )
    )


async def settle(journal: Journal, contract_id: UUID, used: Mapping[ItemKind, Metered]) -> Settlement:
    """Close the account for good. Raises `StepRefusedError`, `CallsInTheAirError` while outcomes are not known."""
    row = await find_contract(journal.session, contract_id, lock=True)
    held = await held_pieces(journal.session, row.id)
    if held:
        raise CallsInTheAirError(held=held)
    account = await account_of(journal, row, used)
    take(journal, row, Step.SETTLE)
    row.settled_on = journal.today
    settlement = Settlement(
        contract_id=row.id,
        tenant_id=row.tenant_id,
        account=msgspec.to_builtins(account),
        settled_on=journal.today,
        settled_by=journal.actor.name,
        at=journal.now,
    )
    journal.session.add(settlement)
    await journal.session.flush()
    return settlement


def _missed(row: Shortfall) -> MissedDay:
    return MissedDay(row.day, ShortfallKind(row.kind), row.granted, row.supplied, row.lost)
