"""Mounts the slice."""

from collections.abc import Sequence
from datetime import timedelta

from litestar.types import ControllerRouterHandler

from yunhu.domains.documents.public import DocumentStore
from yunhu.domains.exports.public import ListOffer
from yunhu.domains.filings.controller import FilingController
from yunhu.domains.filings.controller_calendar import CalendarController
from yunhu.domains.filings.controller_operator import OperatorFilingController
from yunhu.domains.filings.exports import OFFERS
from yunhu.domains.filings.review import keep_time
from yunhu.domains.screening.public import Screens
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.quick import OwnRouter
from yunhu.foundation.jobs import Job


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    store = DocumentStore(services.settings.documents_dir, services.vault)
    desks = OwnRouter(
        "/",
        route_handlers=[FilingController, OperatorFilingController],
        dependencies={"screens": provided(Screens()), "documents": provided(store)},
    )
    return (desks, CalendarController)


def jobs(_services: Services) -> Sequence[Job]:
    """States follow the clock; what may be dialled does not wait for them."""
    return (Job("filings.clock", timedelta(minutes=1), keep_time),)


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
