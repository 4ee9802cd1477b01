"""How long data is kept, and what stays."""

from tests.e2e.console.pages.notifications import played
from tests.support.console.pages import PageCase
from tests.support.console.people import TENANT, Cast

_HOLDS = f"/operator/legal-holds?tenant={TENANT}"


async def _held(cast: Cast) -> None:
    call = (await played(cast))["calls"][0]["id"]
    for reason in ("投诉 12321-2026-0031：当事人否认接到通知", "合同纠纷 2026-7 取证"):
        await cast.call("operator:administrator", "POST", _HOLDS, {"call_id": str(call), "reason": reason})
    for subject in (
        {"phone": "13800000021", "ends_on": "2099-12-31"},
        {"first_day": "2026-01-01", "last_day": "2026-01-31", "script": "your-turn"},
    ):
        body = {**subject, "reason": "合同纠纷 2026-8 取证"}
        await cast.call("operator:administrator", "POST", _HOLDS, body)
    first = (await cast.call("operator:administrator", "GET", _HOLDS))["items"][-1]
    await cast.call(
        "operator:administrator", "POST", f"/operator/legal-holds/{first['id']}/lift?tenant={TENANT}"
    )


async def _of_tenant(cast: Cast) -> str:
    await _held(cast)
    return "/legal-holds"


async def _of_operator(cast: Cast) -> str:
    await _held(cast)
    return _HOLDS


PAGES = (
    PageCase(route="/retention", api="/retention", role="tenant:administrator", ready="tbody tr"),
    PageCase(
        route="/operator/retention",
        api="/operator/retention",
        role="operator:administrator",
        ready="tbody tr",
    ),
    PageCase(
        route="/legal-holds",
        api="/legal-holds",
        role="tenant:administrator",
        ready="tbody tr",
        prepare=_of_tenant,
    ),
    PageCase(
        route="/operator/legal-holds",
        api=_HOLDS,
        role="operator:support",
        ready="tbody tr",
        prepare=_of_operator,
    ),
)
