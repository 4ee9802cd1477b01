"""HTTP endpoint of reveals: a whole phone number, for a reason, on record before it is told (row D2)."""

from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from yunhu.domains.audit.chain import look
from yunhu.domains.audit.errors import RevealNotFoundError
from yunhu.domains.audit.limits import RevealLimits
from yunhu.domains.audit.reveals import sealed_phone_of
from yunhu.domains.audit.schemas import RevealedPhone, RevealRequest
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Services, problem_responses


class RevealController(Controller):
    """Whole phone numbers of the caller's own tenant."""

    path = "/reveals"
    tags = ("Audit",)
    guards = (requires(Scope.PHONES_REVEAL),)

    @post(summary="Show a whole phone number", status_code=200, responses=problem_responses(404))
    async def reveal(
        self,
        data: JSONBody[RevealRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        reveal_limits: NamedDependency[RevealLimits],
    ) -> Response[RevealedPhone]:
        """Of a call, a notification, a message, a journey, a refusal, a consent or a complaint. Who looked, and why, is kept for good."""
        reveal_limits.take(caller.actor)
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            cipher = await sealed_phone_of(session, caller.tenant_id, data.kind, data.id)
            if cipher is None:
                raise RevealNotFoundError
            await look(
                session,
                caller.actor,
                kind="phone",
                subject=(data.kind.value, data.id),
                tenant_id=caller.tenant_id,
                reason=data.reason,
                now=services.clock.now(),
            )
        phone = services.vault.open_phone(cipher).e164
        return Response(RevealedPhone(phone=phone), headers={"Cache-Control": "no-store"})
