"""Mounts the slice."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.notifications.public import EventDesk
from yunhu.domains.sandbox.controller import SandboxController
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.quick import OwnRouter


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    desk = EventDesk(services.database, services.vault, services.clock)
    return (OwnRouter("/", route_handlers=[SandboxController], dependencies={"event_desk": provided(desk)}),)
