"""Every page, as its role sees it, in both languages, both themes and both widths."""

import re
from pathlib import Path

import pytest
from tests.e2e.console.conftest import Sit
from tests.e2e.console.pages import all_pages
from tests.support.console.browser import FULLY_CHECKED, LANGUAGES, VIEWS
from tests.support.console.pages import PageCase
from tests.support.console.people import Cast

PAGES = all_pages()
_PATH = re.compile(r"\bpath: '([^']+)'")


@pytest.mark.timeout(600)  # the first one also starts the product
@pytest.mark.peer("chromium")
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("case", PAGES, ids=[page.name for page in PAGES])
async def test_given_a_page_when_looked_at_in_every_way_then_nothing_is_wrong_with_it(
    case: PageCase, sit: Sit, cast: Cast
) -> None:
    path = await case.prepare(cast) if case.prepare is not None else case.route
    window = await sit(case.role)
    wrong: list[str] = []
    for language in LANGUAGES:
        await window.speak(language)
        await window.page.goto("about:blank")  # a change behind `#` alone would load nothing anew
        await window.open(path, case.ready, follows=case.follows)
        for view in (view for view in VIEWS if view.language == language):
            await window.look(view)
            found = window.faults + await window.sideways()
            if view in FULLY_CHECKED:
                found += await window.findings()
            elif language == LANGUAGES[0]:
                found += await window.findings("color-contrast")
            wrong += [f"{view}: {one}" for one in found]
            window.faults.clear()
            await window.picture(f"{case.name}-{view}")
    assert not wrong, "\n".join(wrong)


def test_given_the_routes_of_the_console_when_compared_then_each_is_visited(console_sources: Path) -> None:
    routes = {
        route
        for index in console_sources.glob("features/*/index.ts")
        for route in _PATH.findall(index.read_text())
    }
    assert routes - {case.route for case in PAGES} == set(), "name them in tests/e2e/console/pages"
    assert {case.route for case in PAGES} - routes == set(), "no such route"
