"""Identifiers: UUID version 7, so that rows of one time lie side by side in an index."""

from datetime import datetime
from uuid import UUID, SafeUUID

import uuid_utils

_blank, _set = object.__new__, object.__setattr__


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562 §5.7)."""
    made = _blank(UUID)
    _set(made, "int", uuid_utils.uuid7().int)
    _set(made, "is_safe", SafeUUID.unknown)
    return made


def lowest_id(moment: datetime) -> UUID:
    """The lowest UUIDv7 of a moment (RFC 9562 §5.7: the first 48 bits are milliseconds)."""
    return UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)
