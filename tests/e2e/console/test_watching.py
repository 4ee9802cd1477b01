"""Today, the live monitor and the played visitor, as people use them, and what stands in the database afterwards."""

import asyncio
import re
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.e2e.console.conftest import Sit
from tests.support.console.people import Cast

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]
_SUPERVISOR = "tenant:supervisor"
_SPEECH_SECONDS = 400
_LOOKS = 240
_PATIENCE = 90_000
"""Milliseconds: speech is made anew for each text, on a machine that tests keep busy."""


async def _called(cast: Cast, digits: str) -> str:
    """A visitor who is called to a window; the id of the visit."""
    middle = str(uuid4().int)[:4]
    taken = await cast.call(_SUPERVISOR, "POST", "/sandbox/visits", {"phone": f"138{middle}{digits}"})
    journey = str(taken["journey_id"])
    step = {"event": "called", "window": "3"}
    await cast.call(_SUPERVISOR, "POST", f"/sandbox/visits/{journey}/steps", step)
    return journey


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def speech(cast: Cast) -> None:
    """The words of a call to window 3 have been made: the first ones take long while tests keep the machine busy."""
    async with asyncio.timeout(_SPEECH_SECONDS):
        while True:
            journey = await _called(cast, "8000")
            for _ in range(_LOOKS):
                phone = await cast.call(_SUPERVISOR, "GET", f"/sandbox/visits/{journey}")
                if any(call["answered_at"] for call in phone["calls"]):
                    return
                await asyncio.sleep(0.5)


async def test_given_a_visitor_when_played_to_the_end_then_the_text_is_read_the_call_is_heard_and_all_is_recorded(
    sit: Sit, records: AsyncConnection, speech: None
) -> None:
    window = await sit(_SUPERVISOR)
    page = window.page
    await window.open("/try", "[data-test=take]")
    await page.click("[data-test=take]")
    await page.locator("[data-test=near]").click()
    await page.locator("[data-test=text]").first.wait_for(timeout=_PATIENCE)
    shown = await page.locator("[data-test=text]").first.inner_text()
    number = await page.locator("[data-test=queue-number]").inner_text()
    assert number in shown
    await page.locator("[data-test=call]").click()
    heard = page.locator("[data-test=heard]")
    await heard.wait_for(timeout=_PATIENCE)
    async with asyncio.timeout(_PATIENCE / 1000):
        while not await heard.evaluate("player => player.duration > 1"):
            await asyncio.sleep(0.1)
    said = await page.locator(".said").first.inner_text()
    await page.locator("[data-test=served]").click()
    await page.locator("[data-test=again]").wait_for()
    journey = re.search(r"visit=([0-9a-f-]{36})", page.url)
    assert journey is not None
    rows = await records.execute(
        text(
            "SELECT n.purpose, n.state, c.result, c.text FROM notifications AS n "
            "LEFT JOIN calls AS c ON c.notification_id = n.id WHERE n.journey_id = :id ORDER BY n.id"
        ),
        {"id": journey[1]},
    )
    near, turn = rows.all()
    assert (near.purpose, near.state) == ("near_turn", "delivered")
    assert (turn.purpose, turn.state, turn.result, turn.text) == ("your_turn", "delivered", "answered", said)
    state = await records.scalar(text("SELECT state FROM journeys WHERE id = :id"), {"id": journey[1]})
    assert state == "served"
    await page.reload()
    await page.locator("[data-test=story]").get_by_text("取号").wait_for()
    window.assert_no_faults()


