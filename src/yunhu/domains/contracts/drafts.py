"""Make, edit, and sign a contract."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts import repository, repository_parts
from yunhu.domains.contracts.advance import advance, take
from yunhu.domains.contracts.errors import (
    ContractExistsError,
    ContractInvalidError,
    ContractNotFoundError,
    NotDraftError,
    PartNotFoundError,
    TermsOverlapError,
)
from yunhu.domains.contracts.events import Journal
from yunhu.domains.contracts.models import Contract, ContractItem
from yunhu.domains.contracts.models_money import Claim
from yunhu.domains.contracts.states import Step
from yunhu.domains.contracts.wishes import ContractWish, ItemWish, Text, check_contract
from yunhu.domains.contracts.words import ClaimKind, ContractState
from yunhu.domains.identity.public import Tenant
from yunhu.foundation.calendar import WorkingCalendar
from yunhu.foundation.ids import new_id
from yunhu.foundation.money import vat_split


class SignWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signature."""

    signed_on: date
    signed_by: Text
    """Who signed, for both sides, as it stands on the paper."""


class InvoiceWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An invoice (发票) that was issued for a claim."""

    claim_id: UUID
    invoice_number: Text
    invoiced_on: date


async def find_contract(
    session: AsyncSession, contract_id: UUID, *, tenant_id: UUID | None = None, lock: bool = False
) -> Contract:
    """A contract; of that tenant, when one is named. Raises `ContractNotFoundError`."""
    row = await repository.find(session, contract_id, lock=lock)
    if row is None or (tenant_id is not None and row.tenant_id != tenant_id):
        raise ContractNotFoundError
    return row


async def create(journal: Journal, tenant_id: UUID, wish: ContractWish) -> Contract:
    """A draft. Raises `ContractInvalidError`, `ContractExistsError`."""
    check_contract(wish)
    # One number can be wanted twice at once: whoever comes second waits for the tenant's row and then finds it.
    await _lock_tenant(journal.session, tenant_id)
    other = await repository.by_number(journal.session, wish.number)
    if other is not None:
        details = {"contract_id": str(other.id)} if other.tenant_id == tenant_id else {}
        raise ContractExistsError(f"contract {wish.number} is recorded already", **details)
    row = Contract(
        id=new_id(), tenant_id=tenant_id, state=ContractState.DRAFT, created_at=journal.now, **_columns(wish)
    )
    row.updated_at = journal.now
    journal.session.add(row)
    await journal.session.flush()
    add_items(journal.session, row, wish.items, wish.first_day)
    journal.note("contract.create", row, after=_shown(wish))
    return row


async def edit(journal: Journal, contract_id: UUID, wish: ContractWish) -> Contract:
    """Put other terms into a draft. Raises `NotDraftError`, `ContractInvalidError`, `ContractExistsError`."""
    check_contract(wish)
    row = await find_contract(journal.session, contract_id, lock=True)
    if row.state != ContractState.DRAFT:
        raise NotDraftError(state=row.state)
    other = await repository.by_number(journal.session, wish.number)
    if other is not None and other.id != row.id:
        raise ContractExistsError(f"contract {wish.number} is recorded already")
    columns = _columns(wish)
    before = {name: getattr(row, name) for name in columns}
    for name, value in columns.items():
        setattr(row, name, value)
    row.updated_at = journal.now
    await journal.session.execute(delete(ContractItem).where(ContractItem.contract_id == row.id))
    add_items(journal.session, row, wish.items, wish.first_day)
    await journal.session.flush()
    journal.note("contract.edit", row, before=before, after=_shown(wish))
    return row


async def sign(
    journal: Journal,
    contract_id: UUID,
    wish: SignWish,
    calendar: WorkingCalendar,
    *,
    due_on: date | None = None,
) -> Contract:
    """Sign a draft: the prepayment is due some working days later, or on `due_on`.

    Raises `StepRefusedError`, `TermsOverlapError`, and `CalendarYearUnknownError` for a due day that cannot be known.
    """
    row = await find_contract(journal.session, contract_id, lock=True)
    await _lock_tenant(journal.session, row.tenant_id)
    if wish.signed_on > journal.today:
        raise ContractInvalidError(f"signed_on {wish.signed_on} lies in the future", faults=["signed_on"])
    other = await repository.overlapping(journal.session, row)
    if other is not None:
        raise TermsOverlapError(f"contract {other.number} covers days of this term", number=other.number)
    due = due_on or calendar.add_working_days(wish.signed_on, row.payment_working_days)
    take(journal, row, Step.SIGN)
    row.signed_on, row.signed_by = wish.signed_on, wish.signed_by
    if row.prepayment > 0:
        add_claim(journal, row, ClaimKind.PREPAYMENT, row.prepayment, due)
    journal.tell("contract.signed", row, signed_on=wish.signed_on)
    await advance(journal, row)
    return row


def add_claim(
    journal: Journal,
    row: Contract,
    kind: ClaimKind,
    amount: int,
    due_on: date,
    *,
    supplement_id: UUID | None = None,
) -> Claim:
    """Money that the tenant owes from today."""
    net, vat = vat_split(amount, row.vat_basis_points)
    claim = Claim(
        id=new_id(),
        contract_id=row.id,
        supplement_id=supplement_id,
        tenant_id=row.tenant_id,
        kind=kind,
        amount=amount,
        net=net,
        vat=vat,
        since=journal.today,
        due_on=due_on,
        created_at=journal.now,
    )
    journal.session.add(claim)
    journal.note("contract.claim", row, after={"kind": kind, "amount": amount, "due_on": due_on})
    return claim


async def record_invoice(journal: Journal, contract_id: UUID, wish: InvoiceWish) -> Contract:
    """Note that an invoice was issued. Raises `PartNotFoundError`."""
    row = await find_contract(journal.session, contract_id, lock=True)
    claims = await repository_parts.claims_of(journal.session, row.id)
    claim = next((claim for claim in claims if claim.id == wish.claim_id), None)
    if claim is None:
        raise PartNotFoundError
    before = {"invoice_number": claim.invoice_number, "invoiced_on": claim.invoiced_on}
    claim.invoice_number, claim.invoiced_on = wish.invoice_number, wish.invoiced_on
    after = {"invoice_number": wish.invoice_number, "invoiced_on": wish.invoiced_on}
    journal.note("contract.invoiced", row, before=before, after=after)
    journal.tell("contract.invoiced", row, claim_id=str(claim.id), invoice_number=wish.invoice_number)
    if row.state == ContractState.SIGNED and claim.kind == ClaimKind.PREPAYMENT:
        take(journal, row, Step.INVOICE)
    await advance(journal, row)
    return row


def add_items(
    session: AsyncSession,
    row: Contract,
    items: tuple[ItemWish, ...],
    first_day: date,
    *,
    supplement_id: UUID | None = None,
) -> None:
    """Keep the lines of a contract or a supplement."""
    session.add_all(
        ContractItem(
            id=new_id(),
            contract_id=row.id,
            supplement_id=supplement_id,
            tenant_id=row.tenant_id,
            kind=item.kind,
            name=item.name,
            unit=item.unit,
            quota=item.quota,
            price=item.price,
            period=item.period,
            first_day=first_day,
            last_day=item.last_day,
        )
        for item in items
    )


async def _lock_tenant(session: AsyncSession, tenant_id: UUID) -> None:
    # Contracts of one tenant are signed one after the other; references to the tenant go on being made.
    await session.execute(select(Tenant.id).where(Tenant.id == tenant_id).with_for_update(key_share=True))


def _columns(wish: ContractWish) -> dict[str, Any]:
    fields = msgspec.structs.asdict(wish)
    del fields["items"]
    return {**fields, "required_documents": wish.documents}


def _shown(wish: ContractWish) -> dict[str, Any]:
    lines = [
        f"{item.kind}: {item.quota} {item.unit}, {item.price} fen a {item.period}" for item in wish.items
    ]
    return {**_columns(wish), "items": lines}
