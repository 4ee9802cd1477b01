"""Mounts the slice."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.exports.public import ListOffer
from yunhu.domains.sms.controller import MessageController
from yunhu.domains.sms.controller_operator import OperatorMessageController
from yunhu.domains.sms.exports import OFFERS
from yunhu.foundation.http import Services


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return MessageController, OperatorMessageController


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
