"""What administrators do with tenants, documents, long work, terms, holds, working days and ways of cards."""

import json
import re
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.e2e.console.conftest import Sit
from tests.e2e.console.pages.documents import PDF
from tests.e2e.console.pages.notifications import played
from tests.support.console.money import comparison
from tests.support.console.people import TENANT, Cast

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_given_an_operator_when_a_tenant_is_added_renamed_and_disabled_then_its_key_is_refused_and_all_is_on_record(
    sit: Sit, records: AsyncConnection
) -> None:
    slug = f"hall-{uuid4().hex[:8]}"
    window = await sit("operator:administrator")
    page = window.page
    await window.open("/operator/tenants", "tbody tr")
    await page.click("[data-test=add]")
    form = page.get_by_role("dialog")
    await form.get_by_label("代号").fill(slug)
    await form.get_by_label("单位名称").fill("碑林区政务服务大厅")
    await form.get_by_role("button", name="新建").click()
    row = page.get_by_role("row", name=re.compile(slug))
    await row.get_by_role("button", name="改名").click()
    await form.get_by_label("单位名称").fill("碑林区便民服务中心")
    await form.get_by_label("原因").fill("机构更名")
    await form.get_by_role("button", name="保存").click()
    await row.get_by_text("碑林区便民服务中心").wait_for()
    await row.locator("[data-test=toggle]").click()
    confirm = page.locator(".el-dialog [data-test=confirm]")
    assert await confirm.is_disabled(), "a reason is needed"
    await page.get_by_role("dialog").get_by_label("原因").fill("业务迁出")
    await confirm.click()
    await row.get_by_text("已停用").wait_for()
    found = await records.execute(
        text("SELECT id, name, disabled_at FROM tenants WHERE slug = :slug"), {"slug": slug}
    )
    tenant = found.one()
    assert (tenant.name, tenant.disabled_at is not None) == ("碑林区便民服务中心", True)
    actions = await records.scalars(
        text(
            "SELECT action FROM audit_entries WHERE subject_id = :id AND tenant_id IS NULL ORDER BY sequence"
        ),
        {"id": str(tenant.id)},
    )
    assert list(actions) == ["tenant.create", "tenant.change", "tenant.change"]
    window.assert_no_faults()


async def test_given_a_taken_slug_when_a_tenant_is_added_then_the_field_says_so(sit: Sit) -> None:
    window = await sit("operator:administrator")
    window.expect_refusal(409)
    await window.open("/operator/tenants", "tbody tr")
    await window.page.click("[data-test=add]")
    form = window.page.get_by_role("dialog")
    await form.get_by_label("代号").fill(TENANT)
    await form.get_by_label("单位名称").fill("重名")
    await form.get_by_role("button", name="新建").click()
    await form.get_by_role("alert").wait_for()
    assert await form.get_by_label("单位名称").input_value() == "重名"
    window.assert_no_faults()


async def test_given_files_when_uploaded_then_wrong_ones_are_told_beside_the_field_and_a_good_one_is_kept_and_its_use_told(
    sit: Sit, records: AsyncConnection
) -> None:
    name = f"授权委托书-{uuid4().hex[:6]}.pdf"
    window = await sit("tenant:administrator")
    window.expect_refusal(415)
    await window.open("/documents")
    await window.page.click("[data-test=upload]")
    form = window.page.get_by_role("dialog")
    await form.get_by_role("button", name="上传文件").click()
    assert "请选择文件" in await form.get_by_role("alert").inner_text()
    chosen = form.locator("[data-test=file]")
    await chosen.set_input_files({"name": "page.html", "mimeType": "text/html", "buffer": b"<p>"})
    await form.get_by_text("不支持这种文件类型。").wait_for()
    await chosen.set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"<script>"})
    await form.get_by_role("button", name="上传文件").click()
    await form.get_by_text("不支持的文件类型").wait_for()
    await chosen.set_input_files({"name": name, "mimeType": "application/pdf", "buffer": PDF})
    await form.get_by_role("button", name="上传文件").click()
    row = window.page.get_by_role("row", name=re.compile(name))
    await row.wait_for()
    await row.locator("[data-test=uses]").click()
    await window.page.get_by_text("尚未被任何业务使用。").wait_for()
    await window.page.keyboard.press("Escape")
    found = await records.scalar(text("SELECT id FROM documents WHERE file_name = :name"), {"name": name})
    async with window.page.expect_download() as begun:
        await row.get_by_role("button", name="下载").click()
    assert (await begun.value).suggested_filename == name
    looks = await records.scalar(
        text("SELECT count(*) FROM audit_entries WHERE action = 'look.document' AND subject_id = :id"),
        {"id": str(found)},
    )
    assert looks == 1
    window.assert_no_faults()


