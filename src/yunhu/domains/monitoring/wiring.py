"""Mounts the slice."""

import time
from collections.abc import Sequence
from datetime import timedelta

from litestar.types import ControllerRouterHandler

from yunhu.domains.exports.public import ListOffer
from yunhu.domains.monitoring.alarms import follow_events, look_at_states
from yunhu.domains.monitoring.controller_alarms import AlarmController, OperatorAlarmController
from yunhu.domains.monitoring.controller_controls import (
    CallControlController,
    OperatorControlController,
    PauseController,
)
from yunhu.domains.monitoring.controller_live import LiveController, OperatorLiveController
from yunhu.domains.monitoring.controller_search import SearchController
from yunhu.domains.monitoring.exports import OFFERS
from yunhu.domains.monitoring.hub import LiveHub
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.quick import OwnRouter
from yunhu.foundation.jobs import Job


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    hub = LiveHub(services.database, services.clock, time.monotonic)
    live = OwnRouter(
        "/",
        route_handlers=[LiveController, OperatorLiveController],
        dependencies={"live_hub": provided(hub)},
    )
    return (
        live,
        CallControlController,
        PauseController,
        OperatorControlController,
        SearchController,
        AlarmController,
        OperatorAlarmController,
    )


def jobs(_services: Services) -> Sequence[Job]:
    """Alarms: facts within seconds, states within half a minute."""
    return (
        Job("monitoring.alarms", timedelta(seconds=5), follow_events),
        Job("monitoring.states", timedelta(seconds=15), look_at_states),
    )


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
