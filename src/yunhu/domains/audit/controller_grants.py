"""HTTP endpoints of grants: a tenant opens its content to the operator, and closes it again."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from yunhu.domains.audit import repository
from yunhu.domains.audit.errors import TenantUnknownError
from yunhu.domains.audit.models import ContentGrant
from yunhu.domains.audit.schemas import GrantRequest, GrantView, OpenTenant, grant_view
from yunhu.domains.audit.service import give_grant, revoke_grant
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

Most = Annotated[int, QueryParameter(ge=1, le=200)]


class GrantController(Controller):
    """Grants of the caller's own tenant to the operator."""

    path = "/grants"
    tags = ("Grants",)
    guards = (requires(Scope.GRANTS_MANAGE),)

    @post(summary="Grant the operator a look", responses=problem_responses(422))
    async def give(
        self,
        data: JSONBody[GrantRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> GrantView:
        """Kinds of content, a purpose, an end. In force at once."""
        async with services.database.transaction() as session:  # the operator's users are no tenant's rows
            row = await give_grant(session, caller.actor, caller.tenant_id, data, services.clock.now())
            return grant_view(row)

    @get(summary="List grants", responses=problem_responses())
    async def list_grants(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        standing: FromQuery[bool] = False,
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[GrantView]:
        """Newest first; only those in force with `standing`."""
        return await _page(services, caller.tenant_id, standing=standing, cursor=cursor, limit=limit)

    @post(
        "/{grant_id:uuid}/revoke",
        summary="Revoke a grant",
        status_code=200,
        responses=problem_responses(404),
    )
    async def revoke(
        self, grant_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> GrantView:
        """In force at once. A second time changes nothing."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await revoke_grant(session, caller.actor, caller.tenant_id, grant_id, services.clock.now())
            return grant_view(row)


class OperatorGrantController(Controller):
    """What a tenant has opened to the operator."""

    path = "/operator/grants"
    tags = ("Grants",)
    guards = (requires(Scope.OPERATOR_AUDIT),)

    @get(summary="List a tenant's grants", responses=problem_responses(404))
    async def list_grants(
        self,
        services: NamedDependency[Services],
        tenant: Annotated[str, QueryParameter(max_length=64)],
        standing: FromQuery[bool] = False,
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[GrantView]:
        """Newest first; only those in force with `standing`."""
        async with services.database.transaction() as session:
            tenant_id = await repository.tenant_by_slug(session, tenant)
        if tenant_id is None:
            raise TenantUnknownError
        return await _page(services, tenant_id, standing=standing, cursor=cursor, limit=limit)


class OpenTenantController(Controller):
    """Whose content the caller may look at now."""

    path = "/operator/open-tenants"
    tags = ("Grants",)
    guards = (requires(Scope.OPERATOR_EVIDENCE),)

    @get(summary="List tenants that have opened content to me", responses=problem_responses())
    async def list_open(
        self, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> list[OpenTenant]:
        """By standing grants, by name. To look, send the slug as `Yunhu-Tenant`."""
        async with services.database.transaction() as session:
            rows = await repository.open_tenants(session, caller.user_id, services.clock.now())
        return [OpenTenant(tenant=row.slug, name=row.name, kinds=row.kinds, until=row.until) for row in rows]


async def _page(
    services: Services, tenant_id: UUID, *, standing: bool, cursor: str | None, limit: int
) -> Page[GrantView]:
    before = decode_cursor(cursor, UUID) if cursor is not None else None
    moment = services.clock.now() if standing else None
    async with services.database.tenant_transaction(tenant_id) as session:
        rows: list[ContentGrant] = list(
            await repository.grants_of(session, tenant_id, standing_at=moment, before=before, limit=limit + 1)
        )
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page([grant_view(row) for row in rows[:limit]], more)
