"""Scenarios over HTTP: versions, filings, what would happen."""

from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import text
from tests.support.dispatch.rig import rows
from tests.support.hall.builders import DEFAULT_PLAN, TURN_TEXT, Hall, build_hall, queue_event
from tests.support.hall.plugin import client_of

from yunhu.domains.identity.public import Scope
from yunhu.domains.notifications.plans import RetryRule, TimeWindow
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.telephony.port import ResultClass

PATH = "/api/v1/scenarios"
PLAN = msgspec.structs.replace(
    DEFAULT_PLAN,
    retries={ResultClass.BUSY: RetryRule(after_seconds=60, at_most=2)},
    windows=(TimeWindow(days=(1, 2, 3, 4, 5), start="08:30", end="18:00"),),
)


def plain(plan: Any) -> Any:
    return msgspec.to_builtins(plan, str_keys=True)


async def put(client: httpx.AsyncClient, slug: str, status: int = 200, **changes: Any) -> Any:
    body = {"name": "办事大厅", "plan": plain(PLAN), **changes}
    answer = await client.put(f"{PATH}/{slug}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def preview(client: httpx.AsyncClient, *events: Any, **more: Any) -> Any:
    body = {"events": list(events), "plan": plain(PLAN), **more}
    answer = await client.post(f"{PATH}/preview", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def bare(database: Database, vault: Vault, clock: ManualClock, app: Any) -> Any:
    hall = await build_hall(database, vault, clock.now(), slug="beilin", plan=None)
    async with client_of(app, hall.token) as client:
        yield client


async def test_given_nothing_when_put_then_created_and_events_are_answered_by_it(
    bare: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = await put(bare, "main", 201)
    assert (made["version"], made["hall"], made["enabled"]) == (1, "main", True)
    event = queue_event("e1", "called", clock.now(), window="3", phone="13800000000")
    answer = (await bare.post("/api/v1/queue-events", json=event)).json()
    assert [one["purpose"] for one in answer["created"]] == ["your_turn"]


async def test_given_a_change_when_put_then_a_version_is_kept_and_a_stale_one_is_refused(
    bare: httpx.AsyncClient, database: Database
) -> None:
    await put(bare, "main", 201)
    plan = plain(PLAN) | {"near_turn": {"script": "near-turn", "ahead_at_most": 5}}
    changed = await put(bare, "main", plan=plan, version=1, reason="longer queues")
    assert changed["version"] == 2
    stale = await bare.put(f"{PATH}/main", json={"name": "x", "plan": plain(PLAN), "version": 1})
    assert (stale.status_code, stale.json()["id"]) == (409, "scenarios.changed")
    assert stale.json()["details"]["version"] == 2
    same = await put(bare, "main", plan=plan, version=2)
    assert same["version"] == 2
    versions = (await bare.get(f"{PATH}/main/versions")).json()["items"]
    assert [(one["number"], one["reason"], one["changed_by"]) for one in versions] == [
        (2, "longer queues", "test"),
        (1, "", "test"),
    ]
    assert versions[1]["plan"]["near_turn"]["ahead_at_most"] == 3
    (entry,) = await rows(
        database, "SELECT changes, reason FROM audit_entries WHERE action = 'scenario.change'"
    )
    assert entry.reason == "longer queues"
    assert {"name": "near_turn.ahead_at_most", "before": "3", "after": "5"} in entry.changes


async def test_given_hours_beyond_the_filing_when_put_then_refused_until_it_is_disabled(
    client: httpx.AsyncClient, database: Database, hall: Hall
) -> None:
    async with database.transaction() as session:
        # A filing that was narrower from the start; what was submitted cannot be changed but like this.
        await session.execute(text("ALTER TABLE filing_versions DISABLE TRIGGER USER"))
        await session.execute(
            text(
                "UPDATE filing_versions SET content = jsonb_set(content, '{plan,windows}', "
                """'[{"days": [1, 2, 3, 4, 5], "start": "09:00", "end": "17:00"}]')"""
            )
        )
    answer = await client.put(f"{PATH}/main", json={"name": "x", "plan": plain(PLAN), "version": 1})
    assert (answer.status_code, answer.json()["id"]) == (422, "scenarios.outside_filing")
    fault = answer.json()["details"]["faults"][0]
    assert (fault["rule"], fault["pointer"]) == ("filed_window", "/plan/windows/0")
    assert "08:30—18:00" in fault["message_zh"]
    await put(client, "main", version=1, enabled=False)
    shown = (await client.get(f"{PATH}/main")).json()
    assert shown["enabled"] is False
    assert shown["faults"][0]["rule"] == "filed_window"


async def test_given_a_plan_that_contradicts_itself_when_put_then_each_place_is_named(
    bare: httpx.AsyncClient,
) -> None:
    plan = plain(PLAN)
    plan["your_turn"]["script"] = "near-turn"
    plan["near_turn"]["script"] = "nowhere"
    plan["windows"][0]["end"] = "08:00"
    answer = await bare.put(f"{PATH}/main", json={"name": "x", "plan": plan})
    assert (answer.status_code, answer.json()["id"]) == (422, "scenarios.invalid")
    pointers = {one["pointer"] for one in answer.json()["details"]["errors"]}
    assert pointers == {"/plan/windows/0", "/plan/near_turn/script", "/plan/your_turn/script"}


async def test_given_a_hall_that_is_answered_when_a_second_scenario_comes_then_refused(
    bare: httpx.AsyncClient,
) -> None:
    await put(bare, "main", 201)
    answer = await bare.put(f"{PATH}/other", json={"name": "x", "plan": plain(PLAN)})
    assert (answer.status_code, answer.json()["id"]) == (409, "scenarios.hall_taken")
    await put(bare, "other", 201, enabled=False)
    assert [one["slug"] for one in (await bare.get(PATH)).json()["items"]] == ["main", "other"]


async def test_given_a_visit_when_previewed_then_what_is_owed_when_and_the_retries_are_told(
    bare: httpx.AsyncClient, database: Database
) -> None:
    told = await preview(
        bare,
        {"event": "taken", "matter": "社保", "ahead": 8},
        {"event": "progress", "ahead": 2, "after_seconds": 600},
        {"event": "called", "window": "3", "after_seconds": 300},
        {"event": "served", "after_seconds": 60},
    )
    taken, progress, called, served = told["steps"]
    assert taken["answer"]["not_created"][0]["reason"] == "threshold_not_reached"
    (near,) = progress["owed"]
    assert near["channel"] == "sms"
    assert "前面等待人数2人" in near["text"]
    (turn,) = called["owed"]
    assert turn["text"] == TURN_TEXT.replace("{window}", "3")
    assert turn["earliest_at"] == called["at"]
    (busy,) = turn["retries"]
    assert busy["result"] == "busy"
    assert (len(busy["attempts_at"]), busy["then"]) == (3, "failed")
    assert turn["id"] in served["answer"]["superseded"]
    assert told["faults"] == []
    for table in ("journeys", "notifications", "queue_events"):
        assert await rows(database, f"SELECT 1 FROM {table}") == []


async def test_given_a_night_when_previewed_then_the_call_would_expire(
    bare: httpx.AsyncClient, clock: ManualClock
) -> None:
    at = clock.now().replace(hour=14).isoformat()
    told = await preview(bare, {"event": "called", "window": "3"}, at=at)
    (turn,) = told["steps"][0]["owed"]
    assert turn["earliest_at"] is None
    assert turn["retries"] == []
    unknown = await preview(bare, {"event": "called", "window": "3"}, phone=None)
    assert unknown["steps"][0]["answer"]["not_created"][0]["reason"] == "no_phone"


async def test_given_a_reader_when_writing_then_refused(
    database: Database, vault: Vault, clock: ManualClock, app: Any
) -> None:
    hall = await build_hall(database, vault, clock.now(), slug="readers", scopes=[Scope.SCENARIOS_READ])
    async with client_of(app, hall.token) as reader:
        assert (await reader.get(f"{PATH}/main")).status_code == 200
        assert (await reader.get(f"{PATH}/nowhere")).status_code == 404
        answer = await reader.put(f"{PATH}/main", json={"name": "x", "plan": plain(PLAN), "version": 1})
        assert answer.status_code == 403
