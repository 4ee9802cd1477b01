"""Tags, branches and Call-IDs: at least 32 random bits each (RFC 3261 §19.3, §8.1.1.7, §8.1.1.4)."""

import secrets

MAGIC_COOKIE = "z9hG4bK"
"""Beginning of every branch made by RFC 3261 (§8.1.1.7)."""


def new_tag() -> str:
    """A tag of From or To."""
    return secrets.token_hex(6)


def new_branch() -> str:
    """A branch for one transaction."""
    return MAGIC_COOKIE + secrets.token_hex(9)


def new_call_id() -> str:
    """A Call-ID; no host in it, so that it tells nothing of our network."""
    return secrets.token_hex(16)
