"""Identifiers: UUID version 7, so that rows of one time lie side by side in an index."""

from datetime import datetime
from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562 §5.7)."""
    return uuid_utils.compat.uuid7()


def lowest_id(moment: datetime) -> UUID:
    """The lowest UUIDv7 of a moment (RFC 9562 §5.7: the first 48 bits are milliseconds)."""
    return UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)
