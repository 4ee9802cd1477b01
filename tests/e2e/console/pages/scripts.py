"""Scripts: what calls and messages say."""

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast


async def written(cast: Cast, slug: str, text: str) -> str:
    """The id of the newest version of a voice script that says this, made where there is none."""
    listed = await cast.call("tenant:supervisor", "GET", "/scripts?limit=200")
    if slug not in {one["slug"] for one in listed["items"]}:
        body = {"slug": slug, "name": "材料补正提醒", "channel": "voice"}
        await cast.call("tenant:supervisor", "POST", "/scripts", body)
    versions = await cast.call("tenant:supervisor", "GET", f"/scripts/{slug}/versions")
    if not versions["items"] or versions["items"][0]["text"] != text:
        slots = [{"name": "window", "kind": "window"}]
        return str(
            (
                await cast.call(
                    "tenant:supervisor", "POST", f"/scripts/{slug}/versions", {"text": text, "slots": slots}
                )
            )["id"]
        )
    return str(versions["items"][0]["id"])


async def _two_versions(cast: Cast) -> str:
    await written(cast, "papers-missing", "您的材料需要补正，请到“{window}”号窗口领取清单")
    await written(cast, "papers-missing", "您提交的材料需要补正，请于今日到“{window}”号窗口领取补正清单")
    return "/scripts/papers-missing"


PAGES = (
    PageCase(route="/scripts", api="/scripts", role="tenant:supervisor", ready="tbody tr"),
    PageCase(
        route="/scripts/:slug",
        role="tenant:supervisor",
        ready="[data-test=runs]",
        prepare=_two_versions,
    ),
)
