"""Keys, callbacks, and the guide."""

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast

_URL = "http://127.0.0.1:61998/yunhu"
"""Nobody listens there: tries fail, and the log shows them."""


async def _endpoint(cast: Cast) -> str:
    listed = await cast.call("tenant:administrator", "GET", "/callback-endpoints")
    mine = [endpoint["id"] for endpoint in listed["items"] if endpoint["url"] == _URL]
    if mine:
        return str(mine[0])
    body = {"url": _URL, "event_types": ["notification.delivered", "notification.failed"]}
    made = await cast.call("tenant:administrator", "POST", "/callback-endpoints", body)
    return str(made["endpoint"]["id"])


async def _callbacks(cast: Cast) -> str:
    await _endpoint(cast)
    return "/callbacks"


async def _delivery(cast: Cast) -> str:
    path = f"/callback-endpoints/{await _endpoint(cast)}/test"
    delivery = await cast.call("tenant:administrator", "POST", path)
    return f"/deliveries/{delivery['id']}"


async def _deliveries(cast: Cast) -> str:
    await _delivery(cast)
    return "/deliveries"


async def _operator_keys(cast: Cast) -> str:
    body = {"name": "对账程序", "scopes": ["operator:billing"]}
    await cast.call("operator:administrator", "POST", "/operator/api-keys", body)
    return "/operator/api-keys"


PAGES = (
    PageCase(route="/guide", role="tenant:integrator", ready="main table"),
    PageCase(route="/api-keys", api="/api-keys", role="tenant:administrator", ready="tbody tr"),
    PageCase(
        route="/operator/api-keys",
        api="/operator/api-keys",
        role="operator:administrator",
        ready="tbody tr",
        prepare=_operator_keys,
    ),
    PageCase(
        route="/callbacks",
        api="/callback-endpoints",
        role="tenant:integrator",
        ready="main .panel h2",
        prepare=_callbacks,
    ),
    PageCase(
        route="/deliveries",
        api="/callback-deliveries",
        role="tenant:integrator",
        ready="tbody tr",
        prepare=_deliveries,
    ),
    PageCase(route="/deliveries/:id", role="tenant:integrator", ready="main pre", prepare=_delivery),
)