async def test_given_an_export_when_its_task_is_opened_then_its_result_is_told_and_fetched(
    sit: Sit, cast: Cast
) -> None:
    body = {"offer": "calls", "filters": {}, "language": "zh", "reason": "", "whole_phones": False}
    await cast.call("tenant:supervisor", "POST", "/exports", body)
    window = await sit("tenant:supervisor")
    await window.open("/tasks", "tbody tr")
    row = window.page.locator("tbody tr").first
    async with window.page.expect_download() as begun:
        await row.get_by_role("button", name="下载结果").click(timeout=120_000)
    assert (await begun.value).suggested_filename.endswith(".xlsx")
    await row.locator("[data-test=report]").click()
    await window.page.get_by_role("dialog").get_by_text("已完成").wait_for()
    window.assert_no_faults()


async def test_given_a_carriers_file_when_its_uses_are_asked_for_then_they_lead_to_the_comparison(
    sit: Sit, cast: Cast
) -> None:
    run = await comparison(cast)
    window = await sit("operator:finance")
    await window.open("/operator/documents?kind=call_details", "tbody tr")
    await window.page.locator("[data-test=uses]").first.click()
    used = window.page.locator("[data-test=used]")
    await used.get_by_text("任务的来源文件").wait_for()
    await used.locator("li").filter(has_text="对账").get_by_role("link", name="查看").click()
    await window.page.wait_for_url(f"**/operator/reconciliations/{run}")
    window.assert_no_faults()


