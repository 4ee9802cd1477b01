"""HTTP endpoints of tenants, for the operator: the list to switch by, and what makes, renames and disables one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import granted_by_tenants, record
from yunhu.domains.identity import repository_tenants as repository
from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.guard import operator_staff, requires
from yunhu.domains.identity.models import Tenant
from yunhu.domains.identity.scopes import Scope
from yunhu.domains.identity.sessions import READS_CONTENT
from yunhu.foundation.changes import CONFIG_CHANNEL
from yunhu.foundation.db import notify
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S")]
Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]


class TenantView(msgspec.Struct, frozen=True, kw_only=True):
    """甲方: a tenant."""

    id: UUID
    slug: str
    name: str
    created_at: datetime
    disabled_at: datetime | None
    granted: list[str]
    """Kinds of content that the tenant has opened to the caller: what switching to it would show (row D8)."""


class NewTenant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tenant that is to be. Contract, numbers, robots and its first administrator come after."""

    slug: Slug
    name: Name


class TenantPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes of a tenant."""

    name: Name | None = None
    enabled: bool | None = None
    """False: keys and users are refused at once, and nothing leaves for it. Its data stays."""
    reason: Reason


class OperatorTenantController(Controller):
    """Tenants."""

    path = "/operator/tenants"
    tags = ("Operator: tenants",)

    @get(summary="List tenants", guards=[operator_staff], responses=problem_responses())
    async def list_tenants(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        q: Annotated[str | None, QueryParameter(min_length=1, max_length=64)] = None,
        enabled: FromQuery[bool | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[TenantView]:
        """By slug, for all of the operator's staff; `q` is a part of slug or name. Which content each has opened to
        the caller is told, and nothing else of it."""
        after = decode_cursor(cursor, str) if cursor is not None else None
        async with services.database.transaction() as session:
            rows = await repository.tenants(session, q, enabled=enabled, after=after, limit=limit + 1)
            granted = await _granted(session, rows, caller, services.clock.now())
        views = [_view(row, granted) for row in rows[:limit]]
        more = encode_cursor(rows[limit - 1].slug) if len(rows) > limit else None
        return Page(views, more)

    @post(
        summary="Add a tenant",
        guards=[requires(Scope.OPERATOR_TENANTS)],
        responses=problem_responses(409, 422),
    )
    async def add(
        self,
        data: JSONBody[NewTenant],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> TenantView:
        """Audited."""
        now = services.clock.now()
        async with services.database.transaction() as session:
            row = await repository.add(session, data.slug, data.name, now)
            await record(
                session,
                caller.actor,
                action="tenant.create",
                subject=("tenant", row.id),
                tenant_id=None,
                after={"slug": row.slug, "name": row.name},
                now=now,
            )
            return _view(row, await _granted(session, [row], caller, now))

    @patch(
        "/{tenant:str}",
        summary="Rename, disable or enable a tenant",
        guards=[requires(Scope.OPERATOR_TENANTS)],
        responses=problem_responses(404, 422),
    )
    async def change(
        self,
        tenant: FromPath[str],
        data: JSONBody[TenantPatch],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> TenantView:
        """At once. Audited in the operator's chain and the tenant's."""
        now = services.clock.now()
        async with services.database.transaction() as session:
            row = await repository.locked(session, tenant)
            before = _state(row)
            if data.name is not None:
                row.name = data.name
            if data.enabled is not None and data.enabled != (row.disabled_at is None):
                row.disabled_at = None if data.enabled else now
            await session.flush()
            if _state(row) != before:
                await notify(session, CONFIG_CHANNEL, str(row.id))
                for chain in (row.id, None):
                    await record(
                        session,
                        caller.actor,
                        action="tenant.change",
                        subject=("tenant", row.id),
                        tenant_id=chain,
                        before=before,
                        after=_state(row),
                        reason=data.reason,
                        now=now,
                    )
            return _view(row, await _granted(session, [row], caller, now))


def _state(row: Tenant) -> dict[str, object]:
    return {"name": row.name, "disabled_at": row.disabled_at}


async def _granted(
    session: AsyncSession, rows: Sequence[Tenant], caller: Caller, now: datetime
) -> Mapping[UUID, Collection[str]]:
    if READS_CONTENT not in caller.scopes or caller.user_id is None:
        return {}
    return await granted_by_tenants(session, [row.id for row in rows], caller.user_id, now)


def _view(row: Tenant, granted: Mapping[UUID, Collection[str]]) -> TenantView:
    return TenantView(
        id=row.id,
        slug=row.slug,
        name=row.name,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        granted=sorted(granted.get(row.id, ())),
    )
