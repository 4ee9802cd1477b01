"""Mounts the slice."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.exports.public import ListOffer
from yunhu.domains.numbers.controller import NumberController
from yunhu.domains.numbers.controller_operator import OperatorNumberController, OperatorRegionController
from yunhu.domains.numbers.exports import OFFERS
from yunhu.domains.numbers.jobs import HEALTH
from yunhu.foundation.http import Services
from yunhu.foundation.jobs import Job


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return (NumberController, OperatorNumberController, OperatorRegionController)


def jobs(_services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    return (HEALTH,)


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
