"""Mounts the slice."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.complaints.controller import ComplaintController
from yunhu.domains.complaints.controller_operator import ComplaintTermController, OperatorComplaintController
from yunhu.domains.complaints.exports import OFFERS
from yunhu.domains.complaints.jobs import complaint_jobs
from yunhu.domains.exports.public import ListOffer
from yunhu.foundation.http import Services
from yunhu.foundation.jobs import Job


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return (ComplaintController, OperatorComplaintController, ComplaintTermController)


def jobs(_services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    return complaint_jobs()


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
