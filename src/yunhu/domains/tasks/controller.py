"""HTTP endpoints of tasks."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.tasks import repository
from yunhu.domains.tasks.errors import TaskNotFoundError
from yunhu.domains.tasks.models import TaskState
from yunhu.domains.tasks.schemas import TaskView, task_view
from yunhu.domains.tasks.service import cancel_task
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

_Kind = Annotated[str | None, QueryParameter(max_length=80)]
_InState = Annotated[TaskState | None, QueryParameter(name="state")]


class TaskController(Controller):
    """Long work of the caller's own tenant."""

    path = "/tasks"
    tags = ("Tasks",)
    guards = (requires(Scope.DOCUMENTS_READ),)

    @get(summary="List tasks", responses=problem_responses(422))
    async def list_tasks(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        kind: _Kind = None,
        in_state: _InState = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[TaskView]:
        """Newest first."""
        return await _page(services, caller.tenant_id, kind, in_state, cursor, limit)

    @get("/{task_id:uuid}", summary="One task", responses=problem_responses(404))
    async def show(
        self, task_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> TaskView:
        """How far it is; when it is done, its report and its result."""
        return await _show(services, task_id, caller.tenant_id)

    @post(
        "/{task_id:uuid}/cancel",
        summary="Cancel a task",
        status_code=200,
        guards=[requires(Scope.DOCUMENTS_WRITE)],
        responses=problem_responses(404, 409),
    )
    async def cancel(
        self, task_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> TaskView:
        """A waiting one ends at once, a running one at its next step."""
        return await _cancel(services, task_id, caller, caller.tenant_id)


class OperatorTaskController(Controller):
    """The operator's own long work."""

    path = "/operator/tasks"
    tags = ("Tasks",)
    guards = (requires(Scope.OPERATOR_DOCUMENTS),)

    @get(summary="List the operator's tasks", responses=problem_responses(422))
    async def list_tasks(
        self,
        services: NamedDependency[Services],
        kind: _Kind = None,
        in_state: _InState = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[TaskView]:
        """Newest first."""
        return await _page(services, None, kind, in_state, cursor, limit)

    @get("/{task_id:uuid}", summary="One of the operator's tasks", responses=problem_responses(404))
    async def show(self, task_id: FromPath[UUID], services: NamedDependency[Services]) -> TaskView:
        """How far it is; when it is done, its report and its result."""
        return await _show(services, task_id, None)

    @post(
        "/{task_id:uuid}/cancel",
        summary="Cancel one of the operator's tasks",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def cancel(
        self, task_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> TaskView:
        """A waiting one ends at once, a running one at its next step."""
        return await _cancel(services, task_id, caller, None)


async def _page(
    services: Services,
    tenant_id: UUID | None,
    kind: str | None,
    state: TaskState | None,
    cursor: str | None,
    limit: int,
) -> Page[TaskView]:
    before = decode_cursor(cursor, UUID) if cursor is not None else None
    async with services.database.transaction() as session:
        rows = await repository.tasks_of(
            session, tenant_id, kind=kind, state=state, before=before, limit=limit + 1
        )
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page([task_view(row) for row in rows[:limit]], more)


async def _show(services: Services, task_id: UUID, tenant_id: UUID | None) -> TaskView:
    async with services.database.transaction() as session:
        row = await repository.find(session, task_id)
    if row is None or row.tenant_id != tenant_id:
        raise TaskNotFoundError
    return task_view(row)


async def _cancel(services: Services, task_id: UUID, caller: Caller, tenant_id: UUID | None) -> TaskView:
    now = services.clock.now()
    async with services.database.transaction() as session:
        return task_view(await cancel_task(session, task_id, tenant_id, caller.actor, now))
