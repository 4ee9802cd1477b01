"""What a role finds in the console is what the API lets it read: no page more, no page less."""

import pytest
from tests.e2e.console.conftest import Sit
from tests.e2e.console.pages import all_pages
from tests.support.console.people import Cast

from yunhu.domains.identity.roles import Side, presets_of

ROLES = [f"{side}:{preset.name}" for side in Side for preset in presets_of(side)]
LISTS = [page for page in all_pages() if page.api is not None]

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]


@pytest.mark.parametrize("role", ROLES)
async def test_given_a_role_when_it_looks_around_then_the_navigation_agrees_with_the_api(
    role: str, sit: Sit, cast: Cast
) -> None:
    person = await cast.person(role)
    readable, refused = set(), []
    for page in LISTS:
        answer = await cast.http.get(str(page.api), headers=person.headers())
        if answer.is_success:
            readable.add(page.route)
        else:
            assert answer.status_code == 403, f"{page.api}: {answer.text}"
            refused.append(page.route)
    window = await sit(role)
    await window.open("/account", "nav a")
    links = await window.page.locator("aside nav a").evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    assert {page.route for page in LISTS} & set(links) == readable
    assert refused, "there is no role that may read everything of both sides"
    await window.open(refused[0], "main h1, main .title")
    assert "/forbidden" in window.page.url
    window.assert_no_faults()
