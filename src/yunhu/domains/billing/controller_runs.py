"""HTTP endpoints of reconciliation (对账) for the operator."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from yunhu.domains.audit.public import record
from yunhu.domains.billing import repository
from yunhu.domains.billing.controller import Limit
from yunhu.domains.billing.schemas import (
    DifferenceView,
    RunAccepted,
    RunRequest,
    RunView,
    difference_view,
    run_view,
)
from yunhu.domains.billing.tasks import RECONCILE
from yunhu.domains.billing.words import Cause, RunKind
from yunhu.domains.documents.public import document_by_id
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.tasks.public import enqueue_task
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

Slug = Annotated[str, QueryParameter(max_length=64)]


class ReconciliationController(Controller):
    """Comparisons with carriers' files and with our own call records, each difference with its cause."""

    path = "/operator/billing/reconciliations"
    tags = ("Billing",)
    guards = (requires(Scope.OPERATOR_BILLING),)

    @post(
        summary="Compare records",
        status_code=202,
        responses=problem_responses(404, 422),
    )
    async def reconcile(
        self,
        data: JSONBody[RunRequest],
        tenant: Slug,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> RunAccepted:
        """With a carrier's file, or what was metered with our own calls. A task does it; its report names the run."""
        async with services.database.transaction() as session:
            tenant_id = await repository.tenant_of(session, tenant)
            if data.document_id is not None:
                await document_by_id(session, data.document_id, None)
            task = await enqueue_task(
                session,
                tenant_id=None,
                kind=RECONCILE,
                parameters={"tenant_id": str(tenant_id), "wish": msgspec.to_builtins(data.wish)},
                actor=caller.actor,
                now=services.clock.now(),
                input_document_id=data.document_id,
            )
            await record(
                session,
                caller.actor,
                action="reconciliation.start",
                subject=("task", task.id),
                tenant_id=tenant_id,
                after={"first_day": data.wish.first_day, "last_day": data.wish.last_day},
                now=services.clock.now(),
            )
        return RunAccepted(task.id)

    @get(summary="List comparisons", responses=problem_responses(404, 422))
    async def runs(
        self,
        tenant: Slug,
        services: NamedDependency[Services],
        kind: FromQuery[RunKind | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[RunView]:
        """Newest first, with how many differences of each cause."""
        before = decode_cursor(cursor, UUID) if cursor is not None else None
        async with services.database.transaction() as session:
            tenant_id = await repository.tenant_of(session, tenant)
            rows = await repository.runs(session, tenant_id, kind, before, limit + 1)
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page([run_view(row) for row in rows[:limit]], more)

    @get("/{run_id:uuid}", summary="Show a comparison", responses=problem_responses(404))
    async def show(self, run_id: FromPath[UUID], services: NamedDependency[Services]) -> RunView:
        """With how many differences of each cause."""
        async with services.database.transaction() as session:
            return run_view(await repository.run(session, run_id))

    @get(
        "/{run_id:uuid}/differences",
        summary="The differences of a comparison",
        responses=problem_responses(404, 422),
    )
    async def differences(
        self,
        run_id: FromPath[UUID],
        services: NamedDependency[Services],
        cause: FromQuery[Cause | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[DifferenceView]:
        """In the order of the file; those without a row last."""
        after = decode_cursor(cursor, int) if cursor is not None else 0
        async with services.database.transaction() as session:
            rows = await repository.differences(session, run_id, cause, after, limit + 1)
        more = encode_cursor(rows[limit - 1].position) if len(rows) > limit else None
        return Page([difference_view(row) for row in rows[:limit]], more)
