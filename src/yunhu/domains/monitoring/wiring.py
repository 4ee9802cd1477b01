"""Mounts the slice."""

import time
from collections.abc import Sequence

from litestar import Router
from litestar.types import ControllerRouterHandler

from yunhu.domains.monitoring.controller_controls import (
    CallControlController,
    OperatorControlController,
    PauseController,
)
from yunhu.domains.monitoring.controller_live import LiveController, OperatorLiveController
from yunhu.domains.monitoring.controller_search import SearchController
from yunhu.domains.monitoring.hub import LiveHub
from yunhu.foundation.http import Services, provided


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    hub = LiveHub(services.database, services.clock, time.monotonic)
    live = Router(
        "/",
        route_handlers=[LiveController, OperatorLiveController],
        dependencies={"live_hub": provided(hub)},
    )
    return live, CallControlController, PauseController, OperatorControlController, SearchController
