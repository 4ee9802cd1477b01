"""A visitor who is played."""

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast


async def _visit(cast: Cast) -> str:
    taken = await cast.call(
        "tenant:supervisor", "POST", "/sandbox/visits", {"phone": "13877018000", "ahead": 5}
    )
    await cast.call(
        "tenant:supervisor",
        "POST",
        f"/sandbox/visits/{taken['journey_id']}/steps",
        {"event": "progress", "ahead": 2},
    )
    return f"/try?visit={taken['journey_id']}"


PAGES = (
    PageCase(route="/try", role="tenant:supervisor", ready="[data-test=text]", follows=True, prepare=_visit),
)
