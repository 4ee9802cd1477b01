"""Holds over the wire. Numbers are masked."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.privacy.kinds import HoldKind
from yunhu.domains.privacy.models import LegalHold
from yunhu.foundation.crypto import Vault

Reason = Annotated[str, Meta(min_length=4, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]


class HoldRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must stay. Exactly one of call_id, phone, or both days."""

    reason: Reason
    call_id: UUID | None = None
    phone: Annotated[str, Meta(min_length=3, max_length=24)] | None = None
    """All calls and texts to this person, also those that are still to come."""
    first_day: date | None = None
    """Natural day, China time: all calls and texts from it on."""
    last_day: date | None = None
    """Included."""
    script: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]+$")] | None = None
    """Slug: of the days only what this script said."""
    ends_on: date | None = None
    """Last natural day of the hold; left out: until it is lifted."""


class HoldView(msgspec.Struct, frozen=True, kw_only=True):
    """A hold, standing or lifted."""

    id: UUID
    kind: HoldKind
    call_id: UUID | None
    call_at: datetime | None
    """When the held call began; null when it was removed before it was held."""
    queue_number: str | None
    """Of the held call's visit; on the operator's desk left out (row D8)."""
    callee: str | None
    """Masked: whose calls and texts are held; of a held call only for the tenant (row D8)."""
    first_day: date | None
    last_day: date | None
    script_id: UUID | None
    script: str | None
    reason: str
    ends_on: date | None
    held_by: str
    held_at: datetime
    lifted_at: datetime | None
    lifted_by: str | None
    calls_saved: int
    """Beyond their term when removal looked last, and there; of a lifted hold, when it was lifted."""
    messages_saved: int


def hold_view(
    row: LegalHold,
    calls: Mapping[UUID, Any],
    scripts: Mapping[UUID, str],
    vault: Vault,
    *,
    of_operator: bool,
) -> HoldView:
    """The wire form of a hold, as that side may see it."""
    call = calls.get(row.call_id) if row.call_id is not None else None
    own = call if not of_operator else None
    cipher = row.callee_cipher or (own.callee_cipher if own is not None else None)
    return HoldView(
        id=row.id,
        kind=HoldKind(row.kind),
        call_id=row.call_id,
        call_at=call.reserved_at if call is not None else None,
        queue_number=own.queue_number if own is not None else None,
        callee=vault.open_phone(cipher).masked if cipher else None,
        first_day=row.first_day,
        last_day=row.last_day,
        script_id=row.script_id,
        script=scripts.get(row.script_id) if row.script_id is not None else None,
        reason=row.reason,
        ends_on=row.ends_on,
        held_by=row.held_by,
        held_at=row.held_at,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by,
        calls_saved=row.calls_saved,
        messages_saved=row.messages_saved,
    )
