"""The one form of an entry that is hashed.

JSON after RFC 8785: keys in order, no white space, UTF-8, minimal escapes. Every value is a string, an integer below
2^53 or null, so that the RFC's rules for other numbers never come up; keys are ASCII.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

FORM = 1
NO_HASH = bytes(32)
"""What the first entry of a chain names as its previous."""


class EntryForm(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of an entry that its hash covers."""

    chain: UUID
    sequence: int
    previous: bytes
    kind: str
    at: datetime
    actor_kind: str
    actor_name: str
    actor_id: UUID | None
    action: str
    subject_kind: str
    subject_id: str
    changes: list[dict[str, Any]]
    reason: str
    address: str | None


def canonical(form: EntryForm) -> bytes:
    """The bytes that are hashed."""
    values = msgspec.structs.asdict(form)
    values |= {
        "form": FORM,
        "chain": str(form.chain),
        "previous": form.previous.hex(),
        "at": form.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_id": str(form.actor_id) if form.actor_id else None,
    }
    return msgspec.json.encode(values, order="deterministic")


def entry_hash(form: EntryForm) -> bytes:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(form)).digest()
