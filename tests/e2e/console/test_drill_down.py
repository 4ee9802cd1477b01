"""From a figure of the overview to what it is made of: each link asks the server for just that."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.async_api import Request
from tests.e2e.console.conftest import Sit
from tests.e2e.console.pages.notifications import played
from tests.support.console.people import Cast

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]
_ASKED = {
    "/notifications": "/api/v1/notifications",
    "/calls": "/api/v1/calls",
    "/reports": "/api/v1/reports/calls",
}


async def test_given_the_overview_when_each_figure_is_followed_then_the_list_is_asked_with_its_filter(
    sit: Sit, cast: Cast
) -> None:
    await played(cast)
    window = await sit("tenant:supervisor")
    page = window.page
    await window.open("/overview", ".tiles")
    await page.locator("main a[href*='state=']").first.wait_for()
    links = await page.eval_on_selector_all("main a", "all => all.map(a => a.getAttribute('href'))")
    followed = {path for path in _ASKED if any(urlsplit(link).path == path for link in links)}
    assert followed == {"/notifications", "/calls", "/reports"}
    for link in dict.fromkeys(links):
        told = urlsplit(link)
        if told.path not in _ASKED:
            await window.open(link)
            continue
        async with page.expect_request(_asks(told.path, told.query)):
            await window.open(link)
    window.assert_no_faults()


def _asks(path: str, query: str) -> Callable[[Request], bool]:
    wanted = set(parse_qsl(query))

    def asks(request: Request) -> bool:
        asked = urlsplit(request.url)
        return asked.path == _ASKED[path] and wanted <= set(parse_qsl(asked.query))

    return asks
