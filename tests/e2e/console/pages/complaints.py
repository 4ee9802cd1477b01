"""The complaints desk of both sides."""

from datetime import UTC, datetime
from uuid import uuid4

from tests.e2e.console.pages.notifications import PHONE, played
from tests.support.console.pages import PageCase
from tests.support.console.people import TENANT, Cast


async def registered(cast: Cast, phone: str = "13812345678") -> str:
    """A complaint that the operator took; its id."""
    body = {
        "tenant": TENANT,
        "reference": f"12345-{uuid4().hex[:8]}",
        "source": "12345",
        "about": "service",
        "text": "市民反映叫号后窗口无人，等候时间过长。",
        "received_at": datetime.now(UTC).isoformat(),
        "phone": phone,
        "refuse": False,
    }
    made = await cast.call("operator:support", "POST", "/operator/complaints", body)
    return str(made["id"])


async def _list(cast: Cast) -> str:
    await registered(cast)
    return "/complaints"


async def _operator_list(cast: Cast) -> str:
    await registered(cast)
    return f"/operator/complaints?tenant={TENANT}"


async def about_the_visitor(cast: Cast) -> str:
    """A complaint of the visitor who was texted and called; its id."""
    await played(cast)
    return await registered(cast, PHONE)


async def _one(cast: Cast) -> str:
    return f"/complaints/{await about_the_visitor(cast)}"


async def _operator_one(cast: Cast) -> str:
    return f"/operator/complaints/{await about_the_visitor(cast)}"


PAGES = (
    PageCase(
        route="/complaints", api="/complaints", role="tenant:supervisor", ready="tbody tr", prepare=_list
    ),
    PageCase(
        route="/operator/complaints",
        api="/operator/complaints",
        role="operator:support",
        ready="tbody tr",
        prepare=_operator_list,
    ),
    PageCase(route="/complaints/:id", role="tenant:supervisor", ready="ol.history li", prepare=_one),
    PageCase(
        route="/operator/complaints/:id",
        role="operator:support",
        ready="ol.history li",
        prepare=_operator_one,
    ),
)
