"""Mounts the slice."""

from collections.abc import Sequence

from litestar import Router
from litestar.types import ControllerRouterHandler

from yunhu.domains.screening.public import Screens
from yunhu.domains.scripts.controller import ScriptController
from yunhu.foundation.http import Services, provided


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return (Router("/", route_handlers=[ScriptController], dependencies={"screens": provided(Screens())}),)
