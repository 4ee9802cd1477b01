"""HTTP endpoints of evidence for the operator: who wanted what, never what is in it."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from yunhu.domains.evidence import repository
from yunhu.domains.evidence.errors import TenantUnknownError
from yunhu.domains.evidence.repository import PackFilters
from yunhu.domains.evidence.schemas import OperatorPackView, operator_pack_view
from yunhu.domains.evidence.words import SubjectKind
from yunhu.domains.identity.public import Scope, requires
from yunhu.domains.tasks.public import tasks_by_id
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses


class OperatorEvidenceController(Controller):
    """Packs of every tenant, from outside."""

    path = "/operator/evidence-packs"
    tags = ("Evidence",)
    guards = (requires(Scope.OPERATOR_EVIDENCE),)

    @get(summary="List the tenants' evidence packs", responses=problem_responses(404, 422))
    async def list_packs(
        self,
        services: NamedDependency[Services],
        tenant: Annotated[str | None, QueryParameter(max_length=64)] = None,
        kind: FromQuery[SubjectKind | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[OperatorPackView]:
        """Newest first. To make or fetch one takes the tenant's grant and the tenant's endpoints."""
        before = decode_cursor(cursor, UUID) if cursor is not None else None
        async with services.database.transaction() as session:
            tenant_id = await repository.tenant_by_slug(session, tenant) if tenant is not None else None
            if tenant is not None and tenant_id is None:
                raise TenantUnknownError
            filters = PackFilters(tenant_id=tenant_id, kind=kind)
            rows = await repository.packs_of(session, filters, before=before, limit=limit + 1)
            tasks = await tasks_by_id(session, [row.task_id for row in rows if row.task_id])
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page(
            [
                operator_pack_view(row, tasks.get(row.task_id) if row.task_id else None, services.vault)
                for row in rows[:limit]
            ],
            more,
        )
