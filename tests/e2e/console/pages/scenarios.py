"""Scenarios: what happens when the queue system says something."""

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast


async def _main_hall(_: Cast) -> str:
    return "/scenarios/main-hall"


PAGES = (
    PageCase(route="/scenarios", api="/scenarios", role="tenant:supervisor", ready="tbody tr"),
    PageCase(
        route="/scenarios/:slug",
        role="tenant:supervisor",
        ready="[data-test=owed]",
        prepare=_main_hall,
    ),
)
