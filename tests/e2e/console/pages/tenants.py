"""Tenants, as the operator keeps them."""

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast

_SLUG = "closed-hall"


async def _with_a_disabled_one(cast: Cast) -> str:
    listed = await cast.call("operator:administrator", "GET", f"/operator/tenants?q={_SLUG}")
    if not listed["items"]:
        body = {"slug": _SLUG, "name": "雁塔区已搬迁服务大厅"}
        await cast.call("operator:administrator", "POST", "/operator/tenants", body)
        change = {"enabled": False, "reason": "大厅搬迁，合并到新址"}
        await cast.call("operator:administrator", "PATCH", f"/operator/tenants/{_SLUG}", change)
    return "/operator/tenants"


PAGES = (
    PageCase(
        route="/operator/tenants",
        role="operator:administrator",
        ready="tbody tr",
        prepare=_with_a_disabled_one,
    ),
)
