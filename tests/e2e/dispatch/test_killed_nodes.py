"""Nodes are killed at random moments under load; then the database and the callee's own SIP log are questioned."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.support.dispatch.node_process import NodeProcess
from tests.support.dispatch.rig import rows, until
from tests.support.hall.builders import DEFAULT_PLAN, Hall, build_hall, queue_event
from tests.support.hall.equipment import equip_hall
from tests.support.hall.plugin import client_of, open_app
from tests.support.peers.sipp import Sipp

from yunhu.domains.notifications.plans import RetryRule
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import load_vault
from yunhu.foundation.db import Database
from yunhu.foundation.settings import Settings
from yunhu.telephony.port import ResultClass

VISITORS = 60
ROBOTS = 12
OPEN = "SELECT count(*) FROM notifications WHERE state IN ('pending', 'active')"
PLAN = msgspec.structs.replace(
    DEFAULT_PLAN,
    near_turn=None,
    your_turn=msgspec.structs.replace(DEFAULT_PLAN.your_turn, menu=None, keys=(), valid_seconds=120),
    retries={
        ResultClass.BUSY: RetryRule(after_seconds=1, at_most=2),
        ResultClass.TRUNK_FAILURE: RetryRule(after_seconds=1, at_most=2),
    },
    detect_answer=False,
)


async def equip_sip(database: Database, hall: Hall, address: tuple[str, int]) -> None:
    now = datetime.now(UTC)
    config = {"host": address[0], "port": address[1], "options_seconds": 0, "session_expires": 0}
    async with database.transaction() as session:
        await equip_hall(
            session, hall.tenant_id, now, kind="sip", config=config, robots=ROBOTS, numbers=40, limit=1000
        )


def node_settings(tmp_path: Path, database_url: str, name: str) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        node_name=name,
        sip_bind="127.0.0.1",
        sip_port=0,
        metrics_port=0,
        log_format="json",
    )


async def post_events(settings: Settings, database: Database, hall: Hall) -> None:
    app = open_app(settings, database, load_vault(settings.keys_dir), SystemClock())
    now = datetime.now(UTC)
    async with client_of(app, hall.token) as client:
        for i in range(VISITORS):
            # Every third visitor shares a phone with others: their fourth call of the day must never happen.
            phone = "13800000500" if i % 3 == 0 else f"1380000{6000 + i}"
            body = queue_event(f"called-{i}", "called", now, number=f"A{i:03d}", window="3", phone=phone)
            assert (await client.post("/api/v1/queue-events", json=body)).status_code == 202
            await asyncio.sleep(0.15)


async def kill_at_random(nodes: list[NodeProcess], seconds: float, chance: random.Random) -> int:
    kills = 0
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(chance.uniform(2.0, 4.0))
        victim = chance.choice(nodes)
        await victim.kill()
        await victim.start()
        kills += 1
    return kills


@pytest.mark.peer("sipp")
@pytest.mark.timeout(240)
async def test_given_nodes_killed_under_load_when_all_is_over_then_every_hard_rule_held(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    settings = node_settings(tmp_path, database_url, "api")
    hall = await build_hall(database, load_vault(settings.keys_dir), datetime.now(UTC), plan=PLAN)
    async with Sipp("answer_echo", tmp_path, values={"linger": "100"}) as callee:
        await equip_sip(database, hall, callee.address)
        nodes = [
            NodeProcess(node_settings(tmp_path, database_url, f"node-{i}"), tmp_path / f"node-{i}.log")
            for i in range(2)
        ]
        async with nodes[0], nodes[1]:
            _, kills = await asyncio.gather(
                post_events(settings, database, hall), kill_at_random(nodes, 20, random.Random(20260209))
            )
            assert kills >= 4

            async def still_open() -> Any:
                return (await rows(database, OPEN))[0][0]

            await until(still_open, 0, seconds=150)
            for node in nodes:
                await node.kill()
        await assert_rules_held(database, callee)


async def assert_rules_held(database: Database, callee: Sipp) -> None:
    calls = await rows(database, "SELECT * FROM calls")
    dialled = Counter(uri for _, uri in callee.calls())
    assert dialled, callee.errors
    assert max(dialled.values()) <= 3, f"somebody was called more than three times: {dialled}"
    assert sum(dialled.values()) <= len(calls), "an INVITE left that was not committed"
    assert {call.state for call in calls} == {"ended"}
    counted = await rows(
        database,
        "SELECT d.calls, (SELECT count(*) FROM calls c WHERE c.callee_index = d.callee_index AND c.day = d.day) AS made"
        " FROM callee_days d",
    )
    assert all(row.calls == row.made <= 3 for row in counted)
    assert [row for row in await rows(database, "SELECT call_id FROM robots") if row.call_id] == []
    (total,) = await rows(database, "SELECT count(*) AS n FROM notifications")
    assert total.n == VISITORS, "none was lost"
    answered = Counter(
        uri for uri in {ack.call_id: callee_of(ack) for ack in callee.received("ACK")}.values()
    )
    own_phone = {uri: n for uri, n in answered.items() if "13800000500" not in uri}
    assert max(own_phone.values(), default=0) <= 1, f"somebody answered twice for one event: {own_phone}"
    delivered = await rows(database, "SELECT state, count(*) FROM notifications GROUP BY state")
    states = dict(map(tuple, delivered))
    assert states.get("delivered", 0) >= VISITORS // 4, f"too little got through to prove anything: {states}"


def callee_of(message: Any) -> str:
    return str(message.header("to").partition("@")[0])
