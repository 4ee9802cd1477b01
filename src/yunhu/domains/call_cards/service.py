"""Use cases of call cards: profiles through their review, cards through their states."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.public import settle_call
from yunhu.domains.call_cards import repository
from yunhu.domains.call_cards.carriers import DEFAULT_LEADS, read_config
from yunhu.domains.call_cards.errors import (
    CarrierInvalidError,
    ProfileInvalidError,
    ProfileNotFoundError,
    SamePersonError,
)
from yunhu.domains.call_cards.gate import CardFacts
from yunhu.domains.call_cards.models import (
    CallCard,
    CardCarrierRow,
    CardProfile,
    CarrierKind,
    ProfileState,
)
from yunhu.domains.call_cards.rules import CHARGED, Step, after
from yunhu.domains.call_cards.served import LOGO_TYPES, MOST_LOGO_BYTES
from yunhu.domains.contracts.public import ItemKind
from yunhu.domains.documents.public import document_by_id
from yunhu.foundation.actor import Actor, same_actor, stored_actor
from yunhu.foundation.changes import CONFIG_CHANNEL
from yunhu.foundation.db import notify
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import Event, publish
from yunhu.messaging.cards.port import LONGEST_LEAD, CardState, Pushed

log = structlog.get_logger()

_UNANSWERED = timedelta(minutes=10)
_BATCH = 200


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A card as it was committed with its call."""

    id: UUID
    profile_id: UUID
    carrier_id: UUID
    name: str
    reason: str
    logo_sha256: str = ""
    """Of the logo, hexadecimal; empty without one."""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer decided."""

    approved: bool
    remarks: str = ""
    valid_until: datetime | None = None


async def issue_card(
    session: AsyncSession, facts: CardFacts, *, tenant_id: UUID, call_id: UUID, now: datetime
) -> Ticket | None:
    """Commit a card with its call; None when the tenant shows none. One INSERT, no lock."""
    if not facts.shown_at(now) or facts.profile_id is None or facts.carrier_id is None:
        return None
    card = CallCard(
        id=new_id(),
        tenant_id=tenant_id,
        call_id=call_id,
        profile_id=facts.profile_id,
        carrier_id=facts.carrier_id,
        name=facts.name or "",
        reason=facts.reason or "",
        state=CardState.REQUESTED,
        requested_at=now,
        changed_at=now,
    )
    session.add(card)
    await session.flush()
    return Ticket(
        id=card.id,
        profile_id=card.profile_id,
        carrier_id=card.carrier_id,
        name=card.name,
        reason=card.reason,
        logo_sha256=facts.logo_sha256 or "",
    )


async def note_state(session: AsyncSession, card_id: UUID, said: Pushed, now: datetime) -> CardState | None:
    """Take a card further, meter it (row B5) and tell about it; None when nothing new was said."""
    row = await repository.advance(session, card_id, said.state, said.reference, said.detail, now)
    if row is None:
        return None
    await settle_call(
        session,
        call_id=row.call_id,
        kind=ItemKind.CALL_CARD,
        answered=said.state in CHARGED,
        attempted=said.state is not CardState.FAILED,
        now=now,
    )
    payload = {"card_id": str(row.id), "call_id": str(row.call_id), "state": row.state}
    await publish(session, [Event(row.tenant_id, f"call_card.{row.state}", row.id, payload, now)])
    return CardState(row.state)


async def give_up_unanswered(session: AsyncSession, now: datetime) -> bool:
    """Cards whose push was never answered have failed: the process that pushed them is gone."""
    stale = await repository.stale(session, now - _UNANSWERED, _BATCH)
    for card_id in stale:
        await note_state(session, card_id, Pushed(state=CardState.FAILED, detail="never answered"), now)
    return len(stale) == _BATCH


async def draft_profile(
    session: AsyncSession,
    tenant_id: UUID,
    name: str,
    reasons: Mapping[str, str],
    logo_document_id: UUID | None,
    now: datetime,
) -> CardProfile:
    """A new profile, which nobody sees before it was approved."""
    profile = CardProfile(
        id=new_id(),
        tenant_id=tenant_id,
        name=name,
        reasons=dict(reasons),
        logo_document_id=logo_document_id,
        state=ProfileState.DRAFT,
        created_at=now,
    )
    session.add(profile)
    await session.flush()
    return profile


async def check_logo(session: AsyncSession, document_id: UUID, tenant_id: UUID) -> None:
    """A small picture of the tenant's own. Raises `DocumentNotFoundError`, `ProfileInvalidError`."""
    document = await document_by_id(session, document_id, tenant_id)
    if document.media_type not in LOGO_TYPES:
        raise ProfileInvalidError("a logo is PNG or JPEG", field="logo_document_id")
    if document.bytes > MOST_LOGO_BYTES:
        raise ProfileInvalidError(f"a logo has at most {MOST_LOGO_BYTES} bytes", field="logo_document_id")
    if document.erased_at is not None:
        raise ProfileInvalidError("the document was erased", field="logo_document_id")


