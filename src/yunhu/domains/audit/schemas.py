"""Audit entries, grants and reveals over the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.audit.content import ContentKind
from yunhu.domains.audit.models import AuditEntry, ContentGrant, EntryKind
from yunhu.domains.audit.reveals import Revealable
from yunhu.foundation.actor import ActorKind

Reason = Annotated[
    str,
    Meta(
        min_length=4,
        max_length=500,
        pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$(?!\n)",
        description="Why, in words; kept with the entry.",
    ),
]
Expiry = Annotated[datetime, Meta(tz=True, description="RFC 3339, with an offset.")]


class ChangedField(msgspec.Struct, frozen=True):
    """One field that differs; values as text, null where there was none."""

    name: str
    before: str | None
    after: str | None


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody did or saw."""

    sequence: int
    """Number in its chain, from 1 without gaps."""
    kind: EntryKind
    at: datetime
    actor_kind: ActorKind
    actor_name: str
    actor_id: UUID | None
    action: str
    """`contract.sign`, `look.phone`, …"""
    subject_kind: str
    subject_id: str
    changes: list[ChangedField]
    reason: str
    address: str | None
    hash: str
    """Hexadecimal SHA-256."""


def entry_view(row: AuditEntry) -> EntryView:
    """The wire form of an entry."""
    return EntryView(
        sequence=row.sequence,
        kind=EntryKind(row.kind),
        at=row.at,
        actor_kind=ActorKind(row.actor_kind),
        actor_name=row.actor_name,
        actor_id=row.actor_id,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        changes=[ChangedField(change["name"], change["before"], change["after"]) for change in row.changes],
        reason=row.reason,
        address=row.address,
        hash=row.hash.hex(),
    )


class GrantRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the operator's staff may read, for which purpose, until when."""

    kinds: Annotated[list[ContentKind], Meta(min_length=1, max_length=32)]
    purpose: Reason
    expires_at: Expiry
    """At most a year ahead."""
    user_id: UUID | None = None
    """One user of the operator; left out: all of the operator's compliance staff."""


class GrantView(msgspec.Struct, frozen=True, kw_only=True):
    """A grant, standing or ended."""

    id: UUID
    user_id: UUID | None
    kinds: list[ContentKind]
    purpose: str
    granted_by: str
    granted_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None


def grant_view(row: ContentGrant) -> GrantView:
    """The wire form of a grant."""
    return GrantView(
        id=row.id,
        user_id=row.user_id,
        kinds=[ContentKind(kind) for kind in row.kinds],
        purpose=row.purpose,
        granted_by=row.granted_by,
        granted_at=row.granted_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )


class OpenTenant(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant whose content stands open to the caller."""

    tenant: str
    """Slug."""
    name: str
    kinds: list[ContentKind]
    until: datetime
    """The end of the grant that lasts longest."""


class ChainView(msgspec.Struct, frozen=True, kw_only=True):
    """How a chain of the audit log stands."""

    entries: int
    """How many there are, those removed after their time not counted."""
    cut: int
    """How many older ones were removed after their time."""
    head: str
    """Hash of the newest entry, hexadecimal SHA-256."""
    checked: int
    """How many of the newest were read again now, hash by hash."""
    broken_at: int | None
    """Number of the first entry that is not sound; null where all that were read are."""


class RevealRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose whole number is wanted, and why."""

    kind: Revealable
    id: UUID
    reason: Reason


class RevealedPhone(msgspec.Struct, frozen=True, kw_only=True):
    """A whole phone number. Not to be stored or logged."""

    phone: str
    """E.164."""
