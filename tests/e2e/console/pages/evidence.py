"""Evidence packs of both sides."""

from datetime import UTC, datetime

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast


async def _requested(cast: Cast) -> None:
    today = datetime.now(UTC).date().isoformat()
    body = {"reason": "主管部门例行检查", "first_day": today, "last_day": today}
    await cast.call("tenant:supervisor", "POST", "/evidence-packs", body)


async def _list(cast: Cast) -> str:
    await _requested(cast)
    return "/evidence"


async def _operator_list(cast: Cast) -> str:
    await _requested(cast)
    return "/operator/evidence"


PAGES = (
    PageCase(
        route="/evidence", api="/evidence-packs", role="tenant:supervisor", ready="tbody tr", prepare=_list
    ),
    PageCase(
        route="/operator/evidence",
        api="/operator/evidence-packs",
        role="operator:compliance_reviewer",
        ready="tbody tr",
        prepare=_operator_list,
    ),
)
