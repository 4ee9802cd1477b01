"""Tables of consents and refusals (row C5)."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.notifications.public import ConsentPurpose, ConsentSource
from yunhu.foundation.db import Base, BlindIndex, Moment, one_of
from yunhu.foundation.ids import new_id


class RefusalSource(StrEnum):
    """How a person told us."""

    KEY = "key"
    AGENT = "agent"
    WEB = "web"
    """Through the link that is the person's own."""
    API = "api"
    OPERATOR = "operator"


class Refusal(Base):
    """A person who wants no further calls and texts, from the moment it was said."""

    __tablename__ = "refusals"
    __table_args__ = (
        one_of("source", RefusalSource),
        Index(
            "uq_refusals_standing",
            "tenant_id",
            "callee_index",
            unique=True,
            postgresql_where=sql("lifted_at IS NULL"),
        ),
        Index(
            "uq_refusals_everywhere",
            "callee_index",
            unique=True,
            postgresql_where=sql("tenant_id IS NULL AND lifted_at IS NULL"),
        ),
        Index("ix_refusals_list", "tenant_id", "id"),
        Index("ix_refusals_callee", "callee_index", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    """Whose calls and texts; without one those of every tenant."""
    callee_cipher: Mapped[bytes]
    callee_index: Mapped[BlindIndex]
    source: Mapped[str]
    call_id: Mapped[UUID | None]
    at: Mapped[Moment]
    recorded_by: Mapped[str] = mapped_column(server_default=sql("''"))
    """Empty when the person did it."""
    lifted_at: Mapped[Moment | None]
    lifted_by: Mapped[str] = mapped_column(server_default=sql("''"))


class Consent(Base):
    """One act of consent, with the evidence for it. Kept when it no longer holds: it still proves earlier calls."""

    __tablename__ = "consents"
    __table_args__ = (
        one_of("purpose", ConsentPurpose),
        one_of("source", ConsentSource),
        CheckConstraint(
            "valid_until IS NULL OR valid_until >= (given_at AT TIME ZONE 'Asia/Shanghai')::date",
            name="validity",
        ),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
        CheckConstraint(
            "erased_at IS NULL OR (withdrawn_at IS NOT NULL AND callee_cipher = '' AND document_id IS NULL)",
            name="erased",
        ),
        Index("ix_consents_callee", "tenant_id", "callee_index", "purpose", "valid_until"),
        Index("ix_consents_list", "tenant_id", "id"),
        Index(
            "ix_consents_ending",
            "tenant_id",
            "valid_until",
            postgresql_where=sql("valid_until IS NOT NULL AND withdrawn_at IS NULL"),
        ),
        Index(
            "ix_consents_withdrawn",
            "tenant_id",
            "withdrawn_at",
            postgresql_where=sql("withdrawn_at IS NOT NULL AND erased_at IS NULL"),
        ),
        Index("ix_consents_document", "document_id", "id", postgresql_where=sql("document_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    callee_cipher: Mapped[bytes]
    """Empty when erased."""
    callee_index: Mapped[BlindIndex]
    purpose: Mapped[str]
    source: Mapped[str]
    given_at: Mapped[Moment]
    valid_until: Mapped[date | None]
    """Last natural day; none: until it is withdrawn."""
    reference: Mapped[str] = mapped_column(server_default=sql("''"))
    """Where the evidence lies: the visit of a kiosk, the number of a form, the file of a recording."""
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    recorded_at: Mapped[Moment]
    recorded_by: Mapped[str]
    withdrawn_at: Mapped[Moment | None]
    withdrawn_by: Mapped[str | None]
    withdrawal_reason: Mapped[str] = mapped_column(server_default=sql("''"))
    erased_at: Mapped[Moment | None]
    """Its term is over: what is left says that a consent was withdrawn, so that an older file does not bring it back."""
