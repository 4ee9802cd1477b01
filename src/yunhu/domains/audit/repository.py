"""Queries over audit entries and grants."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.models import AuditEntry, ContentGrant
from yunhu.foundation.db.paging import after_in_order


class EntryFilters(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of entries is narrowed to; None is no condition."""

    actor_name: str | None = None
    action: str | None = None
    """The whole word, or what stands before its dot."""
    subject_kind: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    oldest_first: bool = False


_SEEN = text(
    """
    SELECT EXISTS (
        SELECT FROM audit_entries
        WHERE chain = :chain AND subject_kind = :subject_kind AND subject_id = :subject_id
          AND action = :action AND actor_kind = :actor_kind AND actor_name = :actor_name AND at > :since
    )
    """
)

_TENANT = text("SELECT id FROM tenants WHERE slug = :slug")
# Users are identity's table.
_IS_STAFF = text("SELECT EXISTS (SELECT FROM users WHERE id = :id AND tenant_id IS NULL)")

_OPEN = text(
    """
    SELECT t.slug, t.name, array_agg(DISTINCT kind ORDER BY kind) AS kinds, max(g.expires_at) AS until
    FROM content_grants AS g JOIN tenants AS t ON t.id = g.tenant_id CROSS JOIN unnest(g.kinds) AS kind
    WHERE g.revoked_at IS NULL AND g.granted_at <= :now AND g.expires_at > :now
      AND (g.user_id IS NULL OR g.user_id = :user_id)
    GROUP BY t.slug, t.name ORDER BY t.name, t.slug
    """
)


async def entries_of(
    session: AsyncSession, chain: UUID, filters: EntryFilters, *, before: int | None, limit: int
) -> Sequence[AuditEntry]:
    """Entries of one chain, newest first."""
    query = select(AuditEntry).where(AuditEntry.chain == chain)
    for name in ("actor_name", "subject_kind", "subject_id"):
        value = getattr(filters, name)
        if value is not None:
            query = query.where(getattr(AuditEntry, name) == value)
    if filters.action is not None:
        of_kind = AuditEntry.action.startswith(f"{filters.action}.", autoescape=True)
        query = query.where(or_(AuditEntry.action == filters.action, of_kind))
    if filters.since is not None:
        query = query.where(AuditEntry.at >= filters.since)
    if filters.until is not None:
        query = query.where(AuditEntry.at < filters.until)
    query = after_in_order(query, AuditEntry.sequence, before, limit, oldest_first=filters.oldest_first)
    return (await session.scalars(query)).all()


async def seen_since(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Whether the same actor's look at the same thing is on record since a moment."""
    return bool(await session.scalar(_SEEN, values))


async def grants_of(
    session: AsyncSession, tenant_id: UUID, *, standing_at: datetime | None, before: UUID | None, limit: int
) -> Sequence[ContentGrant]:
    """A tenant's grants, newest first; only those that stand at a moment, where one is given."""
    query = select(ContentGrant).where(ContentGrant.tenant_id == tenant_id)
    if standing_at is not None:
        query = query.where(ContentGrant.revoked_at.is_(None), ContentGrant.expires_at > standing_at)
    if before is not None:
        query = query.where(ContentGrant.id < before)
    return (await session.scalars(query.order_by(ContentGrant.id.desc()).limit(limit))).all()


async def open_tenants(
    session: AsyncSession, user_id: UUID | None, now: datetime
) -> Sequence[Row[tuple[str, str, list[str], datetime]]]:
    """Tenants with a grant that stands for this user of the operator, with its kinds and its end."""
    return (await session.execute(_OPEN, {"user_id": user_id, "now": now})).all()


async def locked_grant(session: AsyncSession, tenant_id: UUID, grant_id: UUID) -> ContentGrant | None:
    """One grant, locked for a change."""
    return await session.scalar(
        select(ContentGrant)
        .where(ContentGrant.tenant_id == tenant_id, ContentGrant.id == grant_id)
        .with_for_update()
    )


async def tenant_by_slug(session: AsyncSession, slug: str) -> UUID | None:
    """The tenant's id."""
    found: UUID | None = await session.scalar(_TENANT, {"slug": slug})
    return found


async def is_operator_user(session: AsyncSession, user_id: UUID) -> bool:
    """Whether the operator has this user."""
    return bool(await session.scalar(_IS_STAFF, {"id": user_id}))
