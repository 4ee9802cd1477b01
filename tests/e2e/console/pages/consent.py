"""Consents, their proof and import, and refusals of both sides."""

from datetime import UTC, datetime
from uuid import uuid4

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast


async def _given(cast: Cast) -> str:
    body = {
        "phone": "13812345678",
        "purpose": "notice",
        "source": "form",
        "given_at": datetime.now(UTC).isoformat(),
        "reference": f"表-{uuid4().hex[:8]}",
    }
    made = await cast.call("tenant:supervisor", "POST", "/consents", body)
    return str(made["id"])


async def _list(cast: Cast) -> str:
    await _given(cast)
    return "/consents"


async def _proof(cast: Cast) -> str:
    return f"/consents/{await _given(cast)}"


async def _refusals(cast: Cast) -> str:
    await cast.call("tenant:supervisor", "POST", "/refusals", {"phone": "13900000009"})
    return "/refusals"


async def _operator_refusals(cast: Cast) -> str:
    body = {"phone": "13900000008"}
    await cast.call("operator:compliance_reviewer", "POST", "/operator/refusals", body)
    return "/operator/refusals"


PAGES = (
    PageCase(route="/consents", api="/consents", role="tenant:supervisor", ready="tbody tr", prepare=_list),
    PageCase(route="/consents/import", role="tenant:supervisor", ready="form input[type=file]"),
    PageCase(route="/consents/:id", role="tenant:supervisor", ready=".lines li", prepare=_proof),
    PageCase(
        route="/refusals", api="/refusals", role="tenant:supervisor", ready="tbody tr", prepare=_refusals
    ),
    PageCase(
        route="/operator/refusals",
        api="/operator/refusals",
        role="operator:compliance_reviewer",
        ready="tbody tr",
        prepare=_operator_refusals,
    ),
)
