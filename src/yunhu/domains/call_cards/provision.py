"""Bring a tenant's call card in line with its file: the file states what was approved, and by whom."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.call_cards import repository
from yunhu.domains.call_cards.carriers import DEFAULT_LEADS, read_config
from yunhu.domains.call_cards.models import CarrierKind
from yunhu.domains.call_cards.service import (
    Review,
    draft_profile,
    review_profile,
    set_carrier,
    submit_profile,
)
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.changes import Change, ChangeKind, compared

_OBJECT = "call card"


class CardWish(msgspec.Struct, frozen=True, kw_only=True):
    """A card as the file wants it."""

    kind: CarrierKind
    config: dict[str, Any]
    lead_ms: int | None
    name: str
    reasons: dict[str, str]
    submitted_by: str
    approved_by: str


async def provision_card(
    session: AsyncSession, tenant_id: UUID, wish: CardWish, now: datetime
) -> list[Change]:
    """Show another card, or send it by another way. Raises `SamePersonError`, `CarrierInvalidError`."""
    default = round(DEFAULT_LEADS[wish.kind].total_seconds() * 1000)
    lead_ms = default if wish.lead_ms is None else wish.lead_ms
    config = msgspec.to_builtins(read_config(wish.kind, wish.config))
    carrier = await repository.carrier_of(session, tenant_id)
    profile = await repository.approved_profile(session, tenant_id)
    wanted = {
        "name": wish.name,
        "reasons": wish.reasons,
        "kind": wish.kind.value,
        "lead_ms": lead_ms,
        "config": config,
    }
    if carrier is None or profile is None:
        change = Change(ChangeKind.ADD, _OBJECT, wish.name, note=f"by {wish.kind}")
    else:
        stored = {
            "name": profile.name,
            "reasons": profile.reasons,
            "kind": carrier.kind,
            "lead_ms": carrier.lead_ms,
            "config": carrier.config,
        }
        change = compared(_OBJECT, wish.name, stored, wanted)
    if change.kind is ChangeKind.UNCHANGED:
        return [change]
    if profile is None or (profile.name, profile.reasons) != (wish.name, wish.reasons):
        row = await draft_profile(session, tenant_id, wish.name, wish.reasons, None, now)
        await submit_profile(session, row, Actor(ActorKind.COMMAND, wish.submitted_by))
        review = Review(approved=True)
        await review_profile(session, row, review, Actor(ActorKind.COMMAND, wish.approved_by), now)
    lead = timedelta(milliseconds=lead_ms)
    await set_carrier(session, tenant_id, wish.kind, wish.config, lead, enabled=True)
    return [change]
