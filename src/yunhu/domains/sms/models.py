"""Tables of SMSC accounts, messages and their parts."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, BlindIndex, Jsonb, Moment, one_of
from yunhu.foundation.ids import new_id


class MessageState(StrEnum):
    """Where a message stands. `submitting` is committed before the PDU leaves."""

    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    REJECTED = "rejected"
    """The SMSC refused it: nothing was sent."""
    UNKNOWN = "unknown"
    """Nobody said what became of it before the receipt's deadline."""


class SmscAccount(Base):
    """An account at a carrier's SMS centre, or at the sandbox's."""

    __tablename__ = "smsc_accounts"
    __table_args__ = (one_of("kind", ("smpp", "sandbox")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    config: Mapped[Jsonb]
    """An `SmscConfig` (see schemas); holds the name of its secret, never the secret."""
    enabled: Mapped[bool]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class SmsMessage(Base):
    """One attempt to text one person."""

    __tablename__ = "sms_messages"
    __table_args__ = (
        one_of("state", MessageState),
        CheckConstraint(
            "(final_at IS NULL) = (state IN ('submitting', 'submitted'))",
            name="final",
        ),
        Index("ix_sms_messages_open", "receipt_deadline", postgresql_where=sql("final_at IS NULL")),
        Index("ix_sms_messages_notification", "notification_id"),
        Index("ix_sms_messages_list", "tenant_id", "id"),
        Index("ix_sms_messages_script", "tenant_id", "script_version_id", "id"),
        Index(
            "ix_sms_messages_state", "tenant_id", "state", "id", postgresql_where=sql("final_at IS NOT NULL")
        ),
        Index("ix_sms_messages_time", "tenant_id", "created_at", "id"),
        Index("ix_sms_messages_callee", "callee_index", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    notification_id: Mapped[UUID] = mapped_column(ForeignKey("notifications.id"))
    attempt: Mapped[int] = mapped_column(SmallInteger)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("smsc_accounts.id"))
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id"))
    callee_cipher: Mapped[bytes]
    callee_index: Mapped[BlindIndex]
    script_version_id: Mapped[UUID] = mapped_column(ForeignKey("script_versions.id"))
    text: Mapped[str]
    filing_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("filing_versions.id"))
    """The approved filing that it rests on (row C3)."""
    text_hash: Mapped[str | None]
    """Of the filed wording."""
    verdict: Mapped[Jsonb]
    state: Mapped[str]
    created_at: Mapped[Moment]
    submitted_at: Mapped[Moment | None]
    receipt_deadline: Mapped[Moment]
    final_at: Mapped[Moment | None]
    raw_status: Mapped[str | None]
    """What the SMSC said last, as it said it."""


class SmsPart(Base):
    """One segment at the SMSC, found again by the id that the SMSC gave it."""

    __tablename__ = "sms_parts"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("smsc_accounts.id"), primary_key=True)
    smsc_message_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("sms_messages.id"), index=True)
    part: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str | None]
    """As the receipt said; none yet while empty."""


class OrphanReceipt(Base):
    """A receipt that came before its message id was stored; matched when the submit is recorded."""

    __tablename__ = "sms_orphan_receipts"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("smsc_accounts.id"), primary_key=True)
    smsc_message_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    raw_status: Mapped[str]
    at: Mapped[Moment]
