"""Mounts the slice."""

from collections.abc import Sequence
from datetime import timedelta

from litestar.types import ControllerRouterHandler

from yunhu.domains.exports.public import ListOffer
from yunhu.domains.privacy.controller import OperatorRetentionController, RetentionController
from yunhu.domains.privacy.controller_holds import HeldCallController, LegalHoldController
from yunhu.domains.privacy.exports import OFFERS
from yunhu.domains.privacy.holds import lift_one_ended
from yunhu.domains.privacy.progress import prune_step
from yunhu.foundation.http import Services
from yunhu.foundation.jobs import Job


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return RetentionController, HeldCallController, OperatorRetentionController, LegalHoldController


def jobs(_services: Services) -> Sequence[Job]:
    """The slice's jobs."""
    return (
        Job("privacy.holds", timedelta(minutes=10), lift_one_ended),
        Job("privacy.retention", timedelta(hours=1), prune_step),
    )


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
