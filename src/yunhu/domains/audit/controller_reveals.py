"""HTTP endpoint of reveals: a whole phone number, for a reason, on record before it is told (row D2)."""

import time

from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from yunhu.domains.audit.chain import look
from yunhu.domains.audit.errors import RevealNotFoundError
from yunhu.domains.audit.reveals import sealed_phone_of
from yunhu.domains.audit.schemas import RevealedPhone, RevealRequest
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import RateLimitedError, Services, problem_responses
from yunhu.foundation.http.rate import TokenBuckets

PER_MINUTE = 20
"""Reveals of one person or program: enough to work, too few to copy a register."""


class RevealLimits:
    """The buckets of this process."""

    def __init__(self, services: Services) -> None:
        self._buckets = TokenBuckets(time.monotonic, processes=services.settings.http_workers)

    def take(self, caller: Caller) -> None:
        """Raises `RateLimitedError`."""
        allowance = self._buckets.take((caller.actor.kind, caller.actor.id, caller.actor.name), PER_MINUTE)
        if not allowance.allowed:
            raise RateLimitedError(retry_after=allowance.retry_after)


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
        """Of a call, a notification, a message, a journey or a refusal. Who looked, and why, is kept for good."""
        reveal_limits.take(caller)
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
