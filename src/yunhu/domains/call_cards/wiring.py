"""Mounts the slice."""

from collections.abc import Sequence
from datetime import timedelta

from litestar.types import ControllerRouterHandler

from yunhu.domains.call_cards.controller import CallCardController, CardProfileController
from yunhu.domains.call_cards.controller_operator import (
    CardCarrierController,
    CardCarriersController,
    CardReviewController,
)
from yunhu.domains.call_cards.controller_public import public_routes
from yunhu.domains.call_cards.controller_tests import CardCarrierTestController
from yunhu.domains.call_cards.exports import OFFERS
from yunhu.domains.call_cards.service import give_up_unanswered
from yunhu.domains.documents.public import DocumentStore
from yunhu.domains.exports.public import ListOffer
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.quick import OwnRouter
from yunhu.foundation.jobs import Job


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    store = DocumentStore(services.settings.documents_dir, services.vault)
    desk = OwnRouter("/", route_handlers=[CardReviewController], dependencies={"documents": provided(store)})
    ways = (CardCarriersController, CardCarrierController, CardCarrierTestController)
    return (CardProfileController, CallCardController, desk, *ways)


def open_routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """What is asked for without a key, below the root."""
    return public_routes(services)


def jobs(_services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    return (Job("call_cards.unanswered", timedelta(minutes=1), give_up_unanswered),)


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
