"""Kinds of a tenant's content, and which permissions reading each takes."""

from collections.abc import Iterable
from enum import StrEnum


class ContentKind(StrEnum):
    """What a tenant can open to the operator (row D8)."""

    NOTIFICATIONS = "notifications"
    CALLS = "calls"
    RECORDINGS = "recordings"
    PHONES = "phones"
    """Whole phone numbers."""
    SCRIPTS = "scripts"
    CONSENTS = "consents"
    COMPLAINTS = "complaints"
    EVIDENCE = "evidence"
    DOCUMENTS = "documents"
    AUDIT = "audit"


# Words of `identity.scopes`, as text: identity asks this slice, so this slice cannot import it.
_SCOPES = {
    ContentKind.NOTIFICATIONS: ("notifications:read",),
    ContentKind.CALLS: ("calls:read", "monitor:read"),
    ContentKind.RECORDINGS: ("calls:read",),
    ContentKind.PHONES: ("phones:reveal",),
    ContentKind.SCRIPTS: ("scripts:read", "filings:read", "scenarios:read"),
    ContentKind.CONSENTS: ("consents:read",),
    ContentKind.COMPLAINTS: ("complaints:read",),
    ContentKind.EVIDENCE: ("evidence:read",),
    ContentKind.DOCUMENTS: ("documents:read",),
    ContentKind.AUDIT: ("audit:read",),
}


def scopes_of(kinds: Iterable[str]) -> frozenset[str]:
    """The permissions that grants of these kinds give; they compare equal to `identity.Scope`."""
    return frozenset(scope for kind in kinds for scope in _SCOPES[ContentKind(kind)])
