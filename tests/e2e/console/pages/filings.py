"""Filings and their review desk."""

from tests.e2e.console.pages.scripts import written
from tests.support.console.pages import PageCase
from tests.support.console.people import Cast

SLUG = "papers"


async def drafted(cast: Cast) -> str:
    """The id of a filing that is not decided yet, made where there is none."""
    listed = await cast.call("tenant:supervisor", "GET", f"/filings?filing={SLUG}")
    open_ = [one["id"] for one in listed["items"] if one["state"] in {"draft", "submitted", "reviewed"}]
    if open_:
        return str(open_[0])
    wording = await written(
        cast, "papers-missing", "您提交的材料需要补正，请于今日到“{window}”号窗口领取补正清单"
    )
    content = {
        "scope": "在大厅提交了材料并留下手机号码的办事群众",
        "purpose": "材料需要补正时通知本人",
        "purposes": ["notice"],
        "script_versions": [wording],
        "plan": {
            "windows": [{"days": [1, 2, 3, 4, 5], "start": "08:30", "end": "18:00"}],
            "daily_calls": 200,
            "calls_per_callee": 2,
            "minutes_between_calls": 30,
        },
    }
    body = {"slug": SLUG, "name": "材料补正通知", "content": content}
    return str((await cast.call("tenant:supervisor", "POST", "/filings", body))["id"])


async def _one(cast: Cast) -> str:
    return f"/filings/{await drafted(cast)}"


async def _edit(cast: Cast) -> str:
    return f"/filings/{await drafted(cast)}/edit"


async def _desk(cast: Cast) -> str:
    id_ = await drafted(cast)
    if (await cast.call("tenant:supervisor", "GET", f"/filings/{id_}"))["summary"]["state"] == "draft":
        await cast.call("tenant:supervisor", "POST", f"/filings/{id_}/submit")
    return f"/operator/filings/{id_}"


PAGES = (
    PageCase(route="/filings", api="/filings", role="tenant:supervisor", ready="tbody tr"),
    PageCase(route="/filings/new", role="tenant:supervisor", ready="main form li"),
    PageCase(route="/filings/:id/edit", role="tenant:supervisor", ready="main form .chosen", prepare=_edit),
    PageCase(route="/filings/:id", role="tenant:supervisor", ready=".way", prepare=_one),
    PageCase(
        route="/operator/filings",
        api="/operator/filings",
        role="operator:compliance_reviewer",
        ready="tbody tr",
    ),
    PageCase(
        route="/operator/filings/:id",
        role="operator:compliance_reviewer",
        ready="[data-test=review]",
        prepare=_desk,
    ),
)
