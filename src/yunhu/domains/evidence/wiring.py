"""Mounts the slice."""

from collections.abc import Mapping, Sequence

from litestar import Router
from litestar.types import ControllerRouterHandler

from yunhu.domains.documents.public import DocumentStore
from yunhu.domains.evidence.controller import EvidenceController
from yunhu.domains.evidence.controller_operator import OperatorEvidenceController
from yunhu.domains.evidence.controller_public import public_routes
from yunhu.domains.evidence.exports import OFFERS
from yunhu.domains.evidence.tasks import PackWorker
from yunhu.domains.evidence.words import TASK_KIND
from yunhu.domains.exports.public import ListOffer
from yunhu.domains.tasks.public import TaskHandler
from yunhu.foundation.http import Services, provided


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    store = DocumentStore(services.settings.documents_dir, services.vault)
    return (
        Router(
            "/",
            route_handlers=[EvidenceController, OperatorEvidenceController],
            dependencies={"documents": provided(store)},
        ),
    )


def open_routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """What is asked for without a key, below the root."""
    return public_routes(services)


def handlers(services: Services) -> Mapping[str, TaskHandler]:
    """Long work that the slice can do."""
    return {TASK_KIND: PackWorker(services).run}


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
