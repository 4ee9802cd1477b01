"""Queries about contracts: the contract itself, its items, its supplements."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts.models import Contract, ContractItem, Supplement
from yunhu.domains.contracts.terms import ActiveContract, Item
from yunhu.domains.contracts.words import (
    IN_SERVICE,
    STANDING,
    Charging,
    ContractState,
    ItemKind,
    Period,
    SupplementState,
)


async def find(session: AsyncSession, contract_id: UUID, *, lock: bool = False) -> Contract | None:
    """A contract by id."""
    query = select(Contract).where(Contract.id == contract_id)
    return await session.scalar(query.with_for_update() if lock else query)


async def by_number(session: AsyncSession, number: str) -> Contract | None:
    """A contract by its number, locked."""
    return await session.scalar(select(Contract).where(Contract.number == number).with_for_update())


async def standing_on(session: AsyncSession, tenant_id: UUID, day: date) -> Contract | None:
    """The signed contract in whose term the day lies and that is not over."""
    query = (
        select(Contract)
        .where(Contract.tenant_id == tenant_id, Contract.state.in_(STANDING))
        .where(Contract.first_day <= day, Contract.last_day >= day)
        .order_by(Contract.first_day.desc())
        .limit(1)
    )
    return await session.scalar(query)


async def complaint_threshold(session: AsyncSession, tenant_id: UUID, day: date) -> int | None:
    """How many complaints a month the contract of that day allows for; None without one."""
    row = await standing_on(session, tenant_id, day)
    return None if row is None else row.complaints_a_month


async def next_standing(session: AsyncSession, tenant_id: UUID, day: date) -> Contract | None:
    """The signed contract of the day, or the first that begins after it."""
    query = (
        select(Contract)
        .where(Contract.tenant_id == tenant_id, Contract.state.in_(STANDING), Contract.last_day >= day)
        .order_by(Contract.first_day)
        .limit(1)
    )
    return await session.scalar(query)


async def overlapping(
    session: AsyncSession, row: Contract, *, last_day: date | None = None
) -> Contract | None:
    """Another signed contract of the tenant that shares a day with this one and was not ended before it."""
    query = (
        select(Contract)
        .where(Contract.tenant_id == row.tenant_id, Contract.id != row.id)
        .where(Contract.state != ContractState.DRAFT)
        .where(Contract.first_day <= (last_day or row.last_day), Contract.last_day >= row.first_day)
        .where(or_(Contract.ended_on.is_(None), Contract.ended_on >= row.first_day))
        .limit(1)
    )
    return await session.scalar(query)


async def page(
    session: AsyncSession,
    *,
    tenant_id: UUID | None,
    state: ContractState | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Contract]:
    """Contracts, newest first; of one tenant, or of all."""
    query = select(Contract).order_by(Contract.id.desc()).limit(limit)
    if tenant_id is not None:
        query = query.where(Contract.tenant_id == tenant_id)
    if state is not None:
        query = query.where(Contract.state == state)
    if before is not None:
        query = query.where(Contract.id < before)
    return (await session.scalars(query)).all()


async def items_of(session: AsyncSession, contract: Contract) -> tuple[Item, ...]:
    """What was sold: the contract's own items and those of supplements in force."""
    query = (
        select(ContractItem)
        .outerjoin(Supplement, Supplement.id == ContractItem.supplement_id)
        .where(ContractItem.contract_id == contract.id)
        .where(or_(ContractItem.supplement_id.is_(None), Supplement.state == SupplementState.IN_FORCE))
        .order_by(ContractItem.id)
    )
    return tuple(as_item(row, contract.last_day) for row in await session.scalars(query))


async def item_rows(
    session: AsyncSession, contract_id: UUID, *, supplement_id: UUID | None = None
) -> Sequence[ContractItem]:
    """The rows of a contract's own items, or of one supplement's."""
    query = (
        select(ContractItem)
        .where(
            ContractItem.contract_id == contract_id,
            ContractItem.supplement_id.is_(None)
            if supplement_id is None
            else ContractItem.supplement_id == supplement_id,
        )
        .order_by(ContractItem.id)
    )
    return (await session.scalars(query)).all()


async def supplements_of(
    session: AsyncSession, contract_id: UUID, states: Collection[SupplementState] = tuple(SupplementState)
) -> Sequence[Supplement]:
    """A contract's supplements, the oldest first."""
    query = (
        select(Supplement)
        .where(Supplement.contract_id == contract_id, Supplement.state.in_(states))
        .order_by(Supplement.id)
    )
    return (await session.scalars(query)).all()


async def due_for_clock(session: AsyncSession, today: date) -> Contract | None:
    """A contract that stands and whose clocks were not looked at today, locked; one that nobody else holds."""
    query = (
        select(Contract)
        .where(Contract.state.in_(STANDING))
        .where(or_(Contract.clock_day.is_(None), Contract.clock_day < today))
        .order_by(Contract.clock_day.nulls_first())
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return await session.scalar(query)


async def active_contract(session: AsyncSession, tenant_id: UUID, day: date) -> ActiveContract | None:
    """The tenant's contract in service on a day, with its items. A suspended one is given, too: see `state`."""
    row = await standing_on(session, tenant_id, day)
    if row is None or row.state not in IN_SERVICE:
        return None
    return await whole(session, row)


async def whole(session: AsyncSession, row: Contract) -> ActiveContract:
    """A contract with its items."""
    return ActiveContract(
        id=row.id,
        tenant_id=row.tenant_id,
        number=row.number,
        state=ContractState(row.state),
        first_day=row.first_day,
        last_day=row.last_day,
        charging=Charging(row.charging),
        vat_basis_points=row.vat_basis_points,
        items=await items_of(session, row),
    )


async def quota_of(session: AsyncSession, tenant_id: UUID, kind: ItemKind, day: date) -> int:
    """How much of a kind the contract in service grants for the period of the day; 0 without one."""
    contract = await active_contract(session, tenant_id, day)
    return contract.quota(kind, day) if contract else 0


def as_item(row: ContractItem, contract_ends: date) -> Item:
    """A row as the pure rules read it."""
    return Item(
        id=row.id,
        kind=ItemKind(row.kind),
        name=row.name,
        unit=row.unit,
        quota=row.quota,
        price=row.price,
        period=Period(row.period),
        first_day=row.first_day,
        last_day=min(row.last_day or contract_ends, contract_ends),
        supplement_id=row.supplement_id,
    )
