"""Several nodes on one database: what is hard stays hard."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest
from tests.support.dispatch.rig import Rig, equip, rows, until
from tests.support.hall.builders import DEFAULT_PLAN, Hall, build_hall, queue_event

from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

PLAN = msgspec.structs.replace(
    DEFAULT_PLAN,
    near_turn=None,
    your_turn=msgspec.structs.replace(DEFAULT_PLAN.your_turn, menu=None, keys=(), valid_seconds=43_200),
)
NODES, EVENTS = 4, 12
TRUNK_LIMIT = 3
PHONE = "13800003333"


@pytest.fixture
async def hall(database: Database, vault: Vault, clock: ManualClock) -> Hall:
    return await build_hall(database, vault, clock.now(), plan=PLAN)


async def test_given_four_nodes_when_one_person_is_owed_twelve_calls_then_three_are_made_one_at_a_time(
    client: httpx.AsyncClient,
    hall: Hall,
    database: Database,
    vault: Vault,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    trunk_id = await equip(database, hall.tenant_id, clock.now(), robots=8, numbers=8)
    async with AsyncExitStack() as stack:
        nodes = [
            await stack.enter_async_context(Rig(database, vault, clock, trunk_id, tmp_path / str(i)))
            for i in range(NODES)
        ]
        events = [
            queue_event(f"e{i}", "called", clock.now(), number=f"A{i:03d}", window="3", phone=PHONE)
            for i in range(EVENTS)
        ]
        assert (await client.post("/api/v1/queue-events", json=events)).status_code == 202
        most_at_once = 0

        async def three_ended_and_no_more() -> bool:
            nonlocal most_at_once
            live = sum(len(node.attempts.call_ids) for node in nodes)
            most_at_once = max(most_at_once, live)
            clock.advance(timedelta(seconds=1))
            for node in nodes:
                node.dispatcher.wake(hall.tenant_id)
            (ended,) = await rows(database, "SELECT count(*) AS n FROM calls WHERE state = 'ended'")
            return ended.n == 3

        await until(three_ended_and_no_more, True, seconds=40)
        await asyncio.gather(*(until(node_idle(node), 0) for node in nodes))
        assert sum(len(node.engine.dialled) for node in nodes) == 3
        assert most_at_once == 1
        assert [row.calls for row in await rows(database, "SELECT calls FROM callee_days")] == [3]


def node_idle(node: Rig):  # type: ignore[no-untyped-def]
    async def look() -> int:
        return len(node.attempts.call_ids)

    return look


async def test_given_two_nodes_and_a_trunk_for_three_calls_when_twelve_people_are_due_then_never_a_fourth_is_on_it(
    client: httpx.AsyncClient,
    hall: Hall,
    database: Database,
    vault: Vault,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    trunk_id = await equip(database, hall.tenant_id, clock.now(), robots=12, numbers=12)
    async with AsyncExitStack() as stack:
        nodes = [
            await stack.enter_async_context(
                Rig(database, vault, clock, trunk_id, tmp_path / str(i), trunk_limit=TRUNK_LIMIT)
            )
            for i in range(2)
        ]
        events = [
            queue_event(
                f"e{i}", "called", clock.now(), number=f"A{i:03d}", window="3", phone=f"1380000{i:04d}"
            )
            for i in range(EVENTS)
        ]
        assert (await client.post("/api/v1/queue-events", json=events)).status_code == 202
        seen: set[int] = set()

        async def all_called() -> int:
            (now,) = await rows(
                database,
                "SELECT count(*) FILTER (WHERE state <> 'ended') AS live, count(*) AS made FROM calls",
            )
            seen.add(now.live)
            clock.advance(timedelta(milliseconds=300))
            for node in nodes:
                node.dispatcher.wake(hall.tenant_id)
            return int(now.made)

        await until(all_called, EVENTS, seconds=60)
        await asyncio.gather(*(until(node_idle(node), 0) for node in nodes))
        assert max(seen) == TRUNK_LIMIT
        assert sum(len(node.engine.dialled) for node in nodes) == EVENTS
        deferred = await rows(database, "SELECT DISTINCT kind FROM timeline_entries WHERE kind = 'failed'")
        assert deferred == []


async def test_given_two_tenants_on_one_trunk_for_three_calls_when_both_owe_calls_then_they_share_its_places(
    client: httpx.AsyncClient,
    hall: Hall,
    database: Database,
    vault: Vault,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    trunk_id = await equip(database, hall.tenant_id, clock.now(), robots=6, numbers=6)
    other = await build_hall(database, vault, clock.now(), slug="other", plan=PLAN)
    await equip(database, other.tenant_id, clock.now(), robots=6, numbers=6, shared=trunk_id, first=6)
    async with AsyncExitStack() as stack:
        nodes = [
            await stack.enter_async_context(
                Rig(database, vault, clock, trunk_id, tmp_path / str(i), trunk_limit=TRUNK_LIMIT)
            )
            for i in range(2)
        ]
        for tenant in (hall, other):
            events = [
                queue_event(
                    f"e{i}",
                    "called",
                    clock.now(),
                    number=f"A{i:03d}",
                    window="3",
                    phone=_phone(tenant, hall, i),
                )
                for i in range(EVENTS // 2)
            ]
            told = await client.post(
                "/api/v1/queue-events", json=events, headers={"Authorization": f"Bearer {tenant.token}"}
            )
            assert told.status_code == 202
        seen: set[int] = set()

        async def all_called() -> dict[UUID, int]:
            live, made = 0, {}
            for row in await rows(
                database,
                "SELECT tenant_id, count(*) FILTER (WHERE state <> 'ended') AS live, count(*) AS made FROM calls"
                " GROUP BY tenant_id",
            ):
                live += row.live
                made[row.tenant_id] = row.made
            seen.add(live)
            clock.advance(timedelta(milliseconds=300))
            for node in nodes:
                node.dispatcher.wake(hall.tenant_id)
                node.dispatcher.wake(other.tenant_id)
            return made

        await until(all_called, {hall.tenant_id: EVENTS // 2, other.tenant_id: EVENTS // 2}, seconds=60)
        await asyncio.gather(*(until(node_idle(node), 0) for node in nodes))
        assert max(seen) == TRUNK_LIMIT


def _phone(tenant: Hall, first: Hall, index: int) -> str:
    return f"138{'0' if tenant is first else '1'}000{index:04d}"


async def test_given_one_place_left_on_a_trunk_when_two_nodes_reserve_it_together_then_one_of_them_gets_it(
    client: httpx.AsyncClient,
    hall: Hall,
    database: Database,
    vault: Vault,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    trunk_id = await equip(database, hall.tenant_id, clock.now(), robots=12, numbers=12)
    rigs = [
        Rig(database, vault, clock, trunk_id, tmp_path / str(i), trunk_limit=1, speed=0.1) for i in range(2)
    ]
    for rig in rigs:
        await rig.engine.start()
        await rig.register.start(rig.lost.set)
    events = [
        queue_event(f"e{i}", "called", clock.now(), number=f"A{i:03d}", window="3", phone=f"1380000{i:04d}")
        for i in range(EVENTS)
    ]
    assert (await client.post("/api/v1/queue-events", json=events)).status_code == 202
    await asyncio.gather(*(rig.dispatcher._dispatch_one(hall.tenant_id) for rig in rigs * 3))
    made = await rows(database, "SELECT state, result, reason FROM calls")
    # On a slow machine the phone rings before the last claim has given up.
    assert [(call.state in {"dialling", "ringing"}, call.result, call.reason) for call in made] == [
        (True, None, None)
    ]
    for rig in rigs:
        await rig.engine.stop(timedelta(0))
        await rig.attempts.drained()
        await rig.register.stop()
