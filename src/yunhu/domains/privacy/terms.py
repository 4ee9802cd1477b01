"""Reading and setting terms."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.privacy.errors import KindOfOperatorError, TenantUnknownError, TermTooShortError
from yunhu.domains.privacy.kinds import OF_OPERATOR, TERMS, DataKind, kept_days
from yunhu.foundation.actor import Actor
from yunhu.foundation.ids import new_id

_TERMS_OF = text("SELECT kind, days FROM retention_terms WHERE tenant_id IS NOT DISTINCT FROM :tenant_id")

_REMOVED = text(
    "SELECT kind, removed FROM retention_progress WHERE tenant_id IS NOT DISTINCT FROM :tenant_id"
)

_SET = text(
    """
    INSERT INTO retention_terms (id, tenant_id, kind, days, updated_at)
    VALUES (:id, :tenant_id, :kind, :days, :now)
    ON CONFLICT (tenant_id, kind) DO UPDATE SET days = EXCLUDED.days, updated_at = EXCLUDED.updated_at
    """
)


_TENANT = text("SELECT id FROM tenants WHERE slug = :slug")


class TermView(msgspec.Struct, frozen=True, kw_only=True):
    """How long a kind of data is kept."""

    kind: DataKind
    days: int
    """In force: never below `least`, and never shorter than what hangs on it."""
    least: int
    """The operator's minimum, or the product's own."""
    removed: int
    """Rows removed so far."""


async def terms_of(session: AsyncSession, tenant_id: UUID | None) -> list[TermView]:
    """Every kind of a tenant or, without one, of the operator with its minima."""
    minima = await _days(session, None)
    wishes = await _days(session, tenant_id) if tenant_id else {}
    removed = {row.kind: row.removed for row in await session.execute(_REMOVED, {"tenant_id": tenant_id})}
    return [
        TermView(
            kind=kind,
            days=days,
            least=_least(kind, minima),
            removed=removed.get(kind.value, 0),
        )
        for kind, days in kept_days(minima, wishes).items()
        if tenant_id is None or kind not in OF_OPERATOR
    ]


async def set_term(
    session: AsyncSession,
    actor: Actor,
    *,
    tenant_id: UUID | None,
    kind: DataKind,
    days: int,
    reason: str,
    now: datetime,
) -> TermView:
    """A tenant's own term or, without a tenant, the least that every tenant has to keep.

    Raises `TermTooShortError`, `KindOfOperatorError`.
    """
    if tenant_id is not None and kind in OF_OPERATOR:
        raise KindOfOperatorError
    minima = await _days(session, None)
    least = _least(kind, minima) if tenant_id is not None else TERMS[kind].floor
    if days < least:
        raise TermTooShortError(least=least)
    before = (await _days(session, tenant_id)).get(kind)
    values = {"id": new_id(), "tenant_id": tenant_id, "kind": kind.value, "days": days, "now": now}
    await session.execute(_SET, values)
    view = next(term for term in await terms_of(session, tenant_id) if term.kind is kind)
    await record(
        session,
        actor,
        action="retention.set",
        subject=("retention", kind.value),
        tenant_id=tenant_id,
        before={"days": before},
        after={"days": days},
        reason=reason,
        now=now,
    )
    return view


def _least(kind: DataKind, minima: Mapping[DataKind, int]) -> int:
    return max(TERMS[kind].floor, minima.get(kind, 0))


async def _days(session: AsyncSession, tenant_id: UUID | None) -> dict[DataKind, int]:
    rows = await session.execute(_TERMS_OF, {"tenant_id": tenant_id})
    return {DataKind(row.kind): row.days for row in rows}


async def tenant_by_slug(session: AsyncSession, slug: str) -> UUID:
    """The tenant's id. Raises `TenantUnknownError`."""
    found: UUID | None = await session.scalar(_TENANT, {"slug": slug})
    if found is None:
        raise TenantUnknownError
    return found
