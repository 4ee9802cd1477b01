"""What is served of an approved profile without a key: the jCard and its logo, their addresses and their digests."""

import base64
from uuid import UUID

from yunhu.messaging.cards.rich_call_data import digest_of, jcard

LOGO_TYPES = frozenset({"image/png", "image/jpeg"})
MOST_LOGO_BYTES = 256 * 1024
"""Phones fetch it while they ring."""


def card_url(public_url: str, profile_id: UUID) -> str:
    """Where a profile's jCard is served; empty without a public address."""
    return f"{public_url.rstrip('/')}/cards/{profile_id}" if public_url else ""


def logo_url(public_url: str, profile_id: UUID) -> str:
    """Where a profile's logo is served; empty without a public address."""
    return f"{card_url(public_url, profile_id)}/logo" if public_url else ""


def served_card(name: str, logo: str = "") -> bytes:
    """The jCard as it is served: what RFC 9795's digest is taken of. `logo` is the logo's address."""
    return jcard(name, "", logo)


def card_digest(name: str, logo: str = "") -> str:
    """`sha256-…` of the served jCard (RFC 9795 §6.1)."""
    return digest_of(served_card(name, logo))


def logo_digest(sha256_hex: str) -> str:
    """`sha256-…` of a logo whose SHA-256 is known in hexadecimal."""
    return "sha256-" + base64.b64encode(bytes.fromhex(sha256_hex)).decode()
