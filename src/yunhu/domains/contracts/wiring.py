"""Mounts the slice."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from yunhu.domains.contracts.controller import ContractController
from yunhu.domains.contracts.controller_operator import OperatorContractController
from yunhu.domains.contracts.controller_parts import (
    QualificationController,
    SupplementController,
    SuspensionController,
)
from yunhu.domains.contracts.exports import OFFERS
from yunhu.domains.contracts.jobs import contract_jobs
from yunhu.domains.exports.public import ListOffer
from yunhu.foundation.http import Services
from yunhu.foundation.jobs import Job


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return (
        ContractController,
        OperatorContractController,
        SuspensionController,
        SupplementController,
        QualificationController,
    )


def jobs(_services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    return contract_jobs()


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
