"""From an accepted event to a call in the sandbox, and what is written down."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import text
from tests.support.dispatch.rig import (
    ANSWERS,
    BUSY,
    NO_ANSWER,
    PRESSES_2,
    PRESSES_9,
    VOICEMAIL,
    Rig,
    equip,
    rows,
    until,
)
from tests.support.hall.builders import DEFAULT_PLAN, Hall, build_hall, queue_event
from tests.support.hall.plugin import client_of

from yunhu.domains.contracts.shortfall_subscriber import read_shortfalls
from yunhu.domains.notifications.plans import KeyAction, KeyActionKind, RetryRule
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.telephony.port import ResultClass

STATES = "SELECT state FROM notifications WHERE purpose = 'your_turn'"
PLAN = msgspec.structs.replace(
    DEFAULT_PLAN,
    retries={ResultClass.BUSY: RetryRule(after_seconds=1, at_most=2)},
    your_turn=msgspec.structs.replace(
        DEFAULT_PLAN.your_turn,
        keys_wait_seconds=1,
        keys=(
            KeyAction(key="1", action=KeyActionKind.REPEAT),
            KeyAction(key="2", action=KeyActionKind.POSTPONE, confirmation="confirmation", minutes=10),
            KeyAction(key="9", action=KeyActionKind.REFUSE, confirmation="confirmation"),
        ),
    ),
)


@pytest.fixture
async def hall(database: Database, vault: Vault, clock: ManualClock) -> Hall:
    return await build_hall(database, vault, clock.now(), plan=PLAN)


@pytest.fixture
async def rig(database: Database, vault: Vault, clock: ManualClock, hall: Hall, tmp_path: Path) -> Any:
    trunk_id = await equip(database, hall.tenant_id, clock.now())
    async with Rig(database, vault, clock, trunk_id, tmp_path) as rig:
        yield rig


async def call_visitor(
    client: httpx.AsyncClient,
    rig: Rig,
    phone: str,
    *,
    number: str = "A001",
    event: str = "called",
    name: str = "e1",
) -> Any:
    body = queue_event(name, event, rig.clock.now(), number=number, window="3", phone=phone)
    answer = await client.post("/api/v1/queue-events", json=body)
    assert answer.status_code == 202, answer.text
    rig.dispatcher.wake()
    return answer.json()


async def test_given_a_called_visitor_when_dispatched_then_the_filed_sentence_is_heard_once(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    await call_visitor(client, rig, ANSWERS)
    await rig.wait_for(STATES, "delivered")
    (call,) = await rows(database, "SELECT * FROM calls")
    assert call.state == "ended"
    assert call.result == "answered"
    assert call.text == "尊敬的用户，请您到“3”号窗口办理业务，谢谢"
    assert [heard["script"] for heard in call.heard] == ["your-turn", "menu"]
    assert all(heard["completed"] for heard in call.heard)
    assert call.answered_at is not None
    assert call.verdict["outcome"] == "allowed"
    assert [day.calls for day in await rows(database, "SELECT calls FROM callee_days")] == [1]
    assert [row.call_id for row in await rows(database, "SELECT call_id FROM robots")] == [None, None]
    kinds = [row.kind for row in await rows(database, "SELECT kind FROM timeline_entries ORDER BY id")]
    assert kinds == ["created", "started", "answered", "delivered"]
    published = [
        row.type
        for row in await rows(
            database, "SELECT type FROM outbox WHERE type LIKE 'notification.%' ORDER BY id"
        )
    ]
    assert published == [f"notification.{kind}" for kind in kinds]


async def test_given_a_busy_phone_when_retried_then_three_calls_are_the_most_it_gets(
    client: httpx.AsyncClient, rig: Rig, database: Database, clock: ManualClock
) -> None:
    await call_visitor(client, rig, BUSY)
    for attempt in (1, 2):
        await rig.wait_for("SELECT count(*) FROM calls WHERE state = 'ended'", attempt)
        clock.set(clock.now().replace(second=attempt * 2))
        rig.dispatcher.wake()
    await rig.wait_for(STATES, "failed")
    assert len(rig.engine.dialled) == 3
    await call_visitor(client, rig, BUSY, event="recalled", name="e2")
    await rig.wait_for("SELECT state FROM notifications ORDER BY id DESC LIMIT 1", "expired")
    assert len(rig.engine.dialled) == 3
    assert [day.calls for day in await rows(database, "SELECT calls FROM callee_days")] == [3]


async def test_given_a_ringing_phone_when_the_visitor_was_served_then_it_stops_ringing(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    await call_visitor(client, rig, NO_ANSWER)
    await rig.wait_for("SELECT state FROM calls", "ringing")
    served = queue_event("e2", "served", rig.clock.now(), seconds=5)
    assert (await client.post("/api/v1/queue-events", json=served)).status_code == 202
    await rig.wait_for(STATES, "superseded")
    (call,) = await rows(database, "SELECT result, reason FROM calls")
    assert (call.result, call.reason) == ("cancelled", "superseded")


async def test_given_key_9_when_pressed_then_the_refusal_stands_before_the_call_ends(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    await call_visitor(client, rig, PRESSES_9)
    await rig.wait_for("SELECT count(*) FROM refusals WHERE lifted_at IS NULL", 1)
    await rig.wait_for(STATES, "delivered")
    (call,) = await rows(database, "SELECT digits, heard FROM calls")
    assert call.digits == "9"
    assert [heard["script"] for heard in call.heard][-1] == "confirmation"
    again = await call_visitor(client, rig, PRESSES_9, event="recalled", name="e2")
    assert "refused_by_callee" in str(again)
    assert len(rig.engine.dialled) == 1


async def test_given_key_2_when_pressed_then_ten_more_minutes_are_written_back(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    await call_visitor(client, rig, PRESSES_2)
    await rig.wait_for(STATES, "delivered")
    (event,) = await rows(database, "SELECT payload FROM outbox WHERE type = 'journey.postpone_requested'")
    assert event.payload["minutes"] == 10
    assert event.payload["parameters"] == {"window": "3"}


async def test_given_a_voicemail_when_heard_then_it_is_not_taken_for_the_visitor(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    await call_visitor(client, rig, VOICEMAIL)
    await rig.wait_for(STATES, "failed")
    (call,) = await rows(database, "SELECT result, answered_by FROM calls")
    assert (call.result, call.answered_by) == ("machine", "machine")


async def test_given_two_robots_when_ten_visitors_are_called_then_never_more_than_two_calls_are_up(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    for i in range(10):
        await call_visitor(client, rig, f"1380000300{i}", number=f"A{i:03d}", name=f"e{i}")
    most = 0

    async def all_delivered() -> int:
        nonlocal most
        most = max(most, len(rig.attempts.call_ids))
        (row,) = await rows(database, "SELECT count(*) AS n FROM notifications WHERE state = 'delivered'")
        return row.n

    await until(all_delivered, 10)
    assert 1 <= most <= 2
    used = await rows(database, "SELECT caller_number, count(*) FROM calls GROUP BY caller_number")
    assert len(used) == 4, "caller numbers take turns"


async def test_given_a_prompt_that_is_not_rendered_when_due_then_it_is_rendered_before_the_call(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    rig.shelf.empty = True
    await call_visitor(client, rig, ANSWERS)
    await rig.wait_for(STATES, "delivered")
    assert len(rig.shelf.rendered) == 3, "text, menu and one confirmation"


async def test_given_a_node_that_fell_silent_when_another_looks_then_its_call_is_unknown_and_not_repeated(
    client: httpx.AsyncClient, rig: Rig, database: Database, vault: Vault, clock: ManualClock, tmp_path: Path
) -> None:
    await call_visitor(client, rig, NO_ANSWER)
    await rig.wait_for("SELECT state FROM calls", "ringing")
    async with database.transaction() as session:
        from sqlalchemy import text

        await session.execute(text("UPDATE nodes SET heartbeat_at = now() - interval '1 minute'"))
        await session.execute(text("UPDATE nodes SET state = 'lost'"))
    trunk_id = rig.dispatcher._trunks.trunk_id
    async with Rig(database, vault, clock, trunk_id, tmp_path) as other:
        await other.wait_for(STATES, "unknown")
        (call,) = await rows(database, "SELECT result, reason, ended_by FROM calls")
        assert (call.result, call.reason, call.ended_by) == ("unknown", "node_lost", "node")
        assert [row.call_id for row in await rows(database, "SELECT call_id FROM robots")] == [None, None]
        await asyncio.wait_for(rig.lost.wait(), 10)
        assert other.engine.dialled == []


async def test_given_a_number_that_is_barred_when_the_call_fails_then_the_number_rests(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    await call_visitor(client, rig, "13800001011")
    await rig.wait_for(STATES, "failed")
    (call,) = await rows(database, "SELECT caller_number FROM calls")
    (resting,) = await rows(database, "SELECT e164 FROM caller_numbers WHERE cooling_until IS NOT NULL")
    assert resting.e164 == call.caller_number


@pytest.mark.parametrize(
    ("robots", "missed"),
    [
        ("UPDATE robots SET retired = true", [("robot", 0, 1)]),
        # One of two is retired and the other one busy all the time.
        (
            "UPDATE robots SET retired = name = 'robot-0', call_id = CASE name WHEN 'robot-1' THEN id END",
            [("robot", 1, 1)],
        ),
        # Both are there: who wants more than was sold loses notifications, and nobody owes for them.
        ("UPDATE robots SET call_id = id", []),
    ],
)
async def test_given_no_free_robot_when_the_deadline_passes_then_it_expires_and_a_shortfall_is_measured(
    client: httpx.AsyncClient,
    rig: Rig,
    database: Database,
    clock: ManualClock,
    robots: str,
    missed: list[tuple[str, int, int]],
) -> None:
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text(robots))
    await call_visitor(client, rig, ANSWERS)
    clock.set(clock.now().replace(minute=30))
    await rig.wait_for(STATES, "expired")
    assert rig.engine.dialled == []
    async with database.transaction() as session:
        while await read_shortfalls(session, clock.now()):
            pass
    found = await rows(database, "SELECT kind, supplied, lost FROM contract_shortfalls")
    assert [(row.kind, row.supplied, row.lost) for row in found] == missed


@pytest.fixture
async def client(app: Any, hall: Hall) -> Any:
    async with client_of(app, hall.token) as opened:
        yield opened
