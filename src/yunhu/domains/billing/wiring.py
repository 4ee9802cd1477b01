"""Mounts the slice."""

from collections.abc import Mapping, Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.billing.controller import BillingController
from yunhu.domains.billing.controller_operator import OperatorBillingController
from yunhu.domains.billing.controller_runs import ReconciliationController
from yunhu.domains.billing.exports import OFFERS
from yunhu.domains.billing.jobs import billing_jobs
from yunhu.domains.billing.tasks import RECONCILE, Reconciler
from yunhu.domains.documents.public import DocumentStore
from yunhu.domains.exports.public import ListOffer
from yunhu.domains.tasks.public import TaskHandler
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.quick import OwnRouter
from yunhu.foundation.jobs import Job


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    store = DocumentStore(services.settings.documents_dir, services.vault)
    return (
        OwnRouter(
            "/",
            route_handlers=[BillingController, OperatorBillingController, ReconciliationController],
            dependencies={"documents": provided(store)},
        ),
    )


def jobs(_services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    return billing_jobs()


def handlers(services: Services) -> Mapping[str, TaskHandler]:
    """Long work that the slice can do."""
    return {RECONCILE: Reconciler(services).run}


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
