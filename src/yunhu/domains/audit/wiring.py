"""Mounts the slice."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.audit.controller import AuditController, OperatorAuditController
from yunhu.domains.audit.controller_grants import (
    GrantController,
    OpenTenantController,
    OperatorGrantController,
)
from yunhu.domains.audit.controller_reveals import RevealController
from yunhu.domains.audit.exports import OFFERS
from yunhu.domains.audit.jobs import jobs
from yunhu.domains.audit.limits import RevealLimits
from yunhu.domains.exports.public import ListOffer
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.quick import OwnRouter

__all__ = ["jobs", "routes"]


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    reveals = OwnRouter(
        "/",
        route_handlers=[RevealController],
        dependencies={"reveal_limits": provided(RevealLimits(services))},
    )
    return (
        AuditController,
        OperatorAuditController,
        GrantController,
        OperatorGrantController,
        OpenTenantController,
        reveals,
    )


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
