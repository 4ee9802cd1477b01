"""What a key may do."""

from enum import StrEnum


class Scope(StrEnum):
    """One permission of an API key."""

    EVENTS_WRITE = "events:write"
    NOTIFICATIONS_WRITE = "notifications:write"
    NOTIFICATIONS_READ = "notifications:read"
    CALLBACKS_MANAGE = "callbacks:manage"
    KEYS_MANAGE = "keys:manage"
    CALLS_READ = "calls:read"
    REFUSALS_WRITE = "refusals:write"
