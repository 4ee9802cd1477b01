"""Tables of the ledger, of statements and of reconciliation runs. Amounts are fen."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.billing.words import Account, Cause, EntryKind, RunKind
from yunhu.foundation.db import Base, Jsonb, Moment, one_of
from yunhu.foundation.ids import new_id


class LedgerEntry(Base):
    """One fact in double entry. It never changes; the database refuses one whose lines do not sum to zero."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        one_of("kind", EntryKind),
        UniqueConstraint("contract_id", "source"),
        Index("ix_ledger_entries_list", "tenant_id", "id"),
        Index("ix_ledger_entries_day", "contract_id", "day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    kind: Mapped[str]
    source: Mapped[str]
    """The fact it comes from; the same fact is posted once."""
    day: Mapped[date]
    at: Mapped[Moment]


class LedgerLine(Base):
    """One side of an entry: debit positive, credit negative."""

    __tablename__ = "ledger_lines"
    __table_args__ = (
        one_of("account", Account),
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_ledger_lines_account", "tenant_id", "account"),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    account: Mapped[str]
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract_items.id"))
    amount: Mapped[int] = mapped_column(BigInteger)


class Statement(Base):
    """A closed month (对账单). What it says is kept as it was; later facts go to the next month."""

    __tablename__ = "statements"
    __table_args__ = (
        UniqueConstraint("contract_id", "month"),
        CheckConstraint("net + vat = gross", name="gross"),
        Index("ix_statements_list", "tenant_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    number: Mapped[str] = mapped_column(unique=True)
    month: Mapped[date]
    """Its first day."""
    gross: Mapped[int] = mapped_column(BigInteger)
    net: Mapped[int] = mapped_column(BigInteger)
    vat: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[Jsonb]
    pdf_document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"))
    xlsx_document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"))
    closed_at: Mapped[Moment]
    closed_by: Mapped[str]


class StatementCounter(Base):
    """The last number of a year: a statement that is rolled back leaves no gap."""

    __tablename__ = "statement_counters"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Reconciliation(Base):
    """One comparison: of a carrier's file with our calls, or of what was metered with our calls."""

    __tablename__ = "reconciliations"
    __table_args__ = (one_of("kind", RunKind), Index("ix_reconciliations_list", "tenant_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    kind: Mapped[str]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    offset_seconds: Mapped[int | None]
    """By how much the carrier's clock is ahead of ours, as the file shows it; it is taken off before calls are matched."""
    theirs: Mapped[int] = mapped_column(BigInteger)
    """Rows of the file; of a comparison with what was metered, the pieces."""
    ours: Mapped[int] = mapped_column(BigInteger)
    matched: Mapped[int] = mapped_column(BigInteger)
    counts: Mapped[Jsonb]
    """How many differences of each cause."""
    at: Mapped[Moment]
    created_by: Mapped[str]


class ReconciliationDifference(Base):
    """One difference with its cause."""

    __tablename__ = "reconciliation_differences"
    __table_args__ = (
        one_of("cause", Cause),
        Index("ix_reconciliation_differences_cause", "reconciliation_id", "cause", "position"),
    )

    reconciliation_id: Mapped[UUID] = mapped_column(ForeignKey("reconciliations.id"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    cause: Mapped[str]
    row: Mapped[int | None] = mapped_column(BigInteger)
    """Line of the file, the header being 1."""
    call_id: Mapped[UUID | None]
    ours: Mapped[str | None]
    theirs: Mapped[str | None]
