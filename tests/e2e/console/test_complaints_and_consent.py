"""What the complaints desk and the keepers of consents do in the browser, and what stands in the database afterwards."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.e2e.console.conftest import Sit
from tests.e2e.console.pages.complaints import about_the_visitor, registered
from tests.e2e.console.pages.notifications import message_id, played
from tests.support.console.people import TENANT, Cast

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_given_the_operators_support_when_a_complaint_is_registered_and_answered_then_the_database_says_so(
    sit: Sit, records: AsyncConnection
) -> None:
    reference = f"direct-{uuid4().hex[:8]}"
    window = await sit("operator:support")
    await window.open(f"/operator/complaints?tenant={TENANT}", "[data-test=gauge]")
    await window.page.click("[data-test=intake]")
    form = window.page.get_by_role("dialog")
    await form.get_by_label("投诉编号").fill(reference)
    await form.get_by_label("投诉内容").fill("来电时间不合适")
    await form.get_by_role("button", name="登记").click()
    await window.page.locator("ol.history li").first.wait_for()
    await window.page.click("[data-test=answer]")
    answer = window.page.get_by_role("dialog")
    await answer.get_by_label("答复内容").fill("已向当事人说明并调整时段")
    await answer.get_by_role("button", name="答复").click()
    await window.page.get_by_text("已答复").first.wait_for()
    found = await records.execute(
        text("SELECT state, answered_at FROM complaints WHERE reference = :reference"),
        {"reference": reference},
    )
    complaint = found.one()
    assert complaint.state == "answered"
    assert complaint.answered_at is not None
    window.assert_no_faults()


async def test_given_a_number_when_its_refusal_is_recorded_and_lifted_then_the_database_says_so(
    sit: Sit, records: AsyncConnection
) -> None:
    window = await sit("tenant:agent")
    await window.open("/refusals", "[data-test=refuse]")
    await window.page.click("[data-test=refuse]")
    form = window.page.get_by_role("dialog")
    await form.get_by_label("手机号").fill("13700000017")
    await form.get_by_role("button", name="登记").click()
    row = window.page.locator("tbody tr").filter(has_text="0017").first
    await row.get_by_text("拒绝中").wait_for()
    await row.locator("[data-test=lift]").click()
    await window.page.click(".el-dialog [data-test=confirm]")
    await row.get_by_text("已解除").wait_for()
    lifted = await records.scalar(text("SELECT lifted_at FROM refusals ORDER BY id DESC LIMIT 1"))
    assert lifted is not None
    window.assert_no_faults()


async def test_given_a_complaint_when_its_evidence_is_asked_for_then_a_signed_pack_is_downloaded(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    complaint = await registered(cast)
    window = await sit("tenant:supervisor")
    await window.open(f"/evidence?complaint={complaint}")
    form = window.page.get_by_role("dialog")
    await form.get_by_label("用途").fill("主管部门核验")
    await form.get_by_role("button", name="开始生成").click()
    await window.page.locator("[data-test=download]").wait_for()
    async with window.page.expect_download() as download:
        await window.page.click("[data-test=download]")
    assert (await download.value).suggested_filename.startswith("evidence-complaint-")
    found = await records.execute(
        text("SELECT key_id, content_sha256 FROM evidence_packs WHERE complaint_id = :id"), {"id": complaint}
    )
    pack = found.one()
    assert pack.key_id is not None
    assert pack.content_sha256 is not None
    window.assert_no_faults()


async def test_given_a_complaint_of_a_texted_visitor_when_opened_then_the_text_and_its_proof_are_there(
    sit: Sit, cast: Cast
) -> None:
    complaint, message = await about_the_visitor(cast), await message_id(cast)
    window = await sit("tenant:supervisor")
    await window.open(f"/complaints/{complaint}", "[data-test=messages] blockquote")
    panel = window.page.locator("[data-test=messages]")
    assert "政务服务大厅提醒您" in await panel.locator("blockquote").first.inner_text()
    await panel.get_by_text("138****8010").first.wait_for()
    await panel.get_by_role("link", name="查看凭证").or_(panel.get_by_text("有同意凭证")).first.wait_for()
    await panel.locator("a[href^='/filings/']").first.wait_for()
    await panel.locator(f"a[href='/messages/{message}']").click()
    await window.page.get_by_role("heading", level=1, name="短信").wait_for()
    window.assert_no_faults()
    # The operator's desk has the proof, and not what was said and to whom (row D8).
    desk = await sit("operator:support")
    await desk.open(f"/operator/complaints/{complaint}", "[data-test=messages] li")
    panel = desk.page.locator("[data-test=messages]")
    await panel.get_by_text("取得租户授权").first.wait_for()
    assert await panel.locator("blockquote").count() == 0
    desk.assert_no_faults()


async def test_given_a_call_that_is_found_by_its_queue_number_when_linked_then_it_has_its_proof_until_it_is_unlinked(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    call = (await played(cast))["calls"][0]
    number = await records.scalar(
        text(
            "SELECT j.queue_number FROM journeys AS j JOIN notifications AS n ON n.journey_id = j.id"
            " JOIN calls AS c ON c.notification_id = n.id WHERE c.id = CAST(:id AS uuid)"
        ),
        {"id": call["id"]},
    )
    complaint = await registered(cast, "13800000031")
    linked = text("SELECT count(*) FROM complaint_calls WHERE complaint_id = CAST(:id AS uuid)")
    window = await sit("operator:support")
    await window.open(f"/operator/complaints/{complaint}", "[data-test=link-calls]")
    await window.page.click("[data-test=link-calls]")
    form = window.page.get_by_role("dialog")
    await form.get_by_label("排队号").fill("Z999")
    await form.get_by_role("button", name="查找").click()
    await form.get_by_text("没有找到通话").wait_for()
    await form.get_by_label("排队号").fill(number)
    await form.get_by_role("button", name="查找").click()
    await form.locator("[data-test=found] li").first.wait_for()
    assert await window.findings() == []
    await form.locator("[data-test=link]").first.click()
    await form.get_by_text("已关联", exact=True).wait_for()
    await window.page.keyboard.press("Escape")
    await window.page.locator("[data-test=unlink-calls]").wait_for()
    await window.page.locator("ol.history").get_by_text("关联通话").wait_for()
    assert await records.scalar(linked, {"id": complaint}) == 1
    await window.page.click("[data-test=unlink-calls]")
    question = window.page.locator(".el-dialog").filter(has=window.page.locator("[data-test=confirm]"))
    await question.get_by_text("答复期限与当月次数不变").wait_for()
    await question.locator("[data-test=confirm]").click()
    await window.page.get_by_text("没有关联的通话").wait_for()
    assert await records.scalar(linked, {"id": complaint}) == 0
    window.assert_no_faults()
