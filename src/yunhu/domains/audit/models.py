"""Tables of the audit chains and of tenants' grants."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.audit.content import ContentKind
from yunhu.foundation.db import Base, Moment, one_of

OPERATOR_CHAIN = UUID(int=0)
"""The chain of what concerns no single tenant. Every other chain has its tenant's id."""

_OWN_CHAIN = f"chain = coalesce(tenant_id, '{OPERATOR_CHAIN}')"


class EntryKind(StrEnum):
    """What an entry tells."""

    CHANGE = "change"
    LOOK = "look"
    """Somebody saw a whole phone number or a content."""
    CUT = "cut"
    """Older entries have been removed after their time; `changes` has the number and the hash of the last one."""


class AuditHead(Base):
    """The newest entry of a chain. A trigger moves it, by one entry at a time and never back.

    No foreign key to the tenant: the chain outlives it.
    """

    __tablename__ = "audit_heads"
    __table_args__ = (
        CheckConstraint(_OWN_CHAIN, name="own_chain"),
        CheckConstraint("cut_sequence <= sequence", name="cut"),
    )

    chain: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID | None]
    sequence: Mapped[int] = mapped_column(BigInteger)
    """0 before the first entry."""
    hash: Mapped[bytes]
    cut_sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Entries up to this one are gone."""
    cut_hash: Mapped[bytes]
    """The hash of that entry: what the first one left names as its previous."""


class AuditEntry(Base):
    """One thing that somebody did or saw. Never updated; deleted only behind a cut and older than the law's six months."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint(_OWN_CHAIN, name="own_chain"),
        one_of("kind", EntryKind),
        Index("ix_audit_entries_subject", "chain", "subject_kind", "subject_id", "sequence"),
        Index("ix_audit_entries_actor", "chain", "actor_name", "sequence"),
        Index("ix_audit_entries_action", "chain", "action", "sequence"),
        Index("ix_audit_entries_at", "chain", "at", "sequence"),
    )

    chain: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """From 1, without gaps."""
    tenant_id: Mapped[UUID | None]
    kind: Mapped[str]
    at: Mapped[Moment]
    actor_kind: Mapped[str]
    actor_name: Mapped[str]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
    """`[{"name", "before", "after"}]`, only what differs; values as text, null where there was none."""
    reason: Mapped[str]
    address: Mapped[str | None]
    """The peer's address, where there was one."""
    previous: Mapped[bytes]
    """Hash of the entry before it; 32 zero bytes before the first."""
    hash: Mapped[bytes]
    """SHA-256 of the canonical form (`canonical.py`), which includes `previous`."""


class ContentGrant(Base):
    """A tenant lets the operator's staff read kinds of its content, for a purpose, until a time (row D8)."""

    __tablename__ = "content_grants"
    __table_args__ = (
        CheckConstraint(
            f"cardinality(kinds) > 0 AND kinds <@ ARRAY[{', '.join(repr(kind.value) for kind in ContentKind)}]",
            name="kinds",
        ),
        CheckConstraint("expires_at > granted_at", name="term"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
        Index("ix_content_grants_tenant", "tenant_id", "id"),
        Index(
            "ix_content_grants_standing",
            "tenant_id",
            "expires_at",
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    user_id: Mapped[UUID | None]
    """The one user of the operator; empty: all of the operator's compliance staff."""
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    purpose: Mapped[str]
    granted_by: Mapped[str]
    granted_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    revoked_by: Mapped[str | None]
