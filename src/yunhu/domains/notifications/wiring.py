"""Mounts the slice."""

import time
from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.exports.public import ListOffer
from yunhu.domains.notifications.controller import queue_events
from yunhu.domains.notifications.controller_notifications import JourneyController, NotificationController
from yunhu.domains.notifications.controller_operator import OperatorNotificationController
from yunhu.domains.notifications.exports import OFFERS
from yunhu.domains.notifications.intake import Intake
from yunhu.domains.notifications.intake_gate import IntakeGate
from yunhu.domains.notifications.intake_parameters import SlotChecker
from yunhu.domains.notifications.intake_scenarios import ScenarioBook
from yunhu.foundation.http import Services


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    intake = Intake(services.database, services.vault, ScenarioBook(time.monotonic), SlotChecker())
    gate = IntakeGate(services.vault, services.clock, intake, services.registry)
    return queue_events(gate), NotificationController, JourneyController, OperatorNotificationController


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
