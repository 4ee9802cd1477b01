"""Mounts the slice."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from litestar.types import ControllerRouterHandler

from yunhu.domains.exports.public import AnyOffer
from yunhu.domains.reports import mailing, rollups
from yunhu.domains.reports.controller import ReportController
from yunhu.domains.reports.controller_mail import ReportScheduleController
from yunhu.domains.reports.controller_operator import OperatorReportController
from yunhu.domains.reports.exports import OFFERS
from yunhu.domains.tasks.public import TaskHandler
from yunhu.foundation.http import Services
from yunhu.foundation.jobs import Job

FOLD_EVERY = timedelta(seconds=10)
MAIL_EVERY = timedelta(seconds=30)


def routes(_services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return ReportController, ReportScheduleController, OperatorReportController


def jobs(_services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    return (
        Job("reports.fold", FOLD_EVERY, rollups.fold),
        Job("reports.mail", MAIL_EVERY, mailing.make_due),
    )


def handlers(services: Services) -> Mapping[str, TaskHandler]:
    """Long work that the slice can do."""
    return {mailing.SEND: mailing.MailSender(services).run}


def exports() -> Sequence[AnyOffer]:
    """What of the slice can be exported."""
    return OFFERS
