"""What people do with these pages, and what stands in the database afterwards."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.e2e.console.conftest import Sit
from tests.support.console.people import Cast

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_given_an_administrator_when_a_user_is_invited_and_disabled_then_the_database_and_the_log_say_so(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    login = f"new.{uuid4().hex[:8]}"
    window = await sit("tenant:administrator")
    await window.open("/users", "tbody tr")
    await window.page.click("[data-test=invite]")
    form = window.page.get_by_role("dialog")
    await form.get_by_label("登录名").fill(login)
    await form.get_by_label("姓名").fill("新同事")
    await form.locator("label").filter(has_text="座席").click()
    await form.get_by_role("button", name="生成邀请链接").click()
    link = await window.page.locator("[data-test=link] input").input_value()
    assert re.search(r"/welcome#token=\S{20,}", link)
    await window.page.get_by_role("button", name="我已复制").click()
    await window.page.get_by_role("link", name="新同事").first.click()
    await window.page.click("[data-test=disable]")
    await window.page.click(".el-dialog [data-test=confirm]")
    await window.page.get_by_text("已停用").first.wait_for()
    found = await records.execute(text("SELECT id, state FROM users WHERE login = :login"), {"login": login})
    user = found.one()
    assert user.state == "disabled"
    actions = await records.scalars(
        text("SELECT action FROM audit_entries WHERE subject_id = :id ORDER BY sequence"),
        {"id": str(user.id)},
    )
    assert list(actions)[-1] == "user.disable"
    window.assert_no_faults()


async def test_given_a_taken_login_when_inviting_then_the_field_says_so_and_the_form_stays(
    sit: Sit, cast: Cast
) -> None:
    await cast.person("tenant:agent")
    window = await sit("tenant:administrator")
    window.expect_refusal(409, 400)
    await window.open("/users", "tbody tr")
    await window.page.click("[data-test=invite]")
    form = window.page.get_by_role("dialog")
    await form.get_by_label("登录名").fill("tenant-agent")
    await form.get_by_label("姓名").fill("重名")
    await form.get_by_role("button", name="生成邀请链接").click()
    assert "登录名已被使用" in await form.get_by_role("alert").inner_text()
    assert await form.get_by_label("姓名").input_value() == "重名"
    window.assert_no_faults()


async def test_given_a_key_made_in_the_console_when_a_program_uses_it_then_it_works_until_it_is_revoked(
    sit: Sit, cast: Cast
) -> None:
    name = f"叫号系统 {uuid4().hex[:6]}"
    window = await sit("tenant:integrator")
    await window.open("/api-keys")
    await window.page.click("[data-test=add-key]")
    form = window.page.get_by_role("dialog")
    await form.get_by_label("名称").fill(name)
    await form.locator("label").filter(has_text="查看通知及结果").click()
    await form.get_by_role("button", name="生成密钥").click()
    token = await window.page.locator("[data-test=token] input").input_value()
    headers = {"Authorization": f"Bearer {token}"}
    assert (await cast.http.get("/notifications", headers=headers)).status_code == 200
    assert (await cast.http.get("/users", headers=headers)).status_code == 403
    await window.page.keyboard.press("Escape")
    row = window.page.get_by_role("row", name=re.compile(name))
    await row.get_by_role("button", name="吊销").click()
    await window.page.click(".el-dialog [data-test=confirm]")
    await row.get_by_text("已吊销").wait_for()
    assert (await cast.http.get("/notifications", headers=headers)).status_code == 401
    window.assert_no_faults()


async def test_given_a_fault_when_reported_answered_resolved_and_closed_then_both_sides_see_every_step(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    tenant, operator = await sit("tenant:supervisor"), await sit("operator:support")
    await tenant.open("/faults")
    await tenant.page.click("[data-test=report]")
    form = tenant.page.get_by_role("dialog")
    await form.get_by_label("现象").fill("短信延迟超过五分钟")
    await form.get_by_label("详细说明").fill("二楼大厅，上午十点起。")
    await form.get_by_role("button", name="提交").click()
    await tenant.page.wait_for_url("**/faults/*")
    fault_id = tenant.page.url.rsplit("/", 1)[1]
    for step, words in (("answer", "已定位，正在处理。"), ("resolve", "短信中心连接已恢复。")):
        await operator.open(f"/operator/faults/{fault_id}", f"[data-test={step}]")
        await operator.page.click(f"[data-test={step}]")
        await operator.page.get_by_role("dialog").get_by_label("说明").fill(words)
        await operator.page.get_by_role("dialog").get_by_role("button", name="提交").click()
        await operator.page.get_by_text(words).wait_for()
    await tenant.open(f"/faults/{fault_id}", "[data-test=close]")
    await tenant.page.get_by_text("短信中心连接已恢复。").wait_for()
    await tenant.page.click("[data-test=close]")
    await tenant.page.get_by_role("dialog").get_by_label("说明").fill("确认恢复。")
    await tenant.page.get_by_role("dialog").get_by_role("button", name="提交").click()
    await tenant.page.get_by_text("确认恢复。").wait_for()
    state = await records.scalar(text("SELECT state FROM fault_reports WHERE id = :id"), {"id": fault_id})
    steps = await records.scalars(
        text("SELECT step FROM fault_entries WHERE fault_id = :id ORDER BY at"), {"id": fault_id}
    )
    assert (state, list(steps)) == ("closed", ["report", "answer", "resolve", "close"])
    for window in (tenant, operator):
        window.assert_no_faults()


async def test_given_a_grant_when_given_in_the_console_then_the_operator_enters_until_it_is_revoked(
    sit: Sit, cast: Cast
) -> None:
    for grant in (await cast.call("tenant:administrator", "GET", "/grants?standing=true"))["items"]:
        await cast.call("tenant:administrator", "POST", f"/grants/{grant['id']}/revoke")
    tenant, operator = await sit("tenant:administrator"), await sit("operator:compliance_reviewer")
    await tenant.open("/grants")
    await tenant.page.click("[data-test=grant]")
    form = tenant.page.get_by_role("dialog")
    await form.locator("label").filter(has_text="审计日志").click()
    await form.get_by_label("用途").fill("核查一次未接通的电话")
    await form.get_by_role("button", name="新建授权").click()
    await tenant.page.get_by_role("row", name=re.compile("核查一次未接通的电话")).first.wait_for()
    await operator.open("/operator/grants", ".cards .panel")
    await operator.page.get_by_role("button", name="进入查看").click()
    await operator.page.get_by_role("status").filter(has_text="example-hall").wait_for()
    await operator.page.locator("aside nav a[href='/audit']").click()
    await operator.page.locator("tbody tr").first.wait_for()
    await tenant.page.get_by_role("button", name="撤销").first.click()
    await tenant.page.click(".el-dialog [data-test=confirm]")
    await tenant.page.get_by_text("已撤销").first.wait_for()
    operator.expect_refusal(403)
    await operator.open("/operator/grants", "main h1")
    assert await operator.page.get_by_text("您正在查看租户").count() == 0
    await tenant.settled()
    for window in (tenant, operator):
        window.assert_no_faults()
