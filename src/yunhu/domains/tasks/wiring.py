"""Mounts the slice."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.exports.public import ListOffer
from yunhu.domains.tasks.controller import OperatorTaskController, TaskController
from yunhu.domains.tasks.exports import OFFERS
from yunhu.foundation.http import Services


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return (TaskController, OperatorTaskController)


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
