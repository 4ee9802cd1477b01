"""What other slices and the entrypoints may use of identity."""

from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.errors import ScopeMissingError
from yunhu.domains.identity.gate import GATE_PART
from yunhu.domains.identity.guard import (
    INSIDE,
    AuthenticationMiddleware,
    any_caller,
    anybody,
    operator_staff,
    provide_caller,
    requires,
    signed_in,
)
from yunhu.domains.identity.keyring import KeyRing
from yunhu.domains.identity.models import ApiKey, Tenant
from yunhu.domains.identity.scopes import OPERATOR_SCOPES, TENANT_SCOPES, Scope
from yunhu.domains.identity.service import (
    KeyWish,
    create_api_key,
    find_api_key,
    has_ended,
    revoke_api_key,
    rotate_api_key,
)
from yunhu.domains.identity.standing import still_allowed

__all__ = [
    "GATE_PART",
    "INSIDE",
    "OPERATOR_SCOPES",
    "TENANT_SCOPES",
    "ApiKey",
    "AuthenticationMiddleware",
    "Caller",
    "KeyRing",
    "KeyWish",
    "Scope",
    "ScopeMissingError",
    "Tenant",
    "any_caller",
    "anybody",
    "create_api_key",
    "find_api_key",
    "has_ended",
    "operator_staff",
    "provide_caller",
    "requires",
    "revoke_api_key",
    "rotate_api_key",
    "signed_in",
    "still_allowed",
]
