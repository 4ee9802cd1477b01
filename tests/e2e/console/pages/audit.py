"""Audit and grants."""

from datetime import UTC, datetime, timedelta

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast


async def _granted(cast: Cast) -> None:
    body = {
        "kinds": ["notifications", "calls", "scripts"],
        "purpose": "协助核查 2 月 9 日未接通的通知",
        "expires_at": (datetime.now(UTC) + timedelta(days=3)).isoformat(),
    }
    await cast.call("tenant:administrator", "POST", "/grants", body)


async def _grants(cast: Cast) -> str:
    await _granted(cast)
    return "/grants"


async def _open_tenants(cast: Cast) -> str:
    await _granted(cast)
    return "/operator/grants"


PAGES = (
    PageCase(route="/audit", api="/audit", role="tenant:administrator", ready="tbody tr"),
    PageCase(route="/operator/audit", api="/operator/audit", role="operator:administrator", ready="tbody tr"),
    PageCase(route="/grants", api="/grants", role="tenant:administrator", ready="tbody tr", prepare=_grants),
    PageCase(
        route="/operator/grants",
        api="/operator/open-tenants",
        role="operator:compliance_reviewer",
        ready=".cards .panel",
        prepare=_open_tenants,
    ),
)
