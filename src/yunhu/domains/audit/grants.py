"""A tenant's grants to the operator (row D8): asking for them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.content import ContentKind, scopes_of
from yunhu.domains.audit.errors import GrantNeededError

_STANDING = text(
    """
    SELECT kinds FROM content_grants
    WHERE tenant_id = :tenant_id AND revoked_at IS NULL AND granted_at <= :now AND expires_at > :now
      AND (user_id IS NULL OR user_id = :user_id)
    """
)


_STANDING_OF_MANY = text(
    """
    SELECT tenant_id, kinds FROM content_grants
    WHERE tenant_id = ANY(CAST(:tenants AS uuid[])) AND revoked_at IS NULL AND granted_at <= :now
      AND expires_at > :now AND (user_id IS NULL OR user_id = :user_id)
    """
)


async def granted_kinds(
    session: AsyncSession, tenant_id: UUID, user_id: UUID | None, now: datetime
) -> frozenset[ContentKind]:
    """What the tenant has opened to this user of the operator; without a user: to all of its compliance staff."""
    rows = await session.scalars(_STANDING, {"tenant_id": tenant_id, "user_id": user_id, "now": now})
    return frozenset(ContentKind(kind) for kinds in rows for kind in kinds)


async def granted_by_tenants(
    session: AsyncSession, tenants: Collection[UUID], user_id: UUID, now: datetime
) -> dict[UUID, frozenset[ContentKind]]:
    """The same of several tenants at once; those that have opened nothing are left out."""
    values = {"tenants": list(tenants), "user_id": user_id, "now": now}
    kinds: dict[UUID, set[ContentKind]] = {}
    for row in await session.execute(_STANDING_OF_MANY, values):
        kinds.setdefault(row.tenant_id, set()).update(ContentKind(kind) for kind in row.kinds)
    return {tenant_id: frozenset(found) for tenant_id, found in kinds.items()}


async def granted_scopes(
    session: AsyncSession, tenant_id: UUID, user_id: UUID | None, now: datetime
) -> frozenset[str]:
    """The permissions that standing grants give; the words compare equal to `identity.Scope`.

    A grant without a user stands for every user of the operator: ask only for users with a compliance role.
    """
    return scopes_of(await granted_kinds(session, tenant_id, user_id, now))


async def require_grant(
    session: AsyncSession, tenant_id: UUID, user_id: UUID | None, kind: ContentKind, now: datetime
) -> None:
    """Raises `GrantNeededError` where the operator would see this kind of the tenant's content without its grant."""
    if kind not in await granted_kinds(session, tenant_id, user_id, now):
        raise GrantNeededError(kind=kind.value)
