"""HTTP endpoint for one notification of whichever tenant, for the operator."""

from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yunhu.domains.audit.public import look_once
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.notifications.errors import NotificationNotFoundError
from yunhu.domains.notifications.listing import operator_notification_view
from yunhu.domains.notifications.repository_listing import attempts_of, notification_of_anybody
from yunhu.domains.notifications.schemas_notifications import OperatorNotificationView
from yunhu.foundation.http import Services, problem_responses


class OperatorNotificationController(Controller):
    """Notifications of every tenant, without what is said and to whom (row D8)."""

    path = "/operator/notifications"
    tags = ("Notifications",)
    guards = (requires(Scope.OPERATOR_MONITOR),)

    @get(
        "/{notification_id:uuid}",
        summary="Show a notification of a tenant",
        responses=problem_responses(404),
    )
    async def show(
        self,
        notification_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> OperatorNotificationView:
        """How it went, with its calls and texts. The look is in the tenant's audit log."""
        async with services.database.transaction() as session:
            found = await notification_of_anybody(session, notification_id)
            if found is None:
                raise NotificationNotFoundError
            tries = await attempts_of(session, found.tenant_id, notification_id)
            await look_once(
                session,
                caller.actor,
                kind="notification",
                subject=("notification", notification_id),
                tenant_id=found.tenant_id,
                now=services.clock.now(),
            )
        return operator_notification_view(found, tries)
