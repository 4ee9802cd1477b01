"""Overview and reports over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.support.hall.builders import Hall, build_hall
from tests.support.hall.equipment import caller
from tests.support.hall.plugin import client_of
from tests.support.reports.history import History, Told, begin_history

from yunhu.domains.reports import rollups
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

BUSY = Told(result="busy", ring=2.0, talk=None)


@pytest.fixture
async def history(database: Database, hall: Hall, vault: Vault, clock: ManualClock) -> History:
    """Today, Monday 10:00: two answered calls and a busy one; yesterday at 15:00: one answered."""
    written = await begin_history(database, hall, vault, clock.now())
    async with database.transaction() as session:
        today = clock.now() - timedelta(minutes=30)
        await written.visit(session, today, matter="社保", window="3")
        await written.visit(session, today, Told(talk=20.0), matter="社保", window="5", number=1)
        await written.visit(session, today, BUSY, matter="户籍", window="3")
        await written.visit(session, clock.now() - timedelta(hours=19), matter="户籍", window="3")
        text_id = await written.notification(session, today, script="near-turn")
        message_id = await written.message(session, text_id, today)
        await written.settle(session, message_id, "delivered", today)
        await written.finish(session, text_id, "delivered", today)
        await written.notification(session, clock.now() - timedelta(seconds=90))
    return written


async def test_given_calls_of_today_and_yesterday_then_the_overview_tells_todays(
    client: httpx.AsyncClient, history: History
) -> None:
    seen = (await client.get("/api/v1/reports/overview")).json()
    assert seen["day"] == "2026-02-09"
    assert seen["calls"]["attempts"] == 3
    assert seen["calls"]["answered"] == 2
    assert seen["calls"]["answer_rate"] == 0.6667
    assert seen["calls"]["average_talk_seconds"] == 16.0
    assert seen["calls"]["by_result"] == {"answered": 2, "busy": 1}
    assert seen["calls"]["attempts_per_success"] == 1.5
    assert seen["hours"] == [{"hour": 9, "attempts": 3, "answered": 2}]
    assert seen["notifications"]["by_state"] == {"delivered": 3, "failed": 1}
    assert seen["messages"] == {
        "total": 1,
        "delivered": 1,
        "delivery_rate": 1.0,
        "by_state": {"delivered": 1},
    }
    assert (seen["open"]["pending"], seen["open"]["due_voice"], seen["open"]["oldest_due_seconds"]) == (
        1,
        1,
        90.0,
    )
    assert seen["robots"] == {"total": 2, "busy": 0}
    assert seen["event_to_ring"]["calls"] == 3
    assert seen["event_to_ring"]["p50_milliseconds"] == pytest.approx(1000, rel=0.05)
    assert {quota["kind"] for quota in seen["quotas"]} >= {"voice_notification", "robot"}
    assert "no_node" in {alarm["code"] for alarm in seen["alarms"]}  # the history's node has never beaten


@pytest.mark.parametrize("folded", [False, True])
async def test_given_lines_that_wait_or_were_added_up_then_every_report_says_the_same(
    client: httpx.AsyncClient, database: Database, clock: ManualClock, history: History, folded: bool
) -> None:
    if folded:
        async with database.transaction() as session:
            assert await rollups.fold(session, clock.now()) is False
    days = await _calls(client, by="day")
    assert [(line["key"], line["attempts"]) for line in days["lines"]] == [
        ("2026-02-08", 1),
        ("2026-02-09", 3),
    ]
    assert days["total"]["attempts"] == 4
    assert _attempts(await _calls(client, by="result")) == {"answered": 3, "busy": 1}
    assert _attempts(await _calls(client, by="number")) == {caller(0): 3, caller(1): 1}
    assert _attempts(await _calls(client, by="matter")) == {"社保": 2, "户籍": 2}
    assert _attempts(await _calls(client, by="window", result="busy")) == {"3": 1}
    assert _attempts(await _calls(client, by="hour_of_day", window="3")) == {"09": 2, "15": 1}
    assert _attempts(await _calls(client, by="matter", window="3", caller_number=caller(0))) == {
        "社保": 1,
        "户籍": 2,
    }
    assert _attempts(await _calls(client, by="day", **{"from": "2026-02-09"})) == {"2026-02-09": 3}
    by_script = await _calls(client, by="script")
    assert [line["label"] for line in by_script["lines"]] == ["your-turn"]
    heat = (await client.get("/api/v1/reports/heat-map")).json()
    assert {(cell["weekday"], cell["hour"]): cell["attempts"] for cell in heat["cells"]} == {
        (1, 9): 3,
        (7, 15): 1,
    }
    states = (await client.get("/api/v1/reports/notifications", params={"by": "result"})).json()
    assert {line["key"]: line["total"] for line in states["lines"]} == {"delivered": 4, "failed": 1}


async def test_given_a_matter_by_the_hour_of_a_year_then_the_range_is_too_long(
    client: httpx.AsyncClient, history: History
) -> None:
    answer = await client.get(
        "/api/v1/reports/calls", params={"by": "hour", "matter": "社保", "from": "2025-02-10"}
    )
    assert answer.status_code == 422
    assert (answer.json()["id"], answer.json()["details"]) == ("reports.range_too_long", {"most_days": 31})


async def test_given_another_tenant_then_it_sees_nothing_of_these_calls(
    app: Litestar, database: Database, vault: Vault, clock: ManualClock, history: History
) -> None:
    other = await build_hall(database, vault, clock.now(), slug="other")
    async with client_of(app, other.token) as theirs:
        assert (await theirs.get("/api/v1/reports/calls")).json()["lines"] == []
        assert (await theirs.get("/api/v1/reports/overview")).json()["calls"]["attempts"] == 0


def _attempts(report: dict[str, Any]) -> dict[str, int]:
    return {line["key"]: line["attempts"] for line in report["lines"]}


async def _calls(client: httpx.AsyncClient, **query: str) -> dict[str, Any]:
    answer = await client.get("/api/v1/reports/calls", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
