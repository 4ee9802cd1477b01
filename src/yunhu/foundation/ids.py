"""Identifiers: UUID version 7, so that rows of one time lie side by side in an index."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562 §5.7)."""
    return uuid_utils.compat.uuid7()
