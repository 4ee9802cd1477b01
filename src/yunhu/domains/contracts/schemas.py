"""Contracts over the wire. Amounts are integer fen."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from yunhu.domains.contracts.models import Contract, ContractItem, Supplement
from yunhu.domains.contracts.models_money import Claim, Payment
from yunhu.domains.contracts.models_service import Qualification, Shortfall, Suspension
from yunhu.domains.contracts.wishes import Text
from yunhu.domains.contracts.words import (
    Cause,
    Charging,
    ClaimKind,
    ContractState,
    ItemKind,
    Period,
    ServiceStart,
    ShortfallKind,
    Side,
    SupplementState,
    SuspensionState,
)


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why something is done; it stays in the history."""

    reason: Text


class ItemView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what was sold. The unit price is `price / quota`, exactly."""

    id: UUID
    kind: ItemKind
    name: str
    unit: str
    quota: int
    price: int
    period: Period
    first_day: date
    last_day: date | None
    """Null: as long as the contract."""
    supplement_id: UUID | None


class SupplementView(msgspec.Struct, frozen=True, kw_only=True):
    """An amendment."""

    id: UUID
    number: str
    state: SupplementState
    reason: str
    effective_on: date
    new_last_day: date | None
    previous_last_day: date | None
    prepayment: int
    signed_on: date | None
    signed_by: str | None
    created_at: datetime


class ClaimView(msgspec.Struct, frozen=True, kw_only=True):
    """Money that the tenant owes or owed."""

    id: UUID
    kind: ClaimKind
    amount: int
    net: int
    vat: int
    since: date
    due_on: date
    paid: int
    late_fee: int
    """Up to today."""
    invoice_number: str | None
    invoiced_on: date | None


class PaymentView(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came in."""

    id: UUID
    amount: int
    paid_on: date
    reference: str
    recorded_by: str
    recorded_at: datetime


class SuspensionView(msgspec.Struct, frozen=True, kw_only=True):
    """A cause against service, with who, when and why."""

    id: UUID
    cause: Cause
    subject: str
    state: SuspensionState
    reason: str
    asked_at: datetime
    asked_by: str
    since: datetime | None
    confirmed_by: str | None
    ended_at: datetime | None
    ended_by: str | None
    end_reason: str | None


class QualificationView(msgspec.Struct, frozen=True, kw_only=True):
    """A document of the tenant."""

    id: UUID
    kind: str
    reference: str
    document_id: UUID | None
    valid_until: date | None
    checked_by: str | None
    checked_at: datetime | None
    added_by: str
    added_at: datetime


class ShortfallView(msgspec.Struct, frozen=True, kw_only=True):
    """A day on which capacity was asked for that the contract grants and the operator did not supply."""

    day: date
    kind: ShortfallKind
    granted: int
    supplied: int
    lost: int


class ContractView(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed, and where the contract is."""

    id: UUID
    tenant: str
    """Slug."""
    number: str
    state: ContractState
    operator_name: str
    tenant_name: str
    tenant_tax_id: str
    first_day: date
    last_day: date
    vat_basis_points: int
    prepayment: int
    payment_working_days: int
    payment_terms: str
    service_start: ServiceStart
    charging: Charging
    complaints_a_month: int
    late_fee_basis_points: int
    termination_days: int
    settlement_months: int
    qualification_type: int
    required_documents: list[str]
    signed_on: date | None
    signed_by: str | None
    activated_on: date | None
    ended_on: date | None
    ended_by: Side | None
    end_reason: str | None
    settled_on: date | None
    causes: list[Cause]
    """That stand against service today."""
    created_at: datetime
    updated_at: datetime


class ContractWhole(msgspec.Struct, frozen=True, kw_only=True):
    """A contract with everything that hangs on it, the oldest first."""

    contract: ContractView
    total: int
    """Of all items in force, over all periods, with tax."""
    net: int
    vat: int
    items: list[ItemView]
    supplements: list[SupplementView]
    claims: list[ClaimView]
    payments: list[PaymentView]
    suspensions: list[SuspensionView]
    qualifications: list[QualificationView]


class SettlementView(msgspec.Struct, frozen=True, kw_only=True):
    """The closing account as it was kept."""

    account: dict[str, Any]
    """The fields of `Account`."""
    settled_on: date
    settled_by: str


def contract_view(row: Contract, tenant: str, causes: Sequence[str]) -> ContractView:
    """A row, its tenant's slug and what stands against service, as they are shown."""
    found = {"tenant": tenant, "causes": list(causes)}
    fields = {name: getattr(row, name) for name in ContractView.__struct_fields__ if name not in found}
    return msgspec.convert({**fields, **found}, ContractView)


def item_view(row: ContractItem) -> ItemView:
    """A row as it is shown."""
    return msgspec.convert(row, ItemView, from_attributes=True)


def supplement_view(row: Supplement) -> SupplementView:
    """A row as it is shown."""
    return msgspec.convert(row, SupplementView, from_attributes=True)


def claim_view(row: Claim, paid: int, late_fee: int) -> ClaimView:
    """A row with what was paid on it and what it costs to be late."""
    computed = {"paid": paid, "late_fee": late_fee}
    fields = {name: getattr(row, name) for name in ClaimView.__struct_fields__ if name not in computed}
    return msgspec.convert({**fields, **computed}, ClaimView)


def payment_view(row: Payment) -> PaymentView:
    """A row as it is shown."""
    return msgspec.convert(row, PaymentView, from_attributes=True)


def suspension_view(row: Suspension) -> SuspensionView:
    """A row as it is shown."""
    return msgspec.convert(row, SuspensionView, from_attributes=True)


def qualification_view(row: Qualification) -> QualificationView:
    """A row as it is shown."""
    return msgspec.convert(row, QualificationView, from_attributes=True)


def shortfall_views(rows: Sequence[Shortfall]) -> list[ShortfallView]:
    """Rows as they are shown."""
    return [msgspec.convert(row, ShortfallView, from_attributes=True) for row in rows]
