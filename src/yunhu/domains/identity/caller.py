"""Who is calling, and for whom."""

from uuid import UUID

import msgspec

from yunhu.domains.identity.errors import TenantNeededError
from yunhu.domains.identity.scopes import Scope
from yunhu.foundation.actor import Actor


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """A program with a key, or a person who has signed in."""

    actor: Actor
    tenant: UUID | None
    """Whose things the request is about; none for the operator, unless a tenant's grant stands (row D8)."""
    scopes: frozenset[Scope]
    key_id: UUID | None = None
    user_id: UUID | None = None
    session_id: UUID | None = None
    of_operator: bool = False
    """Whether the person or program belongs to the operator, also while acting under a tenant's grant."""

    @property
    def tenant_id(self) -> UUID:
        """The tenant that every query is scoped by. Raises `TenantNeededError` for the operator."""
        if self.tenant is None:
            raise TenantNeededError
        return self.tenant
