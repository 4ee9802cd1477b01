"""Long work of either side."""

from tests.support.console.money import comparison
from tests.support.console.pages import PageCase
from tests.support.console.people import Cast


async def _of_tenant(cast: Cast) -> str:
    body = {"offer": "calls", "filters": {}, "language": "zh", "reason": "", "whole_phones": False}
    await cast.call("tenant:supervisor", "POST", "/exports", body)
    return "/tasks"


async def _of_operator(cast: Cast) -> str:
    await comparison(cast)
    return "/operator/tasks"


PAGES = (
    PageCase(route="/tasks", api="/tasks", role="tenant:supervisor", ready="tbody tr", prepare=_of_tenant),
    PageCase(
        route="/operator/tasks",
        api="/operator/tasks",
        role="operator:finance",
        ready="tbody tr",
        prepare=_of_operator,
    ),
)
