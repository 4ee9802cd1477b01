"""Tables of what a contract's tenant owes and paid, and of its settlement. Amounts are fen."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.contracts.words import ClaimKind
from yunhu.foundation.db import Base, Jsonb, Moment, one_of
from yunhu.foundation.ids import new_id


class Claim(Base):
    """A claim for money from the day of signing, with the invoice (发票) that was issued for it."""

    __tablename__ = "contract_claims"
    __table_args__ = (
        one_of("kind", ClaimKind),
        CheckConstraint("amount > 0 AND amount = net + vat", name="amount"),
        Index("ix_contract_claims_contract", "contract_id", "due_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    supplement_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract_supplements.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    kind: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    net: Mapped[int] = mapped_column(BigInteger)
    vat: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[date]
    due_on: Mapped[date]
    invoice_number: Mapped[str | None]
    invoiced_on: Mapped[date | None]
    created_at: Mapped[Moment]


class Payment(Base):
    """Money that came in."""

    __tablename__ = "contract_payments"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        UniqueConstraint("contract_id", "reference"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    reference: Mapped[str]
    """Of the bank: the same money is not recorded twice."""
    recorded_by: Mapped[str]
    recorded_at: Mapped[Moment]


class Allocation(Base):
    """How much of a payment went to which claim; what is left over stays on account."""

    __tablename__ = "contract_allocations"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("contract_payments.id"), primary_key=True)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("contract_claims.id"), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    amount: Mapped[int] = mapped_column(BigInteger)


class Settlement(Base):
    """The closing account of a contract (§7.2); its lines are kept as they were computed."""

    __tablename__ = "contract_settlements"

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    account: Mapped[Jsonb]
    settled_on: Mapped[date]
    settled_by: Mapped[str]
    at: Mapped[Moment]