async def test_given_terms_when_changed_then_too_short_is_told_beside_the_field_and_the_operator_sees_the_tenants(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    tenant, operator = await sit("tenant:administrator"), await sit("operator:administrator")
    tenant.expect_refusal(422)
    await tenant.open("/retention", "tbody tr")
    await tenant.page.click("[data-test=change-recordings]")
    form = tenant.page.get_by_role("dialog")
    await form.get_by_label("天数").fill("29")
    await form.get_by_label("原因").fill("缩短录音保存")
    await form.get_by_role("button", name="保存").click()
    await form.get_by_text("不得短于").wait_for()
    await form.get_by_label("天数").fill("365")
    await form.get_by_role("button", name="保存").click()
    await tenant.page.get_by_role("row", name=re.compile("录音.*365 天")).wait_for()
    days = await records.scalar(
        text("SELECT days FROM retention_terms WHERE kind = 'recordings' AND tenant_id IS NOT NULL")
    )
    assert days == 365
    await operator.open(f"/operator/retention?tenant={TENANT}", "tbody tr")
    await operator.page.get_by_role("row", name=re.compile("录音.*365 天")).wait_for()
    assert await operator.page.locator("[data-test=change-recordings]").count() == 0
    for window in (tenant, operator):
        window.assert_no_faults()


async def test_given_a_call_when_held_by_the_operator_then_the_tenant_sees_why_until_it_is_lifted(
    sit: Sit, cast: Cast
) -> None:
    call_id = (await played(cast))["calls"][0]["id"]
    reason = f"投诉 {uuid4().hex[:6]} 取证"
    operator, tenant = await sit("operator:support"), await sit("tenant:administrator")
    operator.expect_refusal(404)
    await operator.open(f"/operator/legal-holds?tenant={TENANT}")
    await operator.page.click("[data-test=hold]")
    form = operator.page.get_by_role("dialog")
    await form.get_by_label("通话编号").fill("01a20b83-2b69-770c-839d-3e87a9f5da35")
    await form.get_by_label("原因").fill(reason)
    await form.get_by_role("button", name="设置保全").click()
    await form.get_by_text("通话或保全记录不存在").wait_for()
    await form.get_by_label("通话编号").fill(call_id)
    await form.get_by_role("button", name="设置保全").click()
    row = operator.page.get_by_role("row", name=re.compile(reason))
    await row.wait_for()
    await tenant.open("/legal-holds", "tbody tr")
    seen = tenant.page.get_by_role("row", name=re.compile(reason))
    await seen.get_by_text("保全中").wait_for()
    await row.locator("[data-test=lift]").click()
    await operator.page.click(".el-dialog [data-test=confirm]")
    await row.get_by_text("已解除").wait_for()
    await tenant.page.get_by_role("button", name="刷新").click()
    await seen.get_by_text("已解除").wait_for()
    for window in (operator, tenant):
        window.assert_no_faults()


async def test_given_a_person_and_a_period_when_held_by_the_operator_then_both_sides_read_what_is_held_and_until_when(
    sit: Sit, records: AsyncConnection
) -> None:
    reason = f"纠纷 {uuid4().hex[:6]} 取证"
    operator, tenant = await sit("operator:support"), await sit("tenant:administrator")
    operator.expect_refusal(422)
    await operator.open(f"/operator/legal-holds?tenant={TENANT}")
    await operator.page.click("[data-test=hold]")
    form = operator.page.get_by_role("dialog")
    await form.get_by_text("一个号码", exact=True).click()
    await form.get_by_label("号码", exact=True).fill("12345678")
    await form.get_by_label("原因").fill(reason)
    await form.get_by_role("button", name="设置保全").click()
    await form.get_by_text("电话号码无效").wait_for()
    await form.get_by_label("号码", exact=True).fill("13800000077")
    await form.get_by_role("button", name="设置保全").click()
    row = operator.page.get_by_role("row", name=re.compile(reason))
    await row.get_by_text("138****0077").wait_for()
    await row.get_by_text("直到解除").wait_for()
    await operator.page.click("[data-test=hold]")
    form = operator.page.get_by_role("dialog")
    await form.get_by_text("一段时间", exact=True).click()
    days = form.get_by_role("combobox")
    await days.nth(0).fill("2026-01-01")
    await days.nth(1).fill("2026-01-31")
    await days.nth(1).press("Enter")
    await form.get_by_label("话术代号").fill("your-turn")
    await form.get_by_label("原因").fill(reason)
    await form.get_by_role("button", name="设置保全").click()
    await operator.page.get_by_text("2026-01-01 至 2026-01-31").first.wait_for()
    await tenant.open("/legal-holds", "tbody tr")
    own = tenant.page.get_by_role("row", name=re.compile(reason))
    await own.filter(has_text="138****0077").wait_for()
    await own.filter(has_text="仅话术 your-turn").wait_for()
    found = await records.execute(
        text("SELECT kind, callee_index IS NOT NULL AS known FROM legal_holds WHERE reason = :r ORDER BY id"),
        {"r": reason},
    )
    assert [tuple(one) for one in found] == [("callee", True), ("period", False)]
    for window in (operator, tenant):
        window.assert_no_faults()


async def test_given_an_unknown_year_when_its_table_is_uploaded_then_a_hole_is_told_and_the_whole_year_is_known(
    sit: Sit, records: AsyncConnection
) -> None:
    window = await sit("operator:compliance_reviewer")
    window.expect_refusal(422)
    page = window.page
    await window.open("/operator/calendar", "[role=img]")
    row = page.get_by_role("row", name=re.compile("未知")).last
    year = (await row.get_by_role("cell").first.inner_text()).strip()
    await row.get_by_role("button", name="上传年度").click()
    form = page.get_by_role("dialog")
    async with page.expect_download() as begun:
        await form.get_by_role("button", name=f"下载 {year} 年空表").click()
    table = (await (await begun.value).path()).read_bytes()
    holed = table.replace(f"{year}-06-01,".encode(), b"# ")
    chosen = form.locator("[data-test=table]")
    await chosen.set_input_files({"name": "days.csv", "mimeType": "text/csv", "buffer": holed})
    await form.get_by_role("button", name="上传", exact=True).click()
    await form.get_by_text("工作日表格式不正确").wait_for()
    await chosen.set_input_files({"name": "days.csv", "mimeType": "text/csv", "buffer": table})
    await form.get_by_role("button", name="上传", exact=True).click()
    await page.get_by_role("row", name=re.compile(f"{year} .*已上传")).wait_for()
    await page.get_by_role("heading", name=f"{year} 年").wait_for()
    days = await records.scalar(
        text("SELECT count(*) FROM working_days WHERE extract(year FROM day) = :year"), {"year": int(year)}
    )
    assert days in {365, 366}
    window.assert_no_faults()


async def test_given_the_way_of_a_tenants_cards_when_set_then_bad_settings_are_told_and_the_table_holds_the_good(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    window = await sit("operator:compliance_reviewer")
    window.expect_refusal(422)
    before = await cast.call("operator:compliance_reviewer", "GET", f"/operator/card-carriers/{TENANT}")
    await window.open("/operator/card-carriers", "[data-test=set-way]")
    row = window.page.get_by_role("row", name=re.compile("西安市雁塔区"))
    await row.locator("[data-test=set-way]").click()
    form = window.page.get_by_role("dialog")
    await form.locator("label").filter(has_text="名片服务推送").click()
    await form.get_by_label("推送地址").fill("https://cards.example.cn/push")
    await form.get_by_label("签名密钥所在").fill("not a place")
    await form.get_by_role("button", name="保存").click()
    await form.get_by_text("来电名片通道配置无效").wait_for()
    await form.get_by_label("签名密钥所在").fill("YUNHU_SECRET_CARDS")
    await form.get_by_role("button", name="保存").click()
    await row.get_by_text("名片服务推送").wait_for()
    kept_config = await records.scalar(
        text(
            "SELECT c.config FROM card_carriers AS c JOIN tenants AS t ON t.id = c.tenant_id WHERE t.slug = :slug"
        ),
        {"slug": TENANT},
    )
    wanted = {"url": "https://cards.example.cn/push", "secret": {"env": "YUNHU_SECRET_CARDS"}}
    assert (kept_config if isinstance(kept_config, dict) else json.loads(kept_config)) == wanted
    await cast.call("operator:compliance_reviewer", "PUT", f"/operator/card-carriers/{TENANT}", before)
    window.assert_no_faults()


async def test_given_the_way_of_a_tenants_cards_when_tested_then_a_node_tells_what_it_found_and_no_card_left(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    role, path = "operator:compliance_reviewer", f"/operator/card-carriers/{TENANT}"
    before = await cast.call(role, "GET", path)
    sent = await records.scalar(text("SELECT count(*) FROM call_cards"))
    window = await sit(role)
    await window.open("/operator/card-carriers", "[data-test=test-way]")
    row = window.page.get_by_role("row", name=re.compile("西安市雁塔区"))
    result = window.page.locator("[data-test=test-result]")
    await row.locator("[data-test=test-way]").click()
    await result.get_by_text("测试通过").wait_for()
    await result.get_by_text("沙箱").wait_for()
    assert await window.findings() == []
    config = {"url": "https://cards.example.cn/push", "secret": {"env": "YUNHU_SECRET_NOT_THERE"}}
    await cast.call(role, "PUT", path, {"kind": "http_push", "config": config})
    await row.locator("[data-test=test-way]").click()
    await result.get_by_text("测试未通过").wait_for()
    await result.get_by_text("YUNHU_SECRET_NOT_THERE").wait_for()
    await cast.call(role, "PUT", path, before)
    await records.rollback()
    assert await records.scalar(text("SELECT count(*) FROM call_cards")) == sent
    tests = "SELECT count(*) FROM tasks WHERE kind = 'call_cards.test_carrier' AND state = 'done'"
    assert await records.scalar(text(tests)) == 2
    window.assert_no_faults()
