"""HTTP endpoints of exports, for tenants and for the operator."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from yunhu.domains.documents.public import DocumentStore
from yunhu.domains.exports import service
from yunhu.domains.exports.offers import scope_of
from yunhu.domains.exports.schemas import (
    ExportRequest,
    ExportStarted,
    OfferView,
    offer_view,
)
from yunhu.domains.exports.service import Desk
from yunhu.domains.identity.public import Caller, Scope, operator_staff, requires
from yunhu.domains.tasks.public import TaskView, cancel_task, task_view
from yunhu.foundation.http import Services, problem_responses

_STARTS = problem_responses(403, 404, 422)
_FINDS = problem_responses(403, 404)


class _Exports(Controller):
    """What both sides' endpoints do; the desk says whose side it is."""

    tags = ("Exports",)

    @get("/offers", summary="What can be exported", responses=problem_responses())
    async def list_offers(
        self, caller: NamedDependency[Caller], export_desk: NamedDependency[Desk]
    ) -> list[OfferView]:
        """What the caller may see, with its columns."""
        operator = export_desk.operator
        return [
            offer_view(offer, operator=operator)
            for offer in export_desk.offers.values()
            if scope_of(offer, operator=operator) in caller.scopes
        ]

    @post(summary="Start an export", status_code=202, responses=_STARTS)
    async def start(
        self,
        data: JSONBody[ExportRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        export_desk: NamedDependency[Desk],
    ) -> ExportStarted:
        """A node makes it; whoever asked for it is on record. The file is kept for 7 days."""
        task = await service.start(export_desk, services, caller, data)
        return ExportStarted(task.id, task.state)

    @get("/{task_id:uuid}", summary="One export", responses=_FINDS)
    async def show(
        self,
        task_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        export_desk: NamedDependency[Desk],
    ) -> TaskView:
        """How far it is. For whoever may see what is in it."""
        async with services.database.transaction() as session:
            return task_view(await service.find(session, export_desk, caller, task_id))

    @post(
        "/{task_id:uuid}/cancel",
        summary="Cancel an export",
        status_code=200,
        responses=problem_responses(403, 404, 409),
    )
    async def cancel(
        self,
        task_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        export_desk: NamedDependency[Desk],
    ) -> TaskView:
        """A waiting one ends at once, a running one at its next step."""
        async with services.database.transaction() as session:
            await service.find(session, export_desk, caller, task_id)
            owner = export_desk.owner_of(caller)
            now = services.clock.now()
            return task_view(await cancel_task(session, task_id, owner, caller.actor, now))

    @get("/{task_id:uuid}/content", summary="Download an export", responses=problem_responses(403, 404, 410))
    async def download(
        self,
        task_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        export_desk: NamedDependency[Desk],
        documents: NamedDependency[DocumentStore],
    ) -> Stream:
        """The workbook, for whoever may see what is in it. Who downloaded is put on record."""
        async with services.database.transaction() as session:
            return await service.file_of(session, documents, export_desk, caller, task_id)


class ExportController(_Exports):
    """Lists and reports of the caller's own tenant as Excel files."""

    path = "/exports"
    guards = (requires(Scope.DOCUMENTS_READ),)


class OperatorExportController(_Exports):
    """Lists over every tenant as Excel files, for the operator's staff, each with the permission of its list."""

    path = "/operator/exports"
    guards = (operator_staff,)
