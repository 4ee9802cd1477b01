"""API keys over the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.identity.models import ApiKey
from yunhu.domains.identity.scopes import Scope
from yunhu.domains.identity.service import DEFAULT_RATE_PER_MINUTE

Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)",
        description="For people, to tell keys apart.",
    ),
]
Cidr = Annotated[str, Meta(min_length=2, max_length=43, pattern=r"^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$(?!\n)")]
Expiry = Annotated[datetime, Meta(tz=True, description="RFC 3339, with an offset.")]


class KeyRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to make."""

    name: Name
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=64)]
    expires_at: Expiry | None = None
    allowed_networks: Annotated[
        list[Cidr], Meta(max_length=32, description="CIDR blocks; empty means from anywhere.")
    ] = []
    rate_per_minute: Annotated[int, Meta(ge=1, le=1_000_000)] = DEFAULT_RATE_PER_MINUTE


class RotationRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the old key goes on after its successor was made."""

    grace_seconds: Annotated[int, Meta(ge=0, le=604_800)] = 86_400


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key as it can be shown."""

    id: UUID
    name: str
    prefix: str
    """The first characters after `yh_`."""
    scopes: list[str]
    allowed_networks: list[str]
    rate_per_minute: int
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    """To the minute."""
    rotated_to: UUID | None


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh key. The token cannot be had again."""

    token: str
    key: KeyView


def key_view(row: ApiKey) -> KeyView:
    """The wire form of a key."""
    return KeyView(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        scopes=row.scopes,
        allowed_networks=row.allowed_networks,
        rate_per_minute=row.rate_per_minute,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        rotated_to=row.rotated_to,
    )
