"""The live monitor: a call seen from another process, from dialling to its end."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from tests.support.dispatch.rig import ANSWERS, NO_ANSWER, Rig, rows
from tests.support.hall.builders import TURN_TEXT, Hall, build_hall, queue_event
from tests.support.hall.plugin import client_of
from tests.support.identity.people import browser, make_user, sign_in
from tests.support.monitoring.streams import EventStream, live_stream

from yunhu.domains.identity.public import Scope
from yunhu.domains.monitoring import board, hub, stream
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

LIVE = "/api/v1/live"


async def call(client: httpx.AsyncClient, rig: Rig, phone: str = ANSWERS, number: str = "A001") -> None:
    body = queue_event(
        f"e-{number}", "called", rig.clock.now(), number=number, window="3", matter="社保", phone=phone
    )
    answer = await client.post("/api/v1/queue-events", json=body)
    assert answer.status_code == 202, answer.text
    rig.dispatcher.wake()


def stages_of(events: list[Any]) -> list[str]:
    seen: list[str] = []
    for event in events:
        if event.name == "calls":
            for row in event.data["changed"]:
                if not seen or seen[-1] != row["stage"]:
                    seen.append(row["stage"])
    return seen


async def test_given_a_viewer_when_a_visitor_is_called_then_the_node_itself_tells_of_every_stage_and_line(
    app: Litestar, client: httpx.AsyncClient, hall: Hall, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is looked up again by the clock: what comes was told when it happened.
    monkeypatch.setattr(hub, "COMPARE_SECONDS", 3600.0)
    async with live_stream(app, hall.token) as viewer:
        first = await viewer.next()
        assert first is not None
        assert first.name == "snapshot"
        assert first.data["calls"] == []
        assert len(first.data["robots"]) == 2
        await call(client, rig)
        events = []
        while stages_of(events)[-1:] != ["ended"]:
            event = await viewer.next()
            assert event is not None
            events.append(event)
    assert [s for s in stages_of(events) if s != "dialling"] == [
        "ringing",
        "speaking",
        "waiting_for_key",
        "ended",
    ]
    shown = [row for event in events if event.name == "calls" for row in event.data["changed"]]
    speaking = [row for row in shown if row["stage"] == "speaking"]
    assert speaking[0]["line"] == TURN_TEXT.replace("{window}", "3")
    assert {row["callee"] for row in shown} == {"138****0000"}
    assert shown[-1]["result"] == "answered"
    assert shown[-1]["line"] is None
    assert speaking[0]["queue_number"] == "A001"
    assert speaking[0]["scenario"] == "main"
    assert speaking[0]["robot"].startswith("robot-")
    assert speaking[0]["trunk"] == "sandbox"


def test_given_the_waits_of_board_and_hub_when_added_then_half_a_second_is_left_of_the_second_promised() -> (
    None
):
    assert board.FLUSH_SECONDS + hub.SETTLE_SECONDS <= 0.5


async def test_given_a_running_call_when_asked_then_the_snapshot_shows_it_to_its_tenant_alone(
    client: httpx.AsyncClient, rig: Rig, database: Database, vault: Vault, clock: ManualClock, app: Litestar
) -> None:
    other = await build_hall(database, vault, clock.now(), slug="beilin")
    await call(client, rig, NO_ANSWER)
    await rig.wait_for("SELECT count(*) FROM live_calls WHERE stage = 'ringing'", 1)
    seen = (await client.get(LIVE)).json()
    assert [row["stage"] for row in seen["calls"]] == ["ringing"]
    assert sum(robot["call_id"] is not None for robot in seen["robots"]) == 1
    (trunk,) = seen["trunks"]
    assert trunk["usable"]
    assert trunk["calls"] is None
    assert seen["nodes"] == []
    async with client_of(app, other.token) as stranger:
        assert (await stranger.get(LIVE)).json()["calls"] == []


async def test_given_no_grant_when_the_operator_looks_then_there_is_no_content(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, rig: Rig
) -> None:
    await call(client, rig, NO_ANSWER)
    await rig.wait_for("SELECT count(*) FROM live_calls WHERE stage = 'ringing'", 1)
    seen = (await operator_client.get("/api/v1/operator/live?tenant=yanta")).json()
    (row,) = seen["calls"]
    assert row["tenant"] == "yanta"
    assert row["stage"] == "ringing"
    assert row["caller_number"]
    hidden = ("callee", "hall", "queue_number", "matter", "window", "line", "line_script")
    assert [row[name] for name in hidden] == [None] * len(hidden)
    assert "0000" not in str(row["callee"])
    (node,) = seen["nodes"]
    assert node["alive"]
    assert node["calls"] == 1
    assert (await operator_client.get("/api/v1/operator/live?tenant=nobody")).status_code == 404
    # Content goes by the tenant's own door, which is closed to the operator's keys.
    assert (await operator_client.get(LIVE)).status_code == 403


async def test_given_a_broken_stream_when_it_comes_back_then_it_goes_on_where_it_ended(
    app: Litestar, client: httpx.AsyncClient, hall: Hall, rig: Rig
) -> None:
    async with live_stream(app, hall.token) as other:
        await other.next()
        async with live_stream(app, hall.token) as viewer:
            snapshot = await viewer.next()
            assert snapshot is not None
        await call(client, rig)
        await other.until("calls", lambda data: data["changed"][0]["stage"] == "ended")
        async with live_stream(app, hall.token, last_event_id=snapshot.id) as back:
            first = await back.next()
            assert first is not None
            assert first.name == "calls"
        async with live_stream(app, hall.token, last_event_id="elsewhere-1") as strange:
            anew = await strange.next()
            assert anew is not None
            assert anew.name == "snapshot"


async def test_given_a_lost_node_when_it_falls_silent_then_its_calls_go_from_the_monitor(
    app: Litestar, client: httpx.AsyncClient, hall: Hall, rig: Rig, database: Database
) -> None:
    await call(client, rig, NO_ANSWER)
    await rig.wait_for("SELECT count(*) FROM live_calls WHERE stage = 'ringing'", 1)
    async with live_stream(app, hall.token) as viewer:
        snapshot = await viewer.next()
        assert snapshot is not None
        (row,) = snapshot.data["calls"]
        async with database.transaction() as session:
            await session.execute(text("UPDATE nodes SET state = 'lost'"))
        gone = await viewer.until("calls", lambda data: data["gone"])
        assert gone.data["gone"] == [row["call_id"]]


async def test_given_a_crash_that_emptied_the_table_when_the_node_repairs_then_the_calls_are_back(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    await call(client, rig, NO_ANSWER)
    await rig.wait_for("SELECT count(*) FROM live_calls WHERE stage = 'ringing'", 1)
    async with database.transaction() as session:
        await session.execute(text("TRUNCATE live_calls, trunk_states"))
    await rig.wait_for("SELECT count(*) FROM live_calls", 1)
    await rig.wait_for("SELECT count(*) FROM trunk_states", 1)


async def test_given_a_session_when_it_ends_then_its_stream_ends_within_seconds(
    app: Litestar, database: Database, vault: Vault, clock: ManualClock, hall: Hall, monkeypatch: Any
) -> None:
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0.2)
    await make_user(database, vault, clock, hall.tenant_id, "watcher", presets=["agent"])
    async with browser(app) as client:
        await sign_in(client, clock, "watcher")
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        async with EventStream(app, "/api/v1/live/stream", cookie=cookie) as viewer:
            first = await viewer.next()
            assert first is not None
            assert first.name == "snapshot"
            await asyncio.sleep(0.5)
            answer = await client.delete("/api/v1/session")
            assert answer.status_code < 300, answer.text
            bye = await viewer.until("bye")
            assert bye.data["reason"] == "session_over"
            assert await viewer.next() is None


async def test_given_a_key_when_it_expires_then_its_stream_ends(
    app: Litestar, database: Database, clock: ManualClock, hall: Hall, monkeypatch: Any
) -> None:
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0.2)
    async with live_stream(app, hall.token) as viewer:
        await viewer.next()
        async with database.transaction() as session:
            await session.execute(
                text("UPDATE api_keys SET expires_at = :at"), {"at": clock.now() + timedelta(seconds=1)}
            )
        clock.advance(timedelta(seconds=2))
        assert (await viewer.until("bye")).data["reason"] == "session_over"


async def test_given_no_permission_when_asked_then_refused(
    app: Litestar, database: Database, vault: Vault, clock: ManualClock
) -> None:
    narrow = await build_hall(database, vault, clock.now(), slug="narrow", scopes=[Scope.EVENTS_WRITE])
    async with live_stream(app, narrow.token) as viewer:
        assert viewer.status == 403
    assert await rows(database, "SELECT 1 FROM pauses") == []
