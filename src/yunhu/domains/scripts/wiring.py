"""Mounts the slice."""

import time
from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.exports.public import ListOffer
from yunhu.domains.screening.public import Screens
from yunhu.domains.scripts.controller import ScriptController
from yunhu.domains.scripts.exports import OFFERS
from yunhu.domains.scripts.reading_aloud import Reader, ReadingController, ReadingRoom
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.quick import OwnRouter
from yunhu.foundation.http.rate import TokenBuckets


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return (OwnRouter("/", route_handlers=[ScriptController], dependencies={"screens": provided(Screens())}),)


def reading_routes(services: Services, reader: Reader) -> Sequence[ControllerRouterHandler]:
    """Reading aloud, below `/api/v1`: the voice is the entrypoint's."""
    buckets = TokenBuckets(time.monotonic, processes=services.settings.http_workers)
    room = ReadingRoom(reader, buckets)
    return (
        OwnRouter("/", route_handlers=[ReadingController], dependencies={"reading_room": provided(room)}),
    )


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
