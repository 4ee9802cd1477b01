"""Tables of card profiles, of the ways by which cards go out, and of cards."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Jsonb, Moment, one_of
from yunhu.foundation.ids import new_id
from yunhu.messaging.cards.port import CardState


class ProfileState(StrEnum):
    """How far a profile has come. Only an approved one is shown."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class CarrierKind(StrEnum):
    """By which way cards go out."""

    RICH_CALL_DATA = "rich_call_data"
    FLASH_SMS = "flash_sms"
    HTTP_PUSH = "http_push"
    SANDBOX = "sandbox"


class CardProfile(Base):
    """What a tenant shows: name, logo, and a reason for each script. Changed only as a draft."""

    __tablename__ = "card_profiles"
    __table_args__ = (
        one_of("state", ProfileState),
        CheckConstraint("(state IN ('draft', 'submitted', 'returned')) = (reviewed_at IS NULL OR state = 'returned')",
                        name="reviewed"),
        Index("uq_card_profiles_approved", "tenant_id", unique=True, postgresql_where=sql("state = 'approved'")),
        Index("ix_card_profiles_list", "tenant_id", "id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str]
    """Shown as the caller: at most 30 characters."""
    reasons: Mapped[Jsonb]
    """Script slug → why the phone rings. A script without an entry shows no reason."""
    logo_document_id: Mapped[UUID | None]
    state: Mapped[str]
    remarks: Mapped[str] = mapped_column(server_default=sql("''"))
    submitted_by: Mapped[Jsonb | None]
    """An `Actor`."""
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[Moment | None]
    valid_until: Mapped[Moment | None]
    created_at: Mapped[Moment]


class CardCarrierRow(Base):
    """By which way a tenant's cards go out. The operator sets it; secrets stay where they are."""

    __tablename__ = "card_carriers"
    __table_args__ = (
        one_of("kind", CarrierKind),
        CheckConstraint("lead_ms BETWEEN 0 AND 3000", name="lead"),
        UniqueConstraint("tenant_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    kind: Mapped[str]
    config: Mapped[Jsonb]
    lead_ms: Mapped[int]
    """How long before the INVITE a card is pushed."""
    enabled: Mapped[bool]


class CallCard(Base):
    """One card of one call."""

    __tablename__ = "call_cards"
    __table_args__ = (
        one_of("state", CardState),
        UniqueConstraint("call_id"),
        Index("ix_call_cards_list", "tenant_id", "id"),
        Index("ix_call_cards_reference", "carrier_id", "reference", postgresql_where=sql("reference <> ''")),
        Index("ix_call_cards_open", "requested_at", postgresql_where=sql("state = 'requested'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    """The idempotency key of its push."""
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"))
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("card_profiles.id"))
    carrier_id: Mapped[UUID] = mapped_column(ForeignKey("card_carriers.id"))
    name: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str]
    reference: Mapped[str] = mapped_column(server_default=sql("''"))
    detail: Mapped[str] = mapped_column(server_default=sql("''"))
    requested_at: Mapped[Moment]
    changed_at: Mapped[Moment]