async def test_given_a_running_call_when_stopped_in_the_monitor_then_it_ends_for_good_and_the_log_says_why(
    sit: Sit, cast: Cast, records: AsyncConnection, speech: None
) -> None:
    window = await sit(_SUPERVISOR)
    await window.open("/live", "[data-test=running]", follows=True)
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    journey = await _called(cast, "1002")
    row = window.page.locator("[data-test=call]", has_text="****1002").first
    await row.wait_for(timeout=_PATIENCE)
    await row.get_by_text("振铃").wait_for(timeout=_PATIENCE)
    assert not [url for url in asked if "/live" in url], "what the page shows came by the stream it holds"
    await row.locator("[data-test=stop]").click()
    dialog = window.page.get_by_role("dialog")
    await dialog.get_by_label("原因").fill("市民已到窗口")
    await window.page.click(".el-dialog [data-test=confirm]")
    await window.page.get_by_text("已挂断").wait_for()
    await row.wait_for(state="detached", timeout=_PATIENCE)
    found = await records.execute(
        text("SELECT id, state FROM notifications WHERE journey_id = :id AND purpose = 'your_turn'"),
        {"id": journey},
    )
    assert found.one().state == "cancelled"
    reason = await records.scalar(
        text("SELECT reason FROM audit_entries WHERE action = 'call.stop' ORDER BY sequence DESC LIMIT 1")
    )
    assert reason == "市民已到窗口"
    window.assert_no_faults()


async def test_given_calling_when_paused_and_resumed_in_the_monitor_then_what_is_owed_waits_and_then_leaves(
    sit: Sit, cast: Cast, records: AsyncConnection, speech: None
) -> None:
    window = await sit(_SUPERVISOR)
    await window.open("/live", "[data-test=running]", follows=True)
    await window.page.click("[data-test=pause]")
    dialog = window.page.get_by_role("dialog")
    await dialog.locator("[data-test=reason]").fill("消防演练")
    await dialog.get_by_role("button", name="暂停", exact=True).click()
    notice = window.page.get_by_text("消防演练")
    await notice.wait_for()
    journey = await _called(cast, "8000")
    owed = text(
        "SELECT count(*) FROM calls AS c JOIN notifications AS n ON n.id = c.notification_id WHERE n.journey_id = :id"
    )
    await window.page.get_by_text("条已到点").wait_for(timeout=_PATIENCE)
    assert await records.scalar(owed, {"id": journey}) == 0
    await window.page.click("[data-test=resume]")
    await window.page.click(".el-dialog [data-test=confirm]")
    await notice.wait_for(state="detached")
    await window.page.locator("[data-test=call]", has_text="****8000").first.wait_for(timeout=_PATIENCE)
    pause = await records.execute(text("SELECT reason, resumed_at FROM pauses ORDER BY id DESC LIMIT 1"))
    row = pause.one()
    assert row.reason == "消防演练"
    assert row.resumed_at is not None
    assert await records.scalar(owed, {"id": journey}) == 1
    window.assert_no_faults()


async def test_given_an_alarm_when_acknowledged_in_the_overview_then_it_stays_with_the_name(
    sit: Sit, cast: Cast, records: AsyncConnection
) -> None:
    reference = f"F-{uuid4()}"
    body = {"reference": reference, "title": "大屏不显示", "description": "二楼", "severity": "major"}
    await cast.call(_SUPERVISOR, "POST", "/fault-reports", body)
    window = await sit(_SUPERVISOR)
    await window.open("/alarms", "main h1")
    # Alarms are made of events: the reader comes a moment later.
    row = window.page.get_by_role("row", name=re.compile(reference))
    async with asyncio.timeout(_PATIENCE / 1000):
        while not await row.is_visible():
            await window.page.get_by_role("button", name="刷新").click()
            await window.settled()
    await window.open("/overview", "[data-test=alarms]")
    alarm = window.page.locator("[data-test=alarms] li", has_text=reference)
    await alarm.locator("[data-test=acknowledge]").click()
    await window.page.get_by_role("dialog").get_by_role("textbox").fill("已派人查看")
    await window.page.click(".el-dialog [data-test=confirm]")
    await alarm.get_by_text("已确认").wait_for()
    found = await records.execute(
        text("SELECT state, note, acknowledged_by FROM alarms WHERE detail ->> 'reference' = :reference"),
        {"reference": reference},
    )
    kept = found.one()
    assert (kept.state, kept.note) == ("acknowledged", "已派人查看")
    assert kept.acknowledged_by
    window.assert_no_faults()
