"""Tables of terms, progress and holds."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.privacy.kinds import DataKind
from yunhu.foundation.db import Base, Moment, one_of


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
    """A call that must stay whatever its age, because of a complaint or a dispute."""

    __tablename__ = "legal_holds"
    __table_args__ = (
        Index(
            "uq_legal_holds_standing",
            "call_id",
            "reason",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index("ix_legal_holds_list", "tenant_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    call_id: Mapped[UUID]
    reason: Mapped[str]
    """`complaint <number>`, …"""
    held_by: Mapped[str]
    held_at: Mapped[Moment]
    lifted_at: Mapped[Moment | None]
