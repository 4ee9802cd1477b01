"""Tables of terms, progress and holds."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.privacy.kinds import DataKind, HoldKind
from yunhu.foundation.db import Base, BlindIndex, Moment, one_of


class RetentionTerm(Base):
    """A tenant's term for a kind of data or, without a tenant, the operator's minimum for all tenants."""

    __tablename__ = "retention_terms"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", postgresql_nulls_not_distinct=True),
        one_of("kind", DataKind),
        CheckConstraint("days BETWEEN 1 AND 36500", name="days"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    kind: Mapped[str]
    days: Mapped[int]
    updated_at: Mapped[Moment]


class RetentionProgress(Base):
    """How far removal has come, of a tenant or, without one, of what belongs to none."""

    __tablename__ = "retention_progress"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", postgresql_nulls_not_distinct=True),
        one_of("kind", DataKind),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    kind: Mapped[str]
    done_before: Mapped[Moment]
    """Everything older has been looked through."""
    first_left: Mapped[UUID]
    """Where the next look begins: the oldest row that the last one left."""
    removed: Mapped[int] = mapped_column(BigInteger)
    """How many, all in all."""
    updated_at: Mapped[Moment]


class LegalHold(Base):
    """What must stay whatever its age, because of a complaint or a dispute: a call, a person's, or some days'."""

    __tablename__ = "legal_holds"
    __table_args__ = (
        one_of("kind", HoldKind),
        CheckConstraint("(kind = 'call') = (call_id IS NOT NULL)", name="call"),
        CheckConstraint("(kind = 'callee') = (callee_index IS NOT NULL)", name="callee"),
        CheckConstraint("(callee_index IS NULL) = (callee_cipher IS NULL)", name="sealed"),
        CheckConstraint("(kind = 'period') = (first_day IS NOT NULL)", name="period"),
        CheckConstraint("(first_day IS NULL) = (last_day IS NULL) AND first_day <= last_day", name="days"),
        CheckConstraint("script_id IS NULL OR kind = 'period'", name="script"),
        CheckConstraint("lifted_by IS NULL OR lifted_at IS NOT NULL", name="lifted"),
        CheckConstraint("calls_saved >= 0 AND messages_saved >= 0", name="saved"),
        # Begins with the call: removal asks by it.
        Index(
            "uq_legal_holds_standing",
            "call_id",
            "callee_index",
            "tenant_id",
            "first_day",
            "last_day",
            "script_id",
            "reason",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index(
            "ix_legal_holds_callee",
            "callee_index",
            "tenant_id",
            postgresql_where=text("lifted_at IS NULL AND kind = 'callee'"),
        ),
        Index(
            "ix_legal_holds_period",
            "tenant_id",
            "first_day",
            "last_day",
            postgresql_where=text("lifted_at IS NULL AND kind = 'period'"),
        ),
        Index("ix_legal_holds_ends", "ends_on", postgresql_where=text("lifted_at IS NULL")),
        Index("ix_legal_holds_list", "tenant_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    kind: Mapped[str]
    call_id: Mapped[UUID | None]
    callee_cipher: Mapped[bytes | None]
    callee_index: Mapped[BlindIndex | None]
    """Whose calls and texts stay."""
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    """Natural days in which the calls and texts were, both included."""
    script_id: Mapped[UUID | None] = mapped_column(ForeignKey("scripts.id"))
    """Only those with this script."""
    reason: Mapped[str]
    """`complaint <number>`, …"""
    ends_on: Mapped[date | None]
    """Last natural day; None: until somebody lifts it."""
    held_by: Mapped[str]
    held_at: Mapped[Moment]
    lifted_at: Mapped[Moment | None]
    lifted_by: Mapped[str | None]
    """Not known of holds that were lifted before it was asked."""
    calls_saved: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    messages_saved: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Beyond their term when removal looked last, and there: what the hold has saved."""
