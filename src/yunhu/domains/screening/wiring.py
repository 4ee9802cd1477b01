"""Mounts the slice."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.exports.public import ListOffer
from yunhu.domains.screening.controller import ScreeningController
from yunhu.domains.screening.exports import OFFERS
from yunhu.foundation.http import Services


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return (ScreeningController,)


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
