"""Caller numbers: the pool, one number, the stock, an import."""

from typing import Any

from tests.support.console.pages import PageCase
from tests.support.console.people import TENANT, Cast

_OURS = "/operator/caller-numbers"


async def _pool(cast: Cast) -> list[dict[str, Any]]:
    """The example hall's numbers, the last three of them held, quarantined and at rest."""
    listed = await cast.call("operator:support", "GET", f"{_OURS}?tenant={TENANT}&limit=100")
    numbers: list[dict[str, Any]] = sorted(listed["items"], key=lambda number: str(number["number"]))
    for number, step in zip(numbers[-3:], ("hold", "quarantine"), strict=False):
        if number["state"] == "allocated":
            body = {"reason": "核查实名材料"}
            await cast.call("operator:support", "POST", f"{_OURS}/{number['id']}/{step}", body)
    rest = {"minutes": 1440, "reason": "接通率明显低于号码池"}
    await cast.call("operator:support", "PUT", f"{_OURS}/{numbers[-1]['id']}/cooling", rest)
    return numbers


async def _own(cast: Cast) -> str:
    await _pool(cast)
    return "/numbers"


async def _one_own(cast: Cast) -> str:
    return f"/numbers/{(await _pool(cast))[-1]['id']}"


async def _stock(cast: Cast) -> str:
    await _pool(cast)
    return f"/operator/numbers?tenant={TENANT}"


async def _one_of_stock(cast: Cast) -> str:
    return f"/operator/numbers/{(await _pool(cast))[-3]['id']}"


PAGES = (
    PageCase(
        route="/numbers", role="tenant:supervisor", ready=".grid li", api="/caller-numbers", prepare=_own
    ),
    PageCase(route="/numbers/:id", role="tenant:supervisor", ready="ol li", prepare=_one_own),
    PageCase(route="/operator/numbers", role="operator:support", ready=".grid li", api=_OURS, prepare=_stock),
    PageCase(route="/operator/numbers/import", role="operator:support", ready="form", api=_OURS),
    PageCase(route="/operator/numbers/:id", role="operator:support", ready="ol li", prepare=_one_of_stock),
)