async def find_profile(session: AsyncSession, profile_id: UUID, tenant_id: UUID | None) -> CardProfile:
    """A profile, locked. Raises `ProfileNotFoundError`."""
    profile = await repository.lock_profile(session, profile_id, tenant_id)
    if profile is None:
        raise ProfileNotFoundError
    return profile


async def submit_profile(session: AsyncSession, profile: CardProfile, actor: Actor) -> None:
    """Hand a draft to the operator. Raises `ProfileStepRefusedError`."""
    profile.state = after(ProfileState(profile.state), Step.SUBMIT)
    profile.submitted_by, profile.reviewed_at, profile.reviewed_by = msgspec.to_builtins(actor), None, None
    await session.flush()


async def withdraw_profile(session: AsyncSession, profile: CardProfile) -> None:
    """Take it back; an approved one is shown no more from the next call on."""
    profile.state = after(ProfileState(profile.state), Step.WITHDRAW)
    await session.flush()


async def review_profile(
    session: AsyncSession, profile: CardProfile, review: Review, actor: Actor, now: datetime
) -> None:
    """Approve or return. Raises `ProfileStepRefusedError`, `SamePersonError`."""
    if profile.submitted_by and same_actor(actor, stored_actor(profile.submitted_by)):
        raise SamePersonError
    following = after(ProfileState(profile.state), Step.APPROVE if review.approved else Step.RETURN)
    if review.approved:
        current = await repository.approved_profile(session, profile.tenant_id)
        if current is not None:
            await repository.supersede(session, current.id)
    profile.state, profile.remarks = following, review.remarks
    profile.reviewed_by, profile.reviewed_at, profile.valid_until = actor.name, now, review.valid_until
    await session.flush()


async def set_carrier(
    session: AsyncSession,
    tenant_id: UUID,
    kind: CarrierKind,
    config: dict[str, Any],
    lead: timedelta | None,
    *,
    enabled: bool,
) -> CardCarrierRow:
    """By which way a tenant's cards go out from now on. Raises `CarrierInvalidError`."""
    wanted = msgspec.to_builtins(read_config(kind, config))
    lead = DEFAULT_LEADS[kind] if lead is None else lead
    if not timedelta() <= lead <= LONGEST_LEAD:
        raise CarrierInvalidError("a lead is at most 3 seconds", field="lead_ms")
    row = await repository.carrier_of(session, tenant_id)
    if row is None:
        row = CardCarrierRow(id=new_id(), tenant_id=tenant_id)
        session.add(row)
    row.kind, row.config, row.enabled = kind, wanted, enabled
    row.lead_ms = round(lead.total_seconds() * 1000)
    await session.flush()
    await notify(session, CONFIG_CHANNEL, str(tenant_id))
    return row
