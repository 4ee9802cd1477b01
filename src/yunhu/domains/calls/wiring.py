"""Mounts the slice."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.calls.controller import CallController
from yunhu.domains.calls.controller_operator import OperatorCallController
from yunhu.domains.calls.exports import OFFERS
from yunhu.domains.exports.public import ListOffer
from yunhu.foundation.http import Services


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return CallController, OperatorCallController


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
