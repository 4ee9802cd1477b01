"""Contracts."""

from tests.support.console.pages import PageCase
from tests.support.console.people import TENANT, Cast

_OURS = "/operator/contracts"


async def _contract(cast: Cast) -> str:
    """The example hall's contract of today, with a cause that is proposed against its service."""
    contract = (await cast.call("tenant:supervisor", "GET", "/contracts/current"))["contract"]
    body = {"cause": "complaint", "reason": "本月第二起有效投诉", "subject": "console"}
    await cast.call("operator:finance", "POST", f"{_OURS}/{contract['id']}/suspensions/propose", body)
    return str(contract["id"])


async def _own(cast: Cast) -> str:
    return f"/contracts/{await _contract(cast)}"


async def _of_operator(cast: Cast) -> str:
    return f"/operator/contracts/{await _contract(cast)}"


async def _list(cast: Cast) -> str:
    return f"/operator/contracts?tenant={TENANT}"


PAGES = (
    PageCase(route="/contracts", role="tenant:supervisor", ready="tbody tr", api="/contracts"),
    PageCase(route="/contracts/:id", role="tenant:supervisor", ready="svg circle", prepare=_own),
    PageCase(
        route="/operator/contracts", role="operator:finance", ready="tbody tr", api=_OURS, prepare=_list
    ),
    PageCase(route="/operator/contracts/new", role="operator:finance", ready="form"),
    PageCase(
        route="/operator/contracts/:id", role="operator:finance", ready="svg circle", prepare=_of_operator
    ),
)
