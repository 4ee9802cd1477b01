"""Call cards: what phones show."""

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast


async def submitted(cast: Cast) -> str:
    """A profile waits at the desk; the desk's path."""
    listed = await cast.call("tenant:supervisor", "GET", "/card-profiles?state=submitted")
    if not listed["items"]:
        body = {"name": "雁塔区政务服务大厅", "reasons": {"your-turn": "请您到窗口办理"}}
        profile = await cast.call("tenant:supervisor", "POST", "/card-profiles", body)
        await cast.call("tenant:supervisor", "POST", f"/card-profiles/{profile['id']}/submit")
    return "/operator/card-profiles"


PAGES = (
    PageCase(route="/card-profiles", api="/card-profiles", role="tenant:supervisor", ready="main .phone"),
    PageCase(route="/call-cards", api="/call-cards", role="tenant:supervisor", ready="main .panel"),
    PageCase(
        route="/operator/card-profiles",
        api="/operator/card-profiles",
        role="operator:compliance_reviewer",
        ready="[data-test=approve]",
        prepare=submitted,
    ),
    PageCase(
        route="/operator/card-carriers",
        api="/operator/card-carriers",
        role="operator:compliance_reviewer",
        ready="[data-test=set-way]",
    ),
)
