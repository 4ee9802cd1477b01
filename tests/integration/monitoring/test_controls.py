"""Stopping calls, pausing and going on."""

from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import text
from tests.support.dispatch.rig import ANSWERS, NO_ANSWER, Rig, rows
from tests.support.hall.builders import CONSENT, Hall, build_hall, queue_event
from tests.support.hall.plugin import client_of

from yunhu.domains.monitoring import gate
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

PAUSES = "/api/v1/pauses"
CHECK = {"script": "your-turn", "phone": ANSWERS, "parameters": {"window": "3"}, "consent": CONSENT}


async def post(client: httpx.AsyncClient, path: str, status: int = 201, **body: Any) -> Any:
    answer = await client.post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def call(client: httpx.AsyncClient, rig: Rig, phone: str) -> None:
    body = queue_event("e1", "called", rig.clock.now(), window="3", phone=phone)
    await post(client, "/api/v1/queue-events", 202, **body)
    rig.dispatcher.wake()


async def actions(database: Database) -> list[str]:
    return [
        f"{row.action} {row.actor_name} {row.reason}"
        for row in await rows(
            database,
            "SELECT action, actor_name, reason FROM audit_entries WHERE action ~ '^(pause|call)\\.' ORDER BY sequence",
        )
    ]


async def test_given_a_ringing_call_when_stopped_then_it_ends_and_is_never_tried_again(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    await call(client, rig, NO_ANSWER)
    await rig.wait_for("SELECT stage FROM live_calls", "ringing")
    (seen,) = (await client.get("/api/v1/live")).json()["calls"]
    path = f"/api/v1/live/calls/{seen['call_id']}/stop"
    answer = await post(client, path, 200, reason="wrong hall")
    # The listener of a node hears the NOTIFY at once; the rig has none and looks with its heartbeat.
    await rig.wait_for("SELECT state FROM notifications", "cancelled", seconds=5)
    (ended,) = await rows(database, "SELECT result, ended_by, reason FROM calls")
    assert (ended.result, ended.ended_by) == ("cancelled", "platform")
    assert answer["notification_id"] == seen["notification_id"]
    assert await actions(database) == ["call.stop test wrong hall"]
    again = await client.post(path, json={"reason": "once more"})
    assert (again.status_code, again.json()["id"]) == (409, "monitoring.call_ended")
    assert (await client.post(path, json={"reason": " "})).status_code == 400


async def test_given_another_tenants_call_when_stopped_then_there_is_no_such_call(
    client: httpx.AsyncClient, rig: Rig, database: Database, vault: Vault, clock: ManualClock, app: Any
) -> None:
    other = await build_hall(database, vault, clock.now(), slug="beilin")
    await call(client, rig, NO_ANSWER)
    await rig.wait_for("SELECT stage FROM live_calls", "ringing")
    (seen,) = (await client.get("/api/v1/live")).json()["calls"]
    async with client_of(app, other.token) as stranger:
        answer = await stranger.post(
            f"/api/v1/live/calls/{seen['call_id']}/stop", json={"reason": "none of mine"}
        )
    assert (answer.status_code, answer.json()["id"]) == (404, "monitoring.call_not_found")


async def test_given_a_pause_when_the_turn_comes_then_it_waits_by_a_named_rule_until_somebody_resumes(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    pause = await post(client, PAUSES, reason="fire drill")
    await call(client, rig, ANSWERS)
    await rig.wait_for("SELECT count(*) FROM timeline_entries WHERE kind = 'deferred'", 1)
    (line,) = await rows(database, "SELECT detail FROM timeline_entries WHERE kind = 'deferred'")
    assert line.detail["reason"] == "paused_tenant"
    assert await rows(database, "SELECT 1 FROM calls") == []
    again = await client.post(PAUSES, json={"reason": "me too"})
    assert (again.status_code, again.json()["id"]) == (409, "monitoring.already_paused")
    ended = await post(client, f"{PAUSES}/{pause['id']}/resume", 200, reason="drill is over")
    assert (ended["resumed_by"], ended["resume_reason"]) == ("test", "drill is over")
    rig.dispatcher.wake()
    await rig.wait_for("SELECT state FROM notifications", "delivered")
    over = await client.post(f"{PAUSES}/{pause['id']}/resume", json={})
    assert over.json()["id"] == "monitoring.pause_over"
    assert await actions(database) == ["pause.begin test fire drill", "pause.end test drill is over"]
    history = (await client.get(PAUSES)).json()["items"]
    assert [one["reason"] for one in history] == ["fire drill"]
    assert (await client.get(f"{PAUSES}?standing=true")).json()["items"] == []


async def test_given_a_pause_that_outlasts_the_deadline_when_it_passes_then_the_visit_expires_by_that_rule(
    client: httpx.AsyncClient, rig: Rig, database: Database, clock: ManualClock
) -> None:
    await post(client, PAUSES, reason="power cut")
    await call(client, rig, ANSWERS)
    await rig.wait_for("SELECT count(*) FROM timeline_entries WHERE kind = 'deferred'", 1)
    worth = timedelta(seconds=180)
    for step in (*[gate.LOOK_AGAIN] * 5, worth - 5 * gate.LOOK_AGAIN - gate.LAST_LOOK):
        clock.advance(step)
        rig.dispatcher.wake()
        await rig.wait_for(
            "SELECT count(*) FROM notifications WHERE state = 'pending' AND due_at <= :now",
            0,
            now=clock.now(),
        )
    (ended,) = await rows(database, "SELECT state, result FROM notifications")
    assert (ended.state, ended.result) == ("expired", "paused_tenant")


async def test_given_a_paused_scenario_when_asked_then_its_visits_wait_and_notices_leave(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    await post(client, PAUSES, reason="windows closed", scenario="main")
    unknown = await client.post(PAUSES, json={"reason": "x", "scenario": "nowhere"})
    assert (unknown.status_code, unknown.json()["id"]) == (404, "monitoring.scenario_unknown")
    said = await post(client, "/api/v1/notifications/check", 200, **CHECK)
    assert said["outcome"] == "allowed"
    await call(client, rig, ANSWERS)
    await rig.wait_for("SELECT count(*) FROM timeline_entries WHERE kind = 'deferred'", 1)
    (line,) = await rows(database, "SELECT detail FROM timeline_entries WHERE kind = 'deferred'")
    assert line.detail["reason"] == "paused_scenario"
    (shown,) = (await client.get("/api/v1/live")).json()["pauses"]
    assert shown["scenario"] == "main"


async def test_given_an_end_when_it_comes_then_the_pause_is_over_by_itself(
    client: httpx.AsyncClient, rig: Rig, clock: ManualClock
) -> None:
    until = (clock.now() + timedelta(minutes=10)).isoformat()
    await post(client, PAUSES, reason="lunch", until=until)
    said = await post(client, "/api/v1/notifications/check", 200, **CHECK)
    assert (said["outcome"], said["reason"]) == ("deferred", "paused_tenant")
    clock.advance(timedelta(minutes=10))
    assert (await post(client, "/api/v1/notifications/check", 200, **CHECK))["outcome"] == "allowed"
    await post(client, PAUSES, reason="lunch again")
    past = (clock.now() - timedelta(seconds=1)).isoformat()
    wrong = await client.post(PAUSES, json={"reason": "x", "scenario": "main", "until": past})
    assert (wrong.status_code, wrong.json()["id"]) == (422, "monitoring.pause_until")


async def test_given_the_operators_pause_when_the_tenant_resumes_then_refused(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, hall: Hall, database: Database
) -> None:
    pause = await post(operator_client, "/api/v1/operator/live/pauses", tenant="yanta", reason="complaints")
    refused = await client.post(f"{PAUSES}/{pause['id']}/resume", json={"reason": "please"})
    assert (refused.status_code, refused.json()["id"]) == (409, "monitoring.paused_by_operator")
    listed = (await operator_client.get("/api/v1/operator/live/pauses?tenant=yanta&standing=true")).json()
    assert [one["id"] for one in listed["items"]] == [pause["id"]]
    await post(
        operator_client, f"/api/v1/operator/live/pauses/{pause['id']}/resume", 200, reason="sorted out"
    )
    async with database.transaction() as session:
        chain = await session.scalar(
            text("SELECT count(*) FROM audit_entries WHERE tenant_id = :id AND action ~ '^pause'"),
            {"id": hall.tenant_id},
        )
    assert chain == 2
