"""Look at a contract as a whole."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts import repository, repository_parts
from yunhu.domains.contracts.fees import Debt, late_fee
from yunhu.domains.contracts.models import Contract, ContractItem
from yunhu.domains.contracts.schemas import (
    ClaimView,
    ContractView,
    ContractWhole,
    claim_view,
    contract_view,
    item_view,
    payment_view,
    qualification_view,
    supplement_view,
    suspension_view,
)
from yunhu.domains.contracts.terms import total_price
from yunhu.domains.identity.public import Tenant
from yunhu.foundation.clock import Clock, natural_day
from yunhu.foundation.errors import NotFoundError
from yunhu.foundation.money import vat_split


async def tenant_of(session: AsyncSession, slug: str) -> UUID:
    """The tenant of a slug. Raises `NotFoundError`."""
    tenant_id = await session.scalar(select(Tenant.id).where(Tenant.slug == slug))
    if tenant_id is None:
        raise NotFoundError(f"there is no tenant {slug!r}")
    return tenant_id


async def slugs_of(session: AsyncSession, rows: list[Contract]) -> dict[UUID, str]:
    """The slugs of contracts' tenants."""
    ids = {row.tenant_id for row in rows}
    found = await session.execute(select(Tenant.id, Tenant.slug).where(Tenant.id.in_(ids)))
    return {row.id: row.slug for row in found}


async def seen(session: AsyncSession, row: Contract) -> ContractView:
    """One contract as it is shown."""
    [view] = await all_seen(session, [row])
    return view


async def all_seen(session: AsyncSession, rows: list[Contract]) -> list[ContractView]:
    """Contracts as they are shown."""
    slugs = await slugs_of(session, rows)
    causes = await repository_parts.standing_causes(session, [row.id for row in rows])
    return [contract_view(row, slugs[row.tenant_id], causes.get(row.id, ())) for row in rows]


async def whole(session: AsyncSession, row: Contract, clock: Clock) -> ContractWhole:
    """Everything that hangs on a contract."""
    total = total_price(await repository.items_of(session, row))
    net, vat = vat_split(total, row.vat_basis_points)
    query = select(ContractItem).where(ContractItem.contract_id == row.id).order_by(ContractItem.id)
    return ContractWhole(
        contract=await seen(session, row),
        total=total,
        net=net,
        vat=vat,
        items=[item_view(item) for item in await session.scalars(query)],
        supplements=[supplement_view(part) for part in await repository.supplements_of(session, row.id)],
        claims=await _claims(session, row, clock),
        payments=[payment_view(part) for part in await repository_parts.payments_of(session, row.id)],
        suspensions=[
            suspension_view(part) for part in await repository_parts.suspensions_of(session, row.id)
        ],
        qualifications=[
            qualification_view(part) for part in await repository_parts.qualifications_of(session, row.id)
        ],
    )


async def _claims(session: AsyncSession, row: Contract, clock: Clock) -> list[ClaimView]:
    today = natural_day(clock.now())
    paid = await repository_parts.paid_by_claim(session, row.id)
    views = []
    for claim in await repository_parts.claims_of(session, row.id):
        parts = paid.get(claim.id, ())
        debt = Debt(amount=claim.amount, due_on=claim.due_on, paid=parts)
        fee = late_fee([debt], row.late_fee_basis_points, today)
        views.append(claim_view(claim, sum(part.amount for part in parts), fee))
    return views
