"""Mounts the slice."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.equipment.controller import (
    EquipmentTestController,
    SmscAccountController,
    TrunkController,
)
from yunhu.domains.equipment.exports import OFFERS
from yunhu.domains.exports.public import ListOffer
from yunhu.foundation.http import Services


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return TrunkController, SmscAccountController, EquipmentTestController


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
