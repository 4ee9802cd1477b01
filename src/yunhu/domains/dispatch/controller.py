"""HTTP endpoint of the gate."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from yunhu.domains.dispatch.preview import preview
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.notifications.public import NotificationRequest
from yunhu.foundation.http import Services, problem_responses
from yunhu.foundation.verdicts import Outcome


class FindingView(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule says, and what it saw."""

    rule: str
    outcome: Outcome
    saw: dict[str, Any]
    until: datetime | None


class VerdictView(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate says of a notification that was not created."""

    outcome: Outcome
    until: datetime | None
    """When it could leave, for `deferred`."""
    reason: str
    """Name of the rule that decided; empty for `allowed`."""
    findings: list[FindingView]
    """Every rule, allowed or not."""


class CheckController(Controller):
    """Asks the gate without doing anything."""

    path = "/notifications/check"
    tags = ("Notifications",)
    guards = (requires(Scope.NOTIFICATIONS_READ),)

    @post(
        summary="Would this be allowed, and why not?", status_code=200, responses=problem_responses(404, 422)
    )
    async def check(
        self,
        data: JSONBody[NotificationRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> VerdictView:
        """The same body as creating a notification; nothing is created and nobody is called."""
        async with services.database.transaction() as session:
            verdict = await preview(session, services.vault, caller.tenant_id, data, services.clock.now())
        findings = [
            FindingView(rule=found.rule, outcome=found.outcome, saw=found.saw, until=found.until)
            for found in verdict.findings
        ]
        return VerdictView(
            outcome=verdict.outcome, until=verdict.until, reason=verdict.reason, findings=findings
        )
