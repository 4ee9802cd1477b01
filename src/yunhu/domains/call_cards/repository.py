"""Every query of call cards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.call_cards.models import CallCard, CardCarrierRow, CardProfile, ProfileState
from yunhu.domains.call_cards.rules import SERVED, before
from yunhu.domains.documents.public import Document
from yunhu.domains.identity.public import Tenant
from yunhu.messaging.cards.port import CardState

# One conditional update: whoever says something that does not take the card further changes nothing.
_ADVANCE = text(
    """
    UPDATE call_cards SET state = :state, changed_at = :now,
        reference = CASE WHEN :reference = '' THEN reference ELSE :reference END,
        detail = CASE WHEN :detail = '' THEN detail ELSE :detail END
    WHERE id = :id AND state = ANY(CAST(:before AS text[]))
    RETURNING id, tenant_id, call_id, state
    """
)
_FLASH = text(
    """
    SELECT card.id FROM smsc_accounts AS a
    JOIN card_carriers AS k ON k.tenant_id = a.tenant_id AND k.kind = 'flash_sms'
    JOIN call_cards AS card ON card.carrier_id = k.id AND card.reference = ANY(CAST(:ids AS text[]))
    WHERE a.id = :account_id AND card.reference <> '' LIMIT 1
    """
)

# A receipt may overtake the note of the answer to its flash SMS; then it waits among the receipts of nobody.
_EARLY_FLASH = text(
    """
    DELETE FROM sms_orphan_receipts AS o
    USING smsc_accounts AS a, card_carriers AS k, call_cards AS card
    WHERE a.id = o.account_id AND k.tenant_id = a.tenant_id AND k.kind = 'flash_sms'
      AND card.carrier_id = k.id AND card.reference <> '' AND card.reference = o.smsc_message_id
    RETURNING card.id, o.state, o.raw_status
    """
)


async def advance(
    session: AsyncSession, card_id: UUID, state: CardState, reference: str, detail: str, now: datetime
) -> Any | None:
    """Take a card further; None when it was there, or further, already."""
    values = {
        "id": card_id,
        "state": state.value,
        "reference": reference,
        "detail": detail,
        "now": now,
        "before": before(state),
    }
    return (await session.execute(_ADVANCE, values)).one_or_none()


async def lock_profile(session: AsyncSession, profile_id: UUID, tenant_id: UUID | None) -> CardProfile | None:
    """One profile, locked; of a tenant when one is named."""
    query = select(CardProfile).where(CardProfile.id == profile_id).with_for_update()
    if tenant_id is not None:
        query = query.where(CardProfile.tenant_id == tenant_id)
    return await session.scalar(query)


async def approved_profile(session: AsyncSession, tenant_id: UUID) -> CardProfile | None:
    """The one that is shown, locked."""
    query = select(CardProfile).where(
        CardProfile.tenant_id == tenant_id, CardProfile.state == ProfileState.APPROVED
    )
    return await session.scalar(query.with_for_update())


async def shown_profile(
    session: AsyncSession, profile_id: UUID
) -> tuple[CardProfile, Document | None] | None:
    """A profile that phones may ask for, with its logo."""
    logo = (Document.id == CardProfile.logo_document_id) & Document.erased_at.is_(None)
    query = (
        select(CardProfile, Document)
        .outerjoin(Document, logo)
        .where(CardProfile.id == profile_id, CardProfile.state.in_(SERVED))
    )
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1]) if row else None


async def card_on_show(session: AsyncSession, tenant_id: UUID) -> tuple[CardProfile, Document | None] | None:
    """The tenant's approved profile with its logo, for a look."""
    query = select(CardProfile.id).where(
        CardProfile.tenant_id == tenant_id, CardProfile.state == ProfileState.APPROVED
    )
    profile_id = await session.scalar(query)
    return await shown_profile(session, profile_id) if profile_id is not None else None


async def profiles_of(
    session: AsyncSession, tenant_id: UUID | None, state: str | None, *, before_id: UUID | None, limit: int
) -> Sequence[CardProfile]:
    """Newest first."""
    query = select(CardProfile).order_by(CardProfile.id.desc()).limit(limit)
    if tenant_id is not None:
        query = query.where(CardProfile.tenant_id == tenant_id)
    if state is not None:
        query = query.where(CardProfile.state == state)
    if before_id is not None:
        query = query.where(CardProfile.id < before_id)
    return (await session.scalars(query)).all()


async def cards_of(
    session: AsyncSession,
    tenant_id: UUID,
    *,
    state: str | None,
    call_id: UUID | None,
    before_id: UUID | None,
    limit: int,
) -> Sequence[CallCard]:
    """Newest first."""
    query = select(CallCard).where(CallCard.tenant_id == tenant_id).order_by(CallCard.id.desc()).limit(limit)
    if state is not None:
        query = query.where(CallCard.state == state)
    if call_id is not None:
        query = query.where(CallCard.call_id == call_id)
    if before_id is not None:
        query = query.where(CallCard.id < before_id)
    return (await session.scalars(query)).all()


async def carrier_of(session: AsyncSession, tenant_id: UUID) -> CardCarrierRow | None:
    """The way of a tenant, locked."""
    query = select(CardCarrierRow).where(CardCarrierRow.tenant_id == tenant_id)
    return await session.scalar(query.with_for_update())


async def carriers_by_tenant(
    session: AsyncSession, *, after: str | None, limit: int
) -> Sequence[tuple[Tenant, CardCarrierRow | None]]:
    """Every tenant by slug, with its way."""
    query = select(Tenant, CardCarrierRow).outerjoin(CardCarrierRow, CardCarrierRow.tenant_id == Tenant.id)
    if after is not None:
        query = query.where(Tenant.slug > after)
    rows = (await session.execute(query.order_by(Tenant.slug).limit(limit))).all()
    return [(row[0], row[1]) for row in rows]


async def enabled_carriers(session: AsyncSession) -> Sequence[CardCarrierRow]:
    """Every way that is in use."""
    return (await session.scalars(select(CardCarrierRow).where(CardCarrierRow.enabled))).all()


async def card_with_carrier(session: AsyncSession, card_id: UUID) -> tuple[CallCard, CardCarrierRow] | None:
    """A card and the way it went."""
    query = (
        select(CallCard, CardCarrierRow)
        .join(CardCarrierRow, CardCarrierRow.id == CallCard.carrier_id)
        .where(CallCard.id == card_id)
    )
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1]) if row else None


async def flash_card(session: AsyncSession, account_id: UUID, ids: Sequence[str]) -> UUID | None:
    """The card that went out as a flash SMS of this account under one of these SMSC ids."""
    values = {"account_id": account_id, "ids": list(ids)}
    return (await session.execute(_FLASH, values)).scalar_one_or_none()


async def early_flash_receipts(session: AsyncSession) -> Sequence[Any]:
    """Take the receipts that came before their card was known by its reference: card, state, raw status."""
    return (await session.execute(_EARLY_FLASH)).all()


async def stale(session: AsyncSession, before_moment: datetime, limit: int) -> Sequence[UUID]:
    """Cards whose push was never answered."""
    query = (
        select(CallCard.id)
        .where(CallCard.state == CardState.REQUESTED, CallCard.requested_at < before_moment)
        .order_by(CallCard.requested_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


async def supersede(session: AsyncSession, profile_id: UUID) -> None:
    """An approved profile gives way to another."""
    await session.execute(
        update(CardProfile).where(CardProfile.id == profile_id).values(state=ProfileState.SUPERSEDED)
    )
