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


PAGES = (
    PageCase(route="/reports", role=_ROLE, ready="main table", prepare=_reports),
    PageCase(
        route="/operator/reports",
        role="operator:administrator",
        ready="main table",
        prepare=_operator_reports,
    ),
    PageCase(route="/report-mails", role=_ROLE, ready="[data-test=add-mail]"),
)
