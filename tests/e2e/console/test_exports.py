"""A list of the operator's, taken out through the browser as a workbook."""

from pathlib import Path

import pytest
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
    result = page.get_by_role("dialog").get_by_role("button", name="下载结果")
    await result.wait_for(timeout=120_000)
    async with page.expect_download() as coming:
        await result.click()
    path = tmp_path / "numbers.xlsx"
    await (await coming.value).save_as(path)
    head, *rows = rows_of(path.read_bytes())
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
