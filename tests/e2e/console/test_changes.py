"""Changing what stands: drafts of contracts with their rarer terms, severities, security reports, notices."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.e2e.console.conftest import Sit
from tests.e2e.console.pages import all_pages
from tests.support.console.people import TENANT, Cast

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_given_a_draft_when_edited_then_what_was_changed_changes_and_every_other_term_stays(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    (case,) = (page for page in all_pages() if page.route == "/operator/contracts/:id/edit")
    assert case.prepare is not None
    path = await case.prepare(cast)
    contract_id = path.split("/")[3]
    window = await sit("operator:finance")
    page = window.page
    await window.open(path.removesuffix("/edit"), "[data-test=edit]")
    await page.click("[data-test=edit]")
    await page.get_by_text("其他条款").click()
    await page.locator("[name=late_fee_percent]").fill("0.05")
    await page.locator("[name=termination_days]").fill("45")
    await page.get_by_label("付款约定").fill("分两期支付。")
    await page.click("[data-test=save]")
    await page.wait_for_url(f"**/operator/contracts/{contract_id}")
    await page.get_by_text("逾期满 45 天").wait_for()
    found = await records.execute(
        text(
            "SELECT late_fee_basis_points, termination_days, payment_terms, vat_basis_points, qualification_type, "
            "prepayment, required_documents FROM contracts WHERE id = :id"
        ),
        {"id": contract_id},
    )
    row = found.one()
    assert row[:6] == (5, 45, "分两期支付。", 1300, 2, 4_600_000)
    assert "telecom_licence" in row.required_documents
    items = await records.execute(
        text("SELECT price, last_day FROM contract_items WHERE contract_id = :id ORDER BY price"),
        {"id": contract_id},
    )
    assert [(item.price, str(item.last_day)) for item in items] == [
        (10_000, "2027-06-30"),
        (7_300_001, "None"),
    ]
    window.assert_no_faults()


async def test_given_a_draft_when_a_rarer_term_is_wrong_then_its_field_unfolds_and_says_so(
    sit: Sit, cast: Cast
) -> None:
    (case,) = (page for page in all_pages() if page.route == "/operator/contracts/:id/edit")
    assert case.prepare is not None
    window = await sit("operator:finance")
    window.expect_refusal(422, 400)
    await window.open(await case.prepare(cast), "form fieldset")
    await window.page.locator("[name=tenant_tax_id]").fill("not a number")
    await window.page.click("[data-test=save]")
    await window.page.get_by_role("alert").first.wait_for()
    assert "/edit" in window.page.url
    window.assert_no_faults()


async def test_given_a_fault_when_reclassified_and_its_security_report_recorded_then_both_clocks_follow(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    body = {
        "reference": f"F-{uuid4()}",
        "title": "名单误发给其他单位",
        "description": "涉及 12 人。",
        "severity": "minor",
        "security_incident": True,
    }
    fault = await cast.call("tenant:supervisor", "POST", "/fault-reports", body)
    window = await sit("operator:support")
    page = window.page
    await window.open(f"/operator/faults/{fault['id']}", "[data-test=reclassify]")
    await page.click("[data-test=reclassify]")
    form = page.get_by_role("dialog")
    await form.locator("label").filter(has_text="特急").click()
    await form.get_by_label("原因").fill("涉及个人信息")
    await form.get_by_role("button", name="提交").click()
    await page.get_by_text("调整等级").last.wait_for()
    await page.click("[data-test=securityReport]")
    await form.get_by_label("说明").fill("已报市网信办，受理号 2026-118。")
    await form.get_by_role("button", name="提交").click()
    await page.get_by_text("受理号 2026-118").wait_for()
    found = await records.execute(
        text("SELECT severity, answer_due_at, authority_told_at FROM fault_reports WHERE id = :id"),
        {"id": fault["id"]},
    )
    row = found.one()
    assert row.severity == "critical"
    assert row.answer_due_at < datetime.fromisoformat(fault["answer_due_at"])
    assert row.authority_told_at is not None
    tenant = await sit("tenant:supervisor")
    await tenant.open(f"/faults/{fault['id']}", "ol li")
    assert await tenant.page.locator("[data-test=reclassify]").count() == 0
    for one in (window, tenant):
        one.assert_no_faults()


async def test_given_a_notice_when_amended_then_everybody_acknowledges_anew_and_a_short_lead_is_told_beside_its_field(
    sit: Sit, cast: Cast
) -> None:
    begin = datetime.now(UTC) + timedelta(days=9)
    title = f"网关维护 {uuid4().hex[:6]}"
    body = {
        "reference": f"N-{uuid4()}",
        "kind": "maintenance",
        "title": title,
        "body": "语音暂停。",
        "starts_at": begin.isoformat(),
        "ends_at": (begin + timedelta(hours=2)).isoformat(),
        "tenants": [TENANT],
    }
    notice = await cast.call("operator:support", "POST", "/operator/notices", body)
    path = f"/notices/{notice['id']}/acknowledge"
    await cast.call("tenant:supervisor", "POST", path, {"revision": 1})
    window = await sit("operator:support")
    window.expect_refusal(422)
    page = window.page
    await window.open("/operator/notices", "tbody tr")
    row = page.get_by_role("row", name=re.compile(title))
    await row.locator("[data-test=amend]").click()
    form = page.get_by_role("dialog")
    assert await form.get_by_label("标题").input_value() == title
    soon = datetime.now(UTC) + timedelta(hours=30)
    wanted = (soon + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
    times = form.locator(".el-date-editor input")
    before = await times.first.input_value()
    await times.first.fill(wanted)
    await times.first.press("Enter")
    await form.get_by_role("button", name="修订公告").click()
    await form.get_by_role("alert").wait_for()
    await times.first.fill(before)
    await times.first.press("Enter")
    await form.get_by_label("内容").fill("语音与短信均暂停。")
    await form.get_by_role("button", name="修订公告").click()
    await row.get_by_text("已修订").wait_for()
    read = await cast.call("tenant:supervisor", "GET", f"/notices/{notice['id']}")
    assert (read["revision"], read["acknowledged"], read["body"]) == (2, False, "语音与短信均暂停。")
    window.assert_no_faults()
