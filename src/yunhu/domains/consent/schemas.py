"""Refusals over the wire. The whole number never goes out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.consent.models import Refusal, RefusalSource
from yunhu.foundation.crypto import Vault


class RefusalRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person who wants no further calls and texts."""

    phone: Annotated[str, Meta(min_length=3, max_length=24, description="13812345678, 029-88886666, +86…")]


class RefusalView(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal as it can be shown."""

    id: UUID
    phone: str
    """Masked."""
    source: RefusalSource
    call_id: UUID | None
    at: datetime
    lifted_at: datetime | None
    """Null while it stands."""


def refusal_view(row: Refusal, vault: Vault) -> RefusalView:
    """The wire form of a refusal."""
    return RefusalView(
        id=row.id,
        phone=vault.open_phone(row.callee_cipher).masked,
        source=RefusalSource(row.source),
        call_id=row.call_id,
        at=row.at,
        lifted_at=row.lifted_at,
    )
