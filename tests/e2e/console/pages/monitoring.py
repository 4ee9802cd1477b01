"""What runs, and what is wrong."""

from datetime import UTC, datetime
from uuid import uuid4

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast


async def _alarm(cast: Cast) -> None:
    # An open fault report is an alarm by itself.
    body = {
        "reference": f"F-{uuid4()}",
        "title": f"二楼大厅来电无声 {datetime.now(UTC):%H:%M}",
        "description": "3 号窗口叫号后市民听不到声音。",
        "severity": "major",
    }
    await cast.call("tenant:supervisor", "POST", "/fault-reports", body)


async def _alarms(cast: Cast) -> str:
    await _alarm(cast)
    return "/alarms"


async def _operator_alarms(cast: Cast) -> str:
    await _alarm(cast)
    return "/operator/alarms"


_LIVE = "[data-test=running]"
PAGES = (
    PageCase(route="/live", role="tenant:supervisor", ready=_LIVE, follows=True, api="/live"),
    PageCase(route="/live/wall", role="tenant:supervisor", ready=_LIVE, follows=True),
    PageCase(route="/alarms", role="tenant:supervisor", ready="tbody tr", api="/alarms", prepare=_alarms),
    PageCase(
        route="/operator/live", role="operator:support", ready=_LIVE, follows=True, api="/operator/live"
    ),
    PageCase(route="/operator/live/wall", role="operator:support", ready=_LIVE, follows=True),
    PageCase(
        route="/operator/alarms",
        role="operator:support",
        ready="tbody tr",
        api="/operator/alarms",
        prepare=_operator_alarms,
    ),
)
