"""HTTP endpoint for one text message of whichever tenant, for the operator."""

from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yunhu.domains.audit.public import look_once
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.sms.errors import MessageNotFoundError
from yunhu.domains.sms.listing import message_of_anybody, parts_of
from yunhu.domains.sms.schemas import OperatorMessageView, operator_message_view
from yunhu.foundation.http import Services, problem_responses


class OperatorMessageController(Controller):
    """Text messages of every tenant, without what was said and to whom (row D8)."""

    path = "/operator/messages"
    tags = ("Messages",)
    guards = (requires(Scope.OPERATOR_MONITOR),)

    @get("/{message_id:uuid}", summary="Show a text message of a tenant", responses=problem_responses(404))
    async def show(
        self, message_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> OperatorMessageView:
        """How it went, with its segments. The look is in the tenant's audit log."""
        async with services.database.transaction() as session:
            found = await message_of_anybody(session, message_id)
            if found is None:
                raise MessageNotFoundError
            parts = await parts_of(session, message_id)
            await look_once(
                session,
                caller.actor,
                kind="message",
                subject=("message", message_id),
                tenant_id=found.tenant_id,
                now=services.clock.now(),
            )
        return operator_message_view(found, parts)
