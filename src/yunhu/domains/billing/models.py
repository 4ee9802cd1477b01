"""Tables of quotas and of what was metered. Amounts are fen with tax."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.billing.words import MeterState
from yunhu.domains.contracts.public import METERED, Charging
from yunhu.foundation.db import Base, Moment, one_of
from yunhu.foundation.ids import new_id

_KINDS = sorted(METERED)


class BillingAccount(Base):
    """The money of one contract. Its row is the lock under which money moves and months close."""

    __tablename__ = "billing_accounts"
    __table_args__ = (CheckConstraint("held >= 0", name="held"),)

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    granted: Mapped[int | None] = mapped_column(BigInteger)
    """Up to here the tenant may use; none: the contract asks for no prepayment."""
    held: Mapped[int] = mapped_column(BigInteger, server_default=sql("0"))
    used: Mapped[int] = mapped_column(BigInteger, server_default=sql("0"))
    recognised: Mapped[int] = mapped_column(BigInteger, server_default=sql("0"))
    """How much of it was posted as revenue; its tax is always the half-up split of this sum."""
    open_from: Mapped[date]
    """First natural day of the first month that is not closed."""


class QuotaPeriod(Base):
    """One period of one metered item. Nothing is dialled that would go beyond (row C10)."""

    __tablename__ = "quota_periods"
    __table_args__ = (
        one_of("kind", _KINDS),
        UniqueConstraint("item_id", "first_day"),
        CheckConstraint("held >= 0 AND used >= 0 AND held + used <= quota", name="within_quota"),
        Index("ix_quota_periods_tenant", "tenant_id", "kind", "first_day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("billing_accounts.contract_id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("contract_items.id"))
    kind: Mapped[str]
    charging: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    quota: Mapped[int] = mapped_column(BigInteger)
    price: Mapped[int] = mapped_column(BigInteger)
    """Of the whole quota. The n-th piece costs what n pieces cost more than n - 1, each rounded half-up."""
    held: Mapped[int] = mapped_column(BigInteger, server_default=sql("0"))
    used: Mapped[int] = mapped_column(BigInteger, server_default=sql("0"))


class MeterEntry(Base):
    """One piece: held when its call is committed, charged or released with the outcome, exactly once."""

    __tablename__ = "meter_entries"
    __table_args__ = (
        one_of("kind", _KINDS),
        one_of("state", MeterState),
        one_of("charging", Charging),
        CheckConstraint("(state = 'held') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("state = 'charged' OR (amount = 0 AND entry_id IS NULL)", name="charged"),
        Index(
            "ix_meter_entries_statement",
            "contract_id",
            "day",
            postgresql_where=sql("state = 'charged'"),
            postgresql_include=["quota_id", "amount"],
        ),
        Index(
            "ix_meter_entries_unposted",
            "contract_id",
            "quota_id",
            "day",
            postgresql_where=sql("state = 'charged' AND entry_id IS NULL"),
        ),
        Index("ix_meter_entries_held", "held_at", postgresql_where=sql("state = 'held'")),
    )

    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    contract_id: Mapped[UUID]
    quota_id: Mapped[UUID] = mapped_column(ForeignKey("quota_periods.id"))
    charging: Mapped[str]
    state: Mapped[str]
    day: Mapped[date]
    """The natural day on which it was held, then the one on which it counts: never in a closed month."""
    held_amount: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    held_at: Mapped[Moment]
    settled_at: Mapped[Moment | None]
    entry_id: Mapped[UUID | None]
    """The ledger entry in which its amount is."""


class BalanceAlarm(Base):
    """That a share of the money of a contract was used was told, once for each amount that was granted."""

    __tablename__ = "balance_alarms"

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("billing_accounts.contract_id"), primary_key=True)
    granted: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    percent: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    used: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[Moment]


class QuotaAlarm(Base):
    """That a period was used up to a share was told, once."""

    __tablename__ = "quota_alarms"

    quota_id: Mapped[UUID] = mapped_column(ForeignKey("quota_periods.id"), primary_key=True)
    percent: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    used: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[Moment]
