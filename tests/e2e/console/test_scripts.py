"""Writing, filing and using words in the console, and what stands in the database afterwards."""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.e2e.console.conftest import Sit
from tests.support.console.people import Cast
from tests.support.main_job.product import RunningProduct

from yunhu.foundation.db import open_database
from yunhu.foundation.db.embedded import start_embedded
from yunhu.foundation.settings import Settings

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def records(product: RunningProduct) -> AsyncIterator[AsyncConnection]:
    """The product's own database."""
    server = start_embedded(Settings(data_dir=product.data_dir).database_dir)
    database = open_database(server.url(), pool_size=1)
    async with database.engine.connect() as connection:
        yield connection
    await database.close()
    server.release()


async def _script(cast: Cast) -> tuple[str, str]:
    slug = f"visit-{uuid4().hex[:8]}"
    await cast.call("tenant:supervisor", "POST", "/scripts", {"slug": slug, "name": slug, "channel": "voice"})
    body = {
        "text": "您的证件已办好，请到“{window}”号窗口领取",
        "slots": [{"name": "window", "kind": "window"}],
    }
    return slug, (await cast.call("tenant:supervisor", "POST", f"/scripts/{slug}/versions", body))["id"]


async def test_given_a_wording_when_written_then_it_is_checked_heard_and_kept_word_for_word(
    sit: Sit, records: AsyncConnection
) -> None:
    slug = f"script-{uuid4().hex[:8]}"
    window = await sit("tenant:supervisor")
    await window.open("/scripts", "tbody tr")
    await window.page.click("[data-test=new-script]")
    form = window.page.get_by_role("dialog")
    await form.get_by_label("名称").fill("证件领取")
    await form.get_by_label("代号").fill(slug)
    await form.get_by_role("button", name="新建并编辑").click()
    await window.page.wait_for_url(f"**/scripts/{slug}")
    wording = window.page.locator("[data-test=wording]")
    await wording.fill("限时优惠，请到{window}号窗口")
    findings = window.page.locator("[data-test=findings]")
    await findings.get_by_text("营销").first.wait_for()
    await wording.fill("您申请的证件已经办理完成，请携带身份证到{window}号窗口领取")
    await findings.get_by_text("均未发现问题").wait_for()
    await window.page.locator("[data-test=words] mark").get_by_text("三").wait_for()
    await window.page.click("[data-test=read]")
    await window.page.locator("[data-test=sound]").wait_for()
    await window.page.click("[data-test=save-version]")
    await window.page.locator("[data-test=file-it]").wait_for()
    kept = await records.execute(
        text(
            "SELECT v.text, v.slots, v.state FROM script_versions v JOIN scripts s ON s.id = v.script_id"
            " WHERE s.slug = :slug"
        ),
        {"slug": slug},
    )
    version = kept.one()
    assert (version.text, version.state) == (
        "您申请的证件已经办理完成，请携带身份证到{window}号窗口领取",
        "draft",
    )
    assert [slot["kind"] for slot in version.slots] == ["window"]
    window.assert_no_faults()


async def test_given_a_package_when_filed_and_reviewed_by_two_people_then_it_is_in_force_and_bounds_scenarios(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    slug, version_id = await _script(cast)
    tenant, first, second = (
        await sit("tenant:supervisor"),
        await sit("operator:compliance_reviewer"),
        await sit("operator:administrator"),
    )
    await tenant.open(f"/filings/new?version={version_id}", "main form .chosen")
    page = tenant.page
    await page.get_by_label("名称").fill("证件领取通知")
    await page.get_by_label("代号").fill(slug)
    await page.get_by_label("拨打对象").fill("在大厅办理证件的群众")
    await page.get_by_label("用途说明").fill("证件办好后通知本人领取")
    await page.locator("label").filter(has_text="叫号通知").click()
    await page.get_by_label("每日电话量").fill("50")
    await page.click("[data-test=save-filing]")
    await page.wait_for_url(re.compile(r"/filings/[0-9a-f-]{36}$"))
    id_ = page.url.rsplit("/", 1)[1]
    await page.click("[data-test=submit]")
    await page.click(".el-dialog [data-test=confirm]")
    await page.get_by_text("待初审").first.wait_for()
    for window, step, shown in ((first, "review", "待终审"), (second, "approve", "生效中")):
        await window.open(f"/operator/filings/{id_}", f"[data-test={step}]")
        await window.page.click(f"[data-test={step}]")
        await window.page.get_by_role("dialog").locator("button[type=submit]").click()
        await window.page.locator("h1").get_by_text(re.compile(f"{shown}|待生效")).wait_for()
    state, windows = (
        await records.execute(
            text("SELECT state, content -> 'plan' -> 'windows' FROM filing_versions WHERE id = :id"),
            {"id": id_},
        )
    ).one()
    assert state == "effective"
    assert windows == [{"days": [1, 2, 3, 4, 5], "start": "08:30", "end": "18:00"}]
    await _too_wide(cast, slug)
    tenant.expect_refusal(422)
    await tenant.open(f"/scenarios/{slug}", "[data-test=owed]")
    await page.get_by_text("超出备案").first.wait_for()
    await page.locator("main form .el-switch").first.click()
    await page.click("[data-test=save-scenario]")
    await page.get_by_role("alert").get_by_text("超出话术").first.wait_for()
    enabled = await records.scalar(text("SELECT enabled FROM scenarios WHERE slug = :slug"), {"slug": slug})
    assert enabled is False
    for window in (tenant, first, second):
        window.assert_no_faults()


async def _too_wide(cast: Cast, slug: str) -> None:
    """A scenario that calls on Saturdays too."""
    plan = {
        "your_turn": {"script": slug},
        "windows": [{"days": [1, 2, 3, 4, 5, 6], "start": "08:30", "end": "18:00"}],
    }
    body = {"name": slug, "hall": slug, "enabled": False, "plan": plan}
    await cast.call("tenant:supervisor", "PUT", f"/scenarios/{slug}", body)


async def test_given_a_list_of_words_when_uploaded_then_it_screens_at_once_and_its_version_is_kept(
    sit: Sit, records: AsyncConnection
) -> None:
    word = f"测试违禁{uuid4().hex[:6]}"
    window = await sit("operator:compliance_reviewer")
    await window.open("/operator/screening", "[data-test=category]")
    await window.page.click("[data-test=add-category]")
    form = window.page.get_by_role("dialog")
    await form.get_by_label("类别代号").fill("local")
    await form.locator("[data-test=word-file]").set_input_files(
        {"name": "words.txt", "mimeType": "text/plain", "buffer": f"{word}\n{word}\n".encode()}
    )
    await form.get_by_text("共 1 个词语").wait_for()
    await form.get_by_role("button", name="上传并生效").click()
    await form.wait_for(state="hidden")
    await window.page.locator("[data-test=try]").fill(f"您好，{word}")
    await window.page.locator("[data-test=found]").get_by_text(word).first.wait_for()
    words = await records.scalar(
        text("SELECT lists -> 'local' -> 'words' FROM screening_versions ORDER BY number DESC LIMIT 1")
    )
    assert words == [word]
    window.assert_no_faults()
