"""What people do with numbers, contracts and money, and what stands in the database afterwards."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.e2e.console.conftest import Sit
from tests.support.console.money import CARRIER, closed_month, today
from tests.support.console.people import TENANT, Cast

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_given_a_pasted_list_when_checked_and_corrected_then_the_numbers_are_in_stock(
    sit: Sit, records: AsyncConnection
) -> None:
    window = await sit("operator:support")
    page = window.page
    await window.open("/operator/numbers/import", "form")
    numbers = page.get_by_label("号码清单")
    await numbers.fill("010-8888-7001\n010-8888-7002，2031-12-31\n029-0000-0001")
    await page.locator("[name=registered_to]").fill("西安市雁塔区政务服务大厅")
    await page.click("[data-test=check]")
    await page.get_by_text("3 行中有 1 行不能入库").wait_for()
    assert await page.locator("[data-test=take]").is_disabled()
    await numbers.fill("010-8888-7001\n010-8888-7002，2031-12-31")
    await page.click("[data-test=check]")
    await page.get_by_text("2 行均可入库").wait_for()
    await page.click("[data-test=take]")
    await page.wait_for_url("**/operator/numbers?state=available")
    found = await records.execute(
        text(
            "SELECT state, valid_until::text FROM caller_numbers WHERE e164 LIKE '+8610888870%' ORDER BY e164"
        )
    )
    assert [tuple(row) for row in found] == [("available", None), ("available", "2031-12-31")]
    window.assert_no_faults()


async def test_given_a_number_when_held_with_a_reason_then_it_is_held_and_its_history_says_why(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    listed = await cast.call(
        "operator:support", "GET", f"/operator/caller-numbers?tenant={TENANT}&state=allocated"
    )
    number_id = listed["items"][0]["id"]
    window = await sit("operator:support")
    await window.open(f"/operator/numbers/{number_id}", "[data-test=hold]")
    await window.page.click("[data-test=hold]")
    dialog = window.page.get_by_role("dialog")
    await dialog.get_by_label("原因").fill("材料待补")
    await window.page.click(".el-dialog [data-test=confirm]")
    await window.page.locator("[data-test=restore]").wait_for()
    row = await records.execute(
        text("SELECT state, state_reason FROM caller_numbers WHERE id = :id"), {"id": number_id}
    )
    assert tuple(row.one()) == ("held", "材料待补")
    await cast.call(
        "operator:support", "POST", f"/operator/caller-numbers/{number_id}/restore", {"reason": "已补"}
    )
    window.assert_no_faults()


async def test_given_a_contract_in_service_when_suspended_and_lifted_then_the_database_has_both(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    contract = (await cast.call("tenant:supervisor", "GET", "/contracts/current"))["contract"]
    window = await sit("operator:finance")
    page = window.page
    await window.open(f"/operator/contracts/{contract['id']}", "svg circle")
    await page.click("[data-test=suspend]")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("理由").fill("租户申请停机检修")
    await dialog.get_by_role("button", name="立即暂停").click()
    await page.locator("[data-test=lift]").first.click()
    await page.get_by_role("dialog").get_by_label("理由").fill("检修结束")
    await page.click(".el-dialog [data-test=confirm]")
    await page.locator("[data-test=lift]").wait_for(state="detached")
    found = await records.execute(
        text(
            "SELECT state, reason, end_reason FROM contract_suspensions"
            " WHERE contract_id = :id AND cause = 'manual'"
        ),
        {"id": contract["id"]},
    )
    assert ("lifted", "租户申请停机检修", "检修结束") in [tuple(row) for row in found]
    window.assert_no_faults()


async def test_given_a_closed_month_when_its_paper_is_fetched_then_it_is_a_pdf_of_what_the_page_shows(
    sit: Sit, cast: Cast
) -> None:
    statement_id = await closed_month(cast)
    window = await sit("tenant:supervisor")
    await window.open(f"/statements/{statement_id}", "[data-test=statement]")
    shown = await window.page.locator("main").inner_text()
    async with window.page.expect_download() as begun:
        await window.page.click("[data-test=pdf]")
    fetched = await begun.value
    assert fetched.suggested_filename.removesuffix(".pdf") in shown
    assert (await fetched.path()).read_bytes().startswith(b"%PDF-")
    window.assert_no_faults()


async def test_given_a_carriers_file_when_compared_then_the_page_leads_to_differences_that_are_in_the_database(
    sit: Sit, records: AsyncConnection
) -> None:
    window = await sit("operator:finance")
    page = window.page
    await window.open(f"/operator/reconciliations?tenant={TENANT}", "[data-test=compare]:enabled")
    await page.click("[data-test=compare]")
    content = CARRIER.format(day=today()).encode()
    await page.set_input_files(
        "[data-test=file]", {"name": "话单.csv", "mimeType": "text/csv", "buffer": content}
    )
    await page.get_by_role("dialog").get_by_role("button", name="开始比对").click()
    await page.wait_for_url("**/operator/reconciliations/*-*")
    await page.locator(".causes button").first.wait_for()
    run_id = page.url.rsplit("/", 1)[1]
    found = await records.scalars(
        text("SELECT cause FROM reconciliation_differences WHERE reconciliation_id = :id"), {"id": run_id}
    )
    assert "unreadable_row" in set(found)
    window.assert_no_faults()
