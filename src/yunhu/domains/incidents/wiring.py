"""Mounts the slice."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.exports.public import ListOffer
from yunhu.domains.incidents.controller import FaultController, NoticeController, SupportVisitController
from yunhu.domains.incidents.controller_operator import (
    IncidentTermController,
    OperatorFaultController,
    OperatorNoticeController,
    OperatorVisitController,
)
from yunhu.domains.incidents.exports import OFFERS
from yunhu.domains.incidents.jobs import incident_jobs
from yunhu.foundation.http import Services
from yunhu.foundation.jobs import Job


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return (
        NoticeController,
        FaultController,
        SupportVisitController,
        OperatorNoticeController,
        OperatorFaultController,
        OperatorVisitController,
        IncidentTermController,
    )


def jobs(_services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    return incident_jobs()


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
