"""Tables of contracts: what was agreed. Money and causes are in `models_money.py` and `models_service.py`."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.contracts.words import (
    Charging,
    ContractState,
    ItemKind,
    Period,
    ServiceStart,
    Side,
    SupplementState,
)
from yunhu.foundation.db import Base, Moment, one_of
from yunhu.foundation.ids import new_id


class Contract(Base):
    """合同. Amounts are fen, shares basis points (1/10,000)."""

    __tablename__ = "contracts"
    __table_args__ = (
        one_of("state", ContractState),
        one_of("charging", Charging),
        one_of("service_start", ServiceStart),
        one_of("ended_by", Side),
        CheckConstraint("last_day >= first_day", name="term"),
        CheckConstraint("vat_basis_points BETWEEN 0 AND 10000", name="vat"),
        CheckConstraint("prepayment >= 0", name="prepayment"),
        CheckConstraint("qualification_type IN (1, 2)", name="qualification_type"),
        CheckConstraint("state IN ('draft') OR signed_on IS NOT NULL", name="signed"),
        Index("ix_contracts_tenant", "tenant_id", "last_day"),
        Index(
            "ix_contracts_clock",
            "clock_day",
            postgresql_where=sql("state IN ('signed', 'awaiting_payment', 'active', 'suspended')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    number: Mapped[str] = mapped_column(unique=True)
    operator_name: Mapped[str]
    tenant_name: Mapped[str]
    tenant_tax_id: Mapped[str]
    """统一社会信用代码 of the buyer, for invoices; empty while nobody has told it."""
    state: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    """Of the term as it is now; a supplement in force may have moved it."""
    vat_basis_points: Mapped[int]
    prepayment: Mapped[int] = mapped_column(BigInteger)
    payment_working_days: Mapped[int] = mapped_column(SmallInteger)
    """Within so many working days after signing (§3.2)."""
    payment_terms: Mapped[str]
    service_start: Mapped[str]
    charging: Mapped[str]
    complaints_a_month: Mapped[int]
    late_fee_basis_points: Mapped[int]
    """Of the debt, each natural day (§3.3): 10 is 0.1%."""
    termination_days: Mapped[int]
    """Overdue for so many days, the contract may be terminated (§3.4)."""
    settlement_months: Mapped[int]
    """After the end (§7.2)."""
    qualification_type: Mapped[int] = mapped_column(SmallInteger)
    """1 non-commercial, 2 commercial (§9.6)."""
    required_documents: Mapped[list[str]] = mapped_column(ARRAY(Text))
    signed_on: Mapped[date | None]
    signed_by: Mapped[str | None]
    activated_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    """The last day of service."""
    ended_by: Mapped[str | None]
    end_reason: Mapped[str | None]
    settled_on: Mapped[date | None]
    clock_day: Mapped[date | None]
    """The last natural day whose clocks were looked at."""
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class Supplement(Base):
    """补充协议: a signed amendment that raises quotas, adds items or moves the last day."""

    __tablename__ = "contract_supplements"
    __table_args__ = (
        one_of("state", SupplementState),
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("state IN ('draft', 'withdrawn') OR signed_on IS NOT NULL", name="signed"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    number: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str]
    effective_on: Mapped[date]
    new_last_day: Mapped[date | None]
    previous_last_day: Mapped[date | None]
    """What the last day was before, once it is in force."""
    prepayment: Mapped[int] = mapped_column(BigInteger)
    signed_on: Mapped[date | None]
    signed_by: Mapped[str | None]
    created_at: Mapped[Moment]


class ContractItem(Base):
    """One line of what was sold. Its unit price is `price / quota`, exactly: 67,000 yuan for 1,380,000 cards."""

    __tablename__ = "contract_items"
    __table_args__ = (
        one_of("kind", ItemKind),
        one_of("period", Period),
        CheckConstraint("quota > 0", name="quota"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="term"),
        Index("ix_contract_items_contract", "contract_id", "kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    supplement_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract_supplements.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    kind: Mapped[str]
    name: Mapped[str]
    unit: Mapped[str]
    quota: Mapped[int] = mapped_column(BigInteger)
    price: Mapped[int] = mapped_column(BigInteger)
    """Fen with tax, for the whole quota of one period."""
    period: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    """Left out: as long as the contract."""
