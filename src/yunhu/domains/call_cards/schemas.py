"""Call cards over the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.call_cards.models import CallCard, CardCarrierRow, CardProfile, CarrierKind
from yunhu.messaging.cards.port import CardState

CardText = Annotated[str, Meta(min_length=1, max_length=30, pattern=r"^[^\x00-\x1f\x7f<>\"\\]+$(?!\n)")]
Slug = Annotated[str, Meta(min_length=1, max_length=64)]


class ProfileRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a tenant wants to show."""

    name: Annotated[CardText, Meta(examples=["西安市雁塔区政务服务大厅"])]
    reasons: Annotated[dict[Slug, CardText], Meta(max_length=100, examples=[{"your-turn": "叫号通知"}])] = {}
    logo_document_id: UUID | None = None
    """PNG or JPEG of at most 256 KiB, uploaded before; served at `/cards/{id}/logo`."""


class ReviewRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the reviewer decides."""

    approved: bool
    remarks: Annotated[str, Meta(max_length=2000)] = ""
    valid_until: Annotated[datetime, Meta(tz=True)] | None = None


class CarrierRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which way cards go out."""

    kind: CarrierKind
    config: dict[str, Any] = {}
    """`rich_call_data`: identity_key, certificate_url; `http_push`: url, secret. Secrets by reference."""
    lead_ms: Annotated[int, Meta(ge=0, le=3000)] | None = None
    enabled: bool = True


class ReceiptRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a card service says of a card."""

    id: UUID
    """The `id` that the card was pushed with."""
    state: CardState
    detail: Annotated[str, Meta(max_length=200)] = ""


class ReceiptView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a receipt."""

    changed: bool
    """False when the card was there, or further, already."""


class ProfileView(msgspec.Struct, frozen=True, kw_only=True):
    """A profile."""

    id: UUID
    tenant_id: UUID
    name: str
    reasons: dict[str, str]
    logo_document_id: UUID | None
    state: str
    remarks: str
    submitted_by: str | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    valid_until: datetime | None
    created_at: datetime


class CarrierView(msgspec.Struct, frozen=True, kw_only=True):
    """By which way cards go out."""

    kind: str
    config: dict[str, Any]
    lead_ms: int
    enabled: bool


class TenantCarrierView(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant, and by which way its cards go out."""

    tenant: str
    """Slug."""
    name: str
    carrier: CarrierView | None
    """None: no way is set, its calls show no card."""


class CardView(msgspec.Struct, frozen=True, kw_only=True):
    """One card of one call."""

    id: UUID
    call_id: UUID
    name: str
    reason: str
    state: str
    detail: str
    requested_at: datetime
    changed_at: datetime


def profile_view(row: CardProfile) -> ProfileView:
    """The wire form of a profile."""
    return ProfileView(
        id=row.id,
        tenant_id=row.tenant_id,
        name=row.name,
        reasons=row.reasons,
        logo_document_id=row.logo_document_id,
        state=row.state,
        remarks=row.remarks or "",
        submitted_by=row.submitted_by["name"] if row.submitted_by else None,
        reviewed_by=row.reviewed_by,
        reviewed_at=row.reviewed_at,
        valid_until=row.valid_until,
        created_at=row.created_at,
    )


def carrier_view(row: CardCarrierRow) -> CarrierView:
    """The wire form of a way."""
    return CarrierView(kind=row.kind, config=row.config, lead_ms=row.lead_ms, enabled=row.enabled)


def card_view(row: CallCard) -> CardView:
    """The wire form of a card."""
    return CardView(
        id=row.id,
        call_id=row.call_id,
        name=row.name,
        reason=row.reason,
        state=row.state,
        detail=row.detail or "",
        requested_at=row.requested_at,
        changed_at=row.changed_at,
    )
