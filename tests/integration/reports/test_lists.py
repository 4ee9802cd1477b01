"""Lists of calls, notifications, messages and visits: every filter, both orders, pages without a gap; one visit's story."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.support.dispatch.rig import ANSWERS, Rig, equip
from tests.support.hall.builders import Hall, queue_event
from tests.support.hall.equipment import caller
from tests.support.reports.history import History, Told, begin_history

from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

PHONE, OTHER = "13912345678", "13900000000"


@pytest.fixture
async def history(database: Database, hall: Hall, vault: Vault, clock: ManualClock) -> History:
    """Five calls a day apart, the third busy and from another number; two texts, one of them delivered."""
    written = await begin_history(database, hall, vault, clock.now())
    async with database.transaction() as session:
        for day in range(5):
            at = clock.now() - timedelta(days=5 - day)
            odd = day == 2
            told = Told(result="busy", talk=None) if odd else Told()
            await written.visit(
                session, at, told, number=1 if odd else 0, matter="社保", phone=OTHER if odd else PHONE
            )
            if day < 2:
                text_id = await written.notification(session, at, script="near-turn", phone=PHONE)
                message_id = await written.message(session, text_id, at)
                if day == 0:
                    await written.settle(session, message_id, "delivered", at)
    return written


@pytest.mark.parametrize(
    ("path", "query", "found"),
    [
        ("calls", {}, 5),
        ("calls", {"state": "ended"}, 5),
        ("calls", {"state": "ringing"}, 0),
        ("calls", {"result": "busy"}, 1),
        ("calls", {"caller_number": caller(1)}, 1),
        ("calls", {"phone": PHONE}, 4),
        ("calls", {"phone": PHONE, "result": "busy"}, 0),
        ("calls", {"queue_number": "A001"}, 0),
        ("calls", {"since": "2026-02-05T00:00:00Z", "until": "2026-02-07T00:00:00Z"}, 2),
        ("notifications", {"state": "delivered"}, 4),
        ("notifications", {"state": "pending"}, 2),
        ("notifications", {"result": "failed"}, 1),
        ("notifications", {"channel": "sms"}, 2),
        ("notifications", {"purpose": "your_turn", "phone": OTHER}, 1),
        ("notifications", {"matter": "社保"}, 5),
        ("notifications", {"created_from": "2026-02-08T00:00:00Z"}, 1),
        ("messages", {}, 2),
        ("messages", {"state": "delivered"}, 1),
        ("messages", {"state": "submitting"}, 1),
        ("messages", {"phone": PHONE}, 2),
        ("messages", {"until": "2026-02-05T00:00:00Z"}, 1),
        ("journeys", {"state": "waiting"}, 0),
        ("journeys", {"phone": PHONE}, 0),
    ],
)
async def test_given_a_filter_then_the_list_has_what_it_fits(
    client: httpx.AsyncClient, history: History, path: str, query: dict[str, str], found: int
) -> None:
    answer = await client.get(f"/api/v1/{path}", params=query)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["items"]) == found


async def test_given_a_script_then_lists_have_what_any_of_its_versions_said(
    client: httpx.AsyncClient, history: History
) -> None:
    scripts = (await client.get("/api/v1/scripts")).json()
    ids = {script["slug"]: script["id"] for script in scripts.get("items", scripts)}
    assert len(await _all(client, "calls", script_id=ids["your-turn"])) == 5
    assert len(await _all(client, "notifications", script_id=ids["near-turn"])) == 2
    assert await _all(client, "messages", script_id=ids["menu"]) == []


@pytest.mark.parametrize("path", ["calls", "notifications", "messages"])
@pytest.mark.parametrize("narrowed", [{}, {"phone": PHONE}])
async def test_given_pages_in_both_orders_then_they_have_the_same_rows_without_gap_or_repeat(
    client: httpx.AsyncClient, history: History, path: str, narrowed: dict[str, str]
) -> None:
    newest = await _all(client, path, limit="2", **narrowed)
    oldest = await _all(client, path, limit="2", order="oldest", **narrowed)
    assert len(newest) >= 2
    assert len(set(newest)) == len(newest)
    assert oldest == newest[::-1]


async def test_given_a_message_when_shown_then_masked_and_with_its_proof(
    client: httpx.AsyncClient, history: History
) -> None:
    (item,) = (await client.get("/api/v1/messages", params={"state": "delivered"})).json()["items"]
    detail = (await client.get(f"/api/v1/messages/{item['id']}")).json()
    assert (detail["callee"], detail["state"], detail["parts"]) == ("139****5678", "delivered", [])
    assert PHONE not in str(detail)


async def test_given_a_visit_from_number_to_call_then_its_story_tells_it_in_order(
    client: httpx.AsyncClient, hall: Hall, database: Database, vault: Vault, clock: ManualClock, tmp_path: Any
) -> None:
    trunk_id = await equip(database, hall.tenant_id, clock.now())
    taken = queue_event("e0", "taken", clock.now(), phone=ANSWERS, matter="社保")
    journey_id = (await client.post("/api/v1/queue-events", json=taken)).json()["journey_id"]
    async with Rig(database, vault, clock, trunk_id, tmp_path) as rig:
        called = queue_event("e1", "called", clock.now(), seconds=1, window="3")
        await client.post("/api/v1/queue-events", json=called)
        rig.dispatcher.wake()
        await rig.wait_for("SELECT count(*) FROM calls WHERE state = 'answered'", 1)
    story = (await client.get(f"/api/v1/journeys/{journey_id}/timeline")).json()
    assert [(line["source"], line["kind"]) for line in story["lines"] if line["source"] == "event"] == [
        ("event", "taken"),
        ("event", "called"),
    ]
    kinds = {line["kind"] for line in story["lines"] if line["source"] == "notification"}
    assert {"created", "started", "answered"} <= kinds
    (call,) = story["calls"]
    assert call["callee"] == "138****0000"
    assert call["verdict"]["findings"]
    assert call["text"] == "尊敬的用户，请您到“3”号窗口办理业务，谢谢"
    (listed,) = (await client.get("/api/v1/calls", params={"queue_number": "A001"})).json()["items"]
    assert (listed["queue_number"], listed["matter"], listed["window"]) == ("A001", "社保", "3")
    (row,) = (await client.get("/api/v1/journeys", params={"phone": ANSWERS})).json()["items"]
    assert row["id"] == journey_id
    assert ANSWERS not in str(story)


async def _all(client: httpx.AsyncClient, path: str, **query: str) -> list[str]:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await client.get(f"/api/v1/{path}", params={**query, **cursor})).json()
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}
