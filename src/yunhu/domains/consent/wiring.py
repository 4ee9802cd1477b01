"""Mounts the slice."""

from collections.abc import Mapping, Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.audit.public import RevealLimits
from yunhu.domains.consent.controller import OperatorRefusalController, RefusalController
from yunhu.domains.consent.controller_consents import ConsentController
from yunhu.domains.consent.controller_public import public_routes
from yunhu.domains.consent.exports import OFFERS
from yunhu.domains.consent.importing import IMPORT, ConsentImporter
from yunhu.domains.exports.public import ListOffer
from yunhu.domains.tasks.public import TaskHandler
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.quick import OwnRouter


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    consents = OwnRouter(
        "/",
        route_handlers=[ConsentController],
        dependencies={"reveal_limits": provided(RevealLimits(services))},
    )
    return (RefusalController, OperatorRefusalController, consents)


def open_routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """The pages behind persons' links, below the root."""
    return public_routes(services)


def handlers(services: Services) -> Mapping[str, TaskHandler]:
    """Long work that the slice can do."""
    return {IMPORT: ConsentImporter(services).run}


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
