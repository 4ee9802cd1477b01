"""Lists put in order by their readers: columns by keyboard, rows by their heads; and the workbook that follows."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page
from tests.e2e.console.conftest import Sit
from tests.e2e.console.pages.call_cards import submitted
from tests.e2e.console.pages.complaints import registered
from tests.e2e.console.pages.notifications import played
from tests.e2e.console.test_exports import downloaded
from tests.support.console.people import Cast

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]
_FOCUSED = "document.activeElement.getAttribute('aria-label')"


async def _heads(page: Page) -> list[str]:
    heads: list[Any] = await page.locator("thead th").all_inner_texts()
    return [str(head).strip() for head in heads]


async def test_given_a_column_moved_by_keyboard_when_exported_then_the_order_holds_in_the_workbook_and_the_next_visit(
    sit: Sit, tmp_path: Path
) -> None:
    window = await sit("operator:administrator")
    page = window.page
    await window.open("/operator/calendar", "tbody tr")
    usual = ["年度", "来源", "工作日", "上传", "操作"]
    assert await _heads(page) == usual
    await page.get_by_role("button", name="选择列").click()
    choice = page.get_by_role("group", name="选择列")
    await choice.get_by_role("button", name="“工作日”前移").focus()
    await page.keyboard.press("Enter")
    assert await page.evaluate(_FOCUSED) == "“工作日”前移"
    await choice.get_by_text("“工作日”现在是第 2 列，共 5 列").wait_for()
    await page.keyboard.press("Enter")
    await choice.get_by_text("“工作日”现在是第 1 列，共 5 列").wait_for()
    assert await page.evaluate(_FOCUSED) == "“工作日”后移", (
        "it can go no further: the focus is on the way back"
    )
    assert await window.findings() == []
    await page.keyboard.press("Escape")
    moved = ["工作日", "年度", "来源", "上传", "操作"]
    assert await _heads(page) == moved
    await page.get_by_role("columnheader", name="年度").get_by_role("button").click()
    await page.locator("th[aria-sort=ascending]").wait_for()
    await page.get_by_role("button", name="导出 Excel").click()
    head, *rows = await downloaded(page, tmp_path / "years.xlsx")
    assert head == ["工作日", "年度", "来源", "上传时间", "上传人"]
    years = [row[1] for row in rows]
    assert len(years) > 2
    assert years == sorted(years)
    await window.open("/operator/calendar", "tbody tr")
    assert await _heads(page) == moved
    await page.get_by_role("button", name="选择列").click()
    await page.locator("[data-test=columns-back]").click()
    await page.get_by_role("columnheader").first.get_by_text("年度").wait_for()
    assert await _heads(page) == usual
    window.assert_no_faults()


@pytest.mark.parametrize(
    ("path", "role", "head"),
    [
        ("/complaints", "tenant:supervisor", "登记时间"),
        ("/operator/complaints", "operator:support", "登记时间"),
        ("/filings", "tenant:supervisor", "起草时间"),
        ("/operator/filings", "operator:compliance_reviewer", "起草时间"),
    ],
)
async def test_given_a_list_that_runs_in_time_when_its_head_is_pressed_then_the_server_is_asked_for_the_oldest_first(
    sit: Sit, cast: Cast, path: str, role: str, head: str
) -> None:
    for phone in ("13812345678", "13812345679"):
        await registered(cast, phone)
    window = await sit(role)
    page = window.page
    await window.open(path, "tbody tr")
    newest = await cast.call(role, "GET", path)
    oldest = await cast.call(role, "GET", f"{path}?order=oldest")
    button = page.get_by_role("columnheader", name=head).get_by_role("button")
    for direction, expected in (("ascending", oldest), ("descending", newest)):
        await button.click()
        await page.locator(f"th[aria-sort={direction}]").wait_for()
        await window.settled()
        shown = await page.locator("td.main").all_inner_texts()
        named = "reference" if "complaints" in path else "name"
        assert [one.strip() for one in shown] == [row[named] for row in expected["items"]]
    assert "sort=-time" in page.url
    window.assert_no_faults()


async def test_given_a_column_left_out_of_the_meter_when_exported_then_the_workbook_leaves_it_out(
    sit: Sit, cast: Cast, tmp_path: Path
) -> None:
    await played(cast)
    window = await sit("tenant:supervisor")
    page = window.page
    await window.open("/usage", "tbody tr")
    await page.get_by_role("button", name="选择列").click()
    await page.get_by_role("group", name="选择列").get_by_text("计费项").click()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="导出 Excel").click()
    head, *rows = await downloaded(page, tmp_path / "meter.xlsx")
    assert head == ["日期", "条数", "金额（元）"]
    assert sum(row[1] for row in rows) > 0
    window.assert_no_faults()


async def test_given_profiles_to_be_reviewed_when_exported_then_the_workbook_has_those_alone_as_the_page_tells_them(
    sit: Sit, cast: Cast, tmp_path: Path
) -> None:
    path = await submitted(cast)
    draft = {"name": "未提交的样式", "reasons": {}}
    await cast.call("tenant:supervisor", "POST", "/card-profiles", draft)
    window = await sit("operator:compliance_reviewer")
    page = window.page
    await window.open(path, "[data-test=approve]")
    await page.get_by_role("button", name="导出 Excel").click()
    head, *rows = await downloaded(page, tmp_path / "profiles.xlsx")
    assert head == [
        "租户",
        "显示名称",
        "状态",
        "审核意见",
        "建立时间",
        "提交人",
        "审核时间",
        "审核人",
        "有效期至",
    ]
    assert {row[2] for row in rows} == {"待审核"}
    window.assert_no_faults()
