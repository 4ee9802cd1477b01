"""Reports and mailed reports."""

from tests.e2e.console.pages.notifications import played
from tests.support.console.pages import PageCase
from tests.support.console.people import Cast

_ROLE = "tenant:supervisor"


async def _reports(cast: Cast) -> str:
    await played(cast)
    return "/reports"


async def _operator_reports(cast: Cast) -> str:
    await played(cast)
    return "/operator/reports"


async def _mails(cast: Cast) -> str:
    body = {
        "name": "每日外呼",
        "report": "report_calls",
        "every": "day",
        "hour": 8,
        "recipients": ["supervisor@example.org"],
    }
    if not await cast.call(_ROLE, "GET", "/reports/schedules"):
        await cast.call(_ROLE, "POST", "/reports/schedules", body)
    return "/report-mails"


PAGES = (
    PageCase(route="/reports", role=_ROLE, ready="main table", prepare=_reports),
    PageCase(
        route="/operator/reports",
        role="operator:administrator",
        ready="main table",
        prepare=_operator_reports,
    ),
    PageCase(route="/report-mails", role=_ROLE, ready="main .panel h2", prepare=_mails),
)
