"""Mounts the slice."""

from collections.abc import Sequence
from datetime import timedelta

from litestar.types import ControllerRouterHandler

from yunhu.domains.reports import rollups
from yunhu.domains.reports.controller import ReportController
from yunhu.domains.reports.controller_operator import OperatorReportController
from yunhu.foundation.http import Services
from yunhu.foundation.jobs import Job

FOLD_EVERY = timedelta(seconds=10)


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return ReportController, OperatorReportController


def jobs(_services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    return (Job("reports.fold", FOLD_EVERY, rollups.fold),)
