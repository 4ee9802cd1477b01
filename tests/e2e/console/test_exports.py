"""Lists taken out through the browser as workbooks, as they are seen."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.e2e.console.conftest import Sit
from tests.support.reports.sheet import rows_of

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_given_the_operators_numbers_narrowed_when_exported_in_the_browser_then_the_workbook_has_just_those(
    sit: Sit, records: AsyncConnection, tmp_path: Path
) -> None:
    window = await sit("operator:support")
    page = window.page
    await window.open("/operator/numbers?state=allocated", "tbody tr")
    await page.get_by_role("button", name="导出 Excel").click()
    head, *rows = await downloaded(page, tmp_path / "numbers.xlsx")
    found = await records.execute(text("SELECT e164 FROM caller_numbers WHERE state = 'allocated'"))
    assert rows
    assert len(rows) == len(found.all())
    assert {row[head.index("状态")] for row in rows} == {"使用中"}
    assert all(row[head.index("租户")] for row in rows)
    actions = await records.scalars(
        text(
            "SELECT a.action FROM audit_entries AS a JOIN tasks AS t ON a.subject_id IN (t.id::text, t.result_document_id::text) "
            "WHERE t.kind = 'exports.write' AND t.tenant_id IS NULL ORDER BY a.sequence"
        )
    )
    assert list(actions)[-2:] == ["export.start", "look.document"]
    window.assert_no_faults()


async def test_given_columns_chosen_and_the_oldest_first_when_exported_then_the_workbook_is_as_the_table_is_seen(
    sit: Sit, tmp_path: Path
) -> None:
    window = await sit("tenant:administrator")
    page = window.page
    await window.open("/audit", "tbody tr")
    await page.get_by_role("button", name="选择列").click()
    choice = page.get_by_role("group", name="选择列")
    await choice.get_by_text("原因").click()
    await choice.get_by_text("序号").click()
    await page.keyboard.press("Escape")
    await page.get_by_role("columnheader", name="时间").get_by_role("button").click()
    await page.locator("th[aria-sort=ascending]").wait_for()
    # The first: lines of the log name what was done, and exporting is one of the things.
    await page.get_by_role("button", name="导出 Excel").first.click()
    head, *rows = await downloaded(page, tmp_path / "shown.xlsx")
    assert head == ["时间", "操作者", "操作者类别", "操作", "对象类别", "对象", "变更内容", "序号"]
    numbers = [row[-1] for row in rows]
    assert numbers == sorted(numbers)
    assert len(numbers) > 1
    assert "登录" in {row[3] for row in rows}
    await page.keyboard.press("Escape")
    await page.get_by_role("dialog").wait_for(state="hidden")
    await page.locator(".el-dropdown__caret-button").click()
    await page.get_by_role("menuitem", name="导出全部列").wait_for()
    await page.get_by_role("menuitem", name="导出全部列").click()
    head, *_ = await downloaded(page, tmp_path / "all.xlsx")
    assert {"理由", "摘要", "操作标识"} < set(head)
    window.assert_no_faults()


async def downloaded(page: Page, path: Path) -> list[list[Any]]:
    """What the export that is under way gives."""
    result = page.get_by_role("dialog").get_by_role("button", name="下载结果")
    await result.wait_for(timeout=120_000)
    async with page.expect_download() as coming:
        await result.click()
    await (await coming.value).save_as(path)
    return rows_of(path.read_bytes())
