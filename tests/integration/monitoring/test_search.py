"""The search box."""

import time
from typing import Any

import httpx
from sqlalchemy import text
from tests.support.dispatch.rig import ANSWERS, Rig, rows
from tests.support.hall.builders import Hall, build_hall, queue_event
from tests.support.hall.plugin import client_of

from yunhu.domains.identity.public import Scope
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database


async def find(client: httpx.AsyncClient, q: str) -> list[tuple[str, str]]:
    answer = await client.get("/api/v1/search", params={"q": q})
    assert answer.status_code == 200, answer.text
    assert ANSWERS not in answer.text
    return [(one["kind"], one["title"]) for one in answer.json()["items"]]


async def test_given_a_called_visitor_when_searched_by_anything_at_hand_then_found(
    client: httpx.AsyncClient, rig: Rig, database: Database, clock: ManualClock
) -> None:
    event = queue_event("e1", "called", clock.now(), number="B017", window="3", phone=ANSWERS)
    await client.post("/api/v1/queue-events", json=event)
    rig.dispatcher.wake()
    await rig.wait_for("SELECT state FROM calls", "ended")
    kinds = [kind for kind, _ in await find(client, ANSWERS)]
    assert kinds == ["journey", "notification", "call"]
    shown = (await client.get("/api/v1/search", params={"q": "138-0000-0000"})).json()["items"]
    assert {one["callee"] for one in shown} == {"138****0000"}
    assert await find(client, "b017") == [("journey", "B017")]
    (call,) = await rows(database, "SELECT id, caller_number, notification_id FROM calls")
    assert [kind for kind, _ in await find(client, str(call.id))] == ["call"]
    assert [kind for kind, _ in await find(client, str(call.notification_id))] == ["notification"]
    assert [kind for kind, _ in await find(client, "your-t")] == ["script"]
    assert [kind for kind, _ in await find(client, "main")] == ["scenario"]
    assert [kind for kind, _ in await find(client, "T-")] == ["contract"]
    assert await find(client, "100%") == []


async def test_given_another_tenant_or_fewer_permissions_when_searched_then_nothing_of_it_is_found(
    client: httpx.AsyncClient, database: Database, vault: Vault, clock: ManualClock, app: Any
) -> None:
    event = queue_event("e1", "taken", clock.now(), number="B017", matter="社保", phone=ANSWERS)
    await client.post("/api/v1/queue-events", json=event)
    other = await build_hall(database, vault, clock.now(), slug="beilin", scopes=[Scope.NOTIFICATIONS_READ])
    async with client_of(app, other.token) as stranger:
        assert await find(stranger, ANSWERS) == []
        assert await find(stranger, "B017") == []
        assert await find(stranger, "your-turn") == []


async def test_given_the_operator_when_searched_then_tenants_contracts_and_bare_ids_are_found(
    operator_client: httpx.AsyncClient, hall: Hall, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    event = queue_event("e1", "called", clock.now(), number="B017", window="3", phone=ANSWERS)
    answer = (await client.post("/api/v1/queue-events", json=event)).json()
    assert await find(operator_client, "yanta") == [("tenant", "yanta")]
    assert [kind for kind, _ in await find(operator_client, hall.tenant_id.hex[-12:])] == ["contract"]
    assert await find(operator_client, ANSWERS) == []
    created = answer["created"][0]["id"]
    assert await find(operator_client, created) == [("notification", "your_turn")]


async def test_given_many_visits_when_searched_then_answered_by_index_within_the_budget(
    client: httpx.AsyncClient, database: Database, hall: Hall, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        await session.execute(
            text(
                """
                INSERT INTO journeys (id, tenant_id, hall, day, queue_number, state, judged_at, created_at, callee_index)
                SELECT gen_random_uuid(), :tenant, 'main', date '2026-01-01' + i / 1000, 'C' || i % 1000, 'served',
                    :now, :now, decode(md5(i::text), 'hex')
                FROM generate_series(1, 60000) AS i
                """
            ),
            {"tenant": hall.tenant_id, "now": clock.now()},
        )
        await session.execute(text("ANALYZE journeys"))
    await find(client, "C500")
    begun = time.monotonic()
    assert len(await find(client, "C500")) == 8
    await find(client, ANSWERS)
    assert (time.monotonic() - begun) / 2 < 0.15
