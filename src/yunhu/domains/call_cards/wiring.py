"""Mounts the slice."""

from collections.abc import Sequence
from datetime import timedelta

from litestar.types import ControllerRouterHandler

from yunhu.domains.call_cards.controller import CallCardController, CardProfileController
from yunhu.domains.call_cards.controller_operator import CardCarrierController, CardReviewController
from yunhu.domains.call_cards.controller_public import public_routes
from yunhu.domains.call_cards.service import give_up_unanswered
from yunhu.foundation.http import Services
from yunhu.foundation.jobs import Job


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return (CardProfileController, CallCardController, CardReviewController, CardCarrierController)


def open_routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """What is asked for without a key, below the root."""
    return public_routes(services)


def jobs(_services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    return (Job("call_cards.unanswered", timedelta(minutes=1), give_up_unanswered),)
