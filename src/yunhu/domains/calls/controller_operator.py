"""HTTP endpoint for one call of whichever tenant, for the operator."""

from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yunhu.domains.audit.public import look_once
from yunhu.domains.calls.errors import CallNotFoundError
from yunhu.domains.calls.listing import call_of_anybody
from yunhu.domains.calls.schemas import OperatorCallView, operator_call_view
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Services, problem_responses


class OperatorCallController(Controller):
    """Calls of every tenant, without what was said and to whom (row D8)."""

    path = "/operator/calls"
    tags = ("Calls",)
    guards = (requires(Scope.OPERATOR_MONITOR),)

    @get("/{call_id:uuid}", summary="Show a call of a tenant", responses=problem_responses(404))
    async def show(
        self, call_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> OperatorCallView:
        """How it was carried and how it ended. The look is in the tenant's audit log."""
        async with services.database.transaction() as session:
            found = await call_of_anybody(session, call_id)
            if found is None:
                raise CallNotFoundError(f"there is no call {call_id}")
            await look_once(
                session,
                caller.actor,
                kind="call",
                subject=("call", call_id),
                tenant_id=found.tenant_id,
                now=services.clock.now(),
            )
        return operator_call_view(found)
