"""Queries about what hangs on a contract: claims, payments, causes, documents, shortfalls."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts.clocks import ClaimFacts, ContractClock, PaperFacts, SupplementFacts
from yunhu.domains.contracts.fees import Debt, Paid
from yunhu.domains.contracts.models import Contract
from yunhu.domains.contracts.models_money import Allocation, Claim, Payment, Settlement
from yunhu.domains.contracts.models_service import Qualification, Shortfall, Suspension
from yunhu.domains.contracts.repository import supplements_of
from yunhu.domains.contracts.words import (
    Cause,
    ClaimKind,
    ContractState,
    ServiceStart,
    SupplementState,
    SuspensionState,
)


async def claims_of(session: AsyncSession, contract_id: UUID) -> Sequence[Claim]:
    """Claims, the first due first."""
    query = select(Claim).where(Claim.contract_id == contract_id).order_by(Claim.due_on, Claim.id)
    return (await session.scalars(query)).all()


async def payments_of(session: AsyncSession, contract_id: UUID) -> Sequence[Payment]:
    """Payments in the order in which they were recorded."""
    query = select(Payment).where(Payment.contract_id == contract_id).order_by(Payment.id)
    return (await session.scalars(query)).all()


async def paid_by_claim(session: AsyncSession, contract_id: UUID) -> dict[UUID, tuple[Paid, ...]]:
    """What was paid on each claim, by day."""
    query = (
        select(Allocation.claim_id, Payment.paid_on, Allocation.amount)
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Payment.contract_id == contract_id)
        .order_by(Payment.paid_on, Payment.id)
    )
    found: dict[UUID, list[Paid]] = {}
    for row in await session.execute(query):
        found.setdefault(row.claim_id, []).append(Paid(row.paid_on, row.amount))
    return {claim_id: tuple(paid) for claim_id, paid in found.items()}


async def allocated_of(session: AsyncSession, payment_ids: Collection[UUID]) -> dict[UUID, int]:
    """How much of each payment went to claims."""
    query = (
        select(Allocation.payment_id, func.sum(Allocation.amount))
        .where(Allocation.payment_id.in_(payment_ids))
        .group_by(Allocation.payment_id)
    )
    return {payment_id: int(amount) for payment_id, amount in await session.execute(query)}


async def suspensions_of(
    session: AsyncSession, contract_id: UUID, states: Collection[SuspensionState] = tuple(SuspensionState)
) -> Sequence[Suspension]:
    """Causes in these states, the oldest first."""
    query = (
        select(Suspension)
        .where(Suspension.contract_id == contract_id, Suspension.state.in_(states))
        .order_by(Suspension.id)
    )
    return (await session.scalars(query)).all()


async def standing_causes(session: AsyncSession, contract_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """By contract what stands against service, each cause once, the oldest first."""
    query = (
        select(Suspension.contract_id, Suspension.cause)
        .where(Suspension.contract_id.in_(contract_ids), Suspension.state == SuspensionState.STANDING)
        .order_by(Suspension.id)
    )
    causes: dict[UUID, list[str]] = {}
    for row in await session.execute(query):
        known = causes.setdefault(row.contract_id, [])
        if row.cause not in known:
            known.append(row.cause)
    return causes


async def open_suspension(
    session: AsyncSession, contract_id: UUID, cause: Cause, subject: str
) -> Suspension | None:
    """The proposed or standing suspension for one cause and subject."""
    query = (
        select(Suspension)
        .where(
            Suspension.contract_id == contract_id, Suspension.cause == cause, Suspension.subject == subject
        )
        .where(Suspension.state.in_((SuspensionState.PROPOSED, SuspensionState.STANDING)))
    )
    return await session.scalar(query)


async def qualifications_of(session: AsyncSession, contract_id: UUID) -> Sequence[Qualification]:
    """Documents, the oldest first."""
    query = select(Qualification).where(Qualification.contract_id == contract_id).order_by(Qualification.id)
    return (await session.scalars(query)).all()


async def shortfalls_of(session: AsyncSession, contract_id: UUID) -> Sequence[Shortfall]:
    """Every measured day, in order."""
    query = (
        select(Shortfall).where(Shortfall.contract_id == contract_id).order_by(Shortfall.day, Shortfall.kind)
    )
    return (await session.scalars(query)).all()


async def settlement_of(session: AsyncSession, contract_id: UUID) -> Settlement | None:
    """The closing account."""
    return await session.get(Settlement, contract_id)


async def clock_of(session: AsyncSession, row: Contract) -> ContractClock:
    """Everything about a contract that depends on days."""
    paid = await paid_by_claim(session, row.id)
    claims = [_claim_facts(claim, paid.get(claim.id, ())) for claim in await claims_of(session, row.id)]
    signed = (SupplementState.SIGNED, SupplementState.IN_FORCE)
    supplements = [
        SupplementFacts(
            number=supplement.number,
            effective_on=supplement.effective_on,
            in_force=supplement.state == SupplementState.IN_FORCE,
        )
        for supplement in await supplements_of(session, row.id, signed)
    ]
    return ContractClock(
        state=ContractState(row.state),
        first_day=row.first_day,
        last_day=row.last_day,
        signed_on=row.signed_on,
        activated_on=row.activated_on,
        ended_on=row.ended_on,
        settled_on=row.settled_on,
        service_start=ServiceStart(row.service_start),
        late_fee_basis_points=row.late_fee_basis_points,
        termination_days=row.termination_days,
        settlement_months=row.settlement_months,
        claims=tuple(claims),
        papers=_papers(row.required_documents, await qualifications_of(session, row.id)),
        supplements=tuple(supplements),
    )


def _claim_facts(claim: Claim, paid: tuple[Paid, ...]) -> ClaimFacts:
    return ClaimFacts(
        kind=ClaimKind(claim.kind),
        since=claim.since,
        debt=Debt(amount=claim.amount, due_on=claim.due_on, paid=paid),
        invoiced_on=claim.invoiced_on,
    )


def _papers(required: Sequence[str], rows: Sequence[Qualification]) -> tuple[PaperFacts, ...]:
    papers = []
    for kind in required:
        checked = [row for row in rows if row.kind == kind and row.checked_at is not None]
        endless = any(row.valid_until is None for row in checked)
        days = [row.valid_until for row in checked if row.valid_until is not None]
        until = None if endless else max(days, default=None)
        papers.append(PaperFacts(kind=kind, there=bool(checked), valid_until=until))
    return tuple(papers)
