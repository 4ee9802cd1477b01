"""What other slices and the entrypoints may use of identity."""

from yunhu.domains.identity.guard import ApiKeyMiddleware, provide_caller, requires
from yunhu.domains.identity.keyring import Caller, KeyRing
from yunhu.domains.identity.models import ApiKey, Tenant
from yunhu.domains.identity.scopes import Scope
from yunhu.domains.identity.service import (
    KeyWish,
    create_api_key,
    find_api_key,
    has_ended,
    revoke_api_key,
    rotate_api_key,
)

__all__ = [
    "ApiKey",
    "ApiKeyMiddleware",
    "Caller",
    "KeyRing",
    "KeyWish",
    "Scope",
    "Tenant",
    "create_api_key",
    "find_api_key",
    "has_ended",
    "provide_caller",
    "requires",
    "revoke_api_key",
    "rotate_api_key",
]
