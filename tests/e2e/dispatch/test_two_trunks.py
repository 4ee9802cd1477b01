"""Two trunks to one carrier: what a trunk refuses before anything rang, the other carries; a rung phone is left alone."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from tests.support.dispatch.rig import Rig, rows
from tests.support.hall.builders import DEFAULT_PLAN, Hall, build_hall, queue_event
from tests.support.hall.equipment import equip_hall
from tests.support.peers.ports import LOOPBACK, free_port
from tests.support.peers.sipp import Sipp

from yunhu.domains.calls.models import Trunk
from yunhu.entrypoints.trunk_board import TrunkBoard
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.foundation.settings import Settings

pytestmark = pytest.mark.peer("sipp")
PLAN = msgspec.structs.replace(
    DEFAULT_PLAN,
    near_turn=None,
    your_turn=msgspec.structs.replace(DEFAULT_PLAN.your_turn, menu=None, keys=()),
    detect_answer=False,
)
FULL = {"status": "503 Service Unavailable", "fields": "X-Why: no capacity"}
CALLS = """
    SELECT c.id, c.attempt, c.result, c.caller_number, t.name AS trunk FROM calls AS c
    JOIN trunks AS t ON t.id = c.trunk_id ORDER BY c.id
"""
ENDED = "SELECT count(*) FROM calls WHERE state = 'ended'"
SHOWN = """
    SELECT t.name FROM live_calls AS l JOIN trunks AS t ON t.id = l.trunk_id
    WHERE l.stage IN ('answered', 'speaking', 'waiting_for_key', 'ended')
"""
DELIVERED = "SELECT count(*) FROM notifications WHERE state = 'delivered'"

Node = Callable[..., AbstractAsyncContextManager[Rig]]


@pytest.fixture
async def hall(database: Database, vault: Vault, clock: ManualClock) -> Hall:
    return await build_hall(database, vault, clock.now(), plan=PLAN)


def sip(address: tuple[str, int], **more: Any) -> dict[str, Any]:
    """A trunk's settings."""
    return {"host": address[0], "port": address[1], "options_seconds": 0, "session_expires": 0, **more}


@pytest.fixture
def node(database: Database, vault: Vault, clock: ManualClock, hall: Hall, tmp_path: Path) -> Node:
    """A node with a trunk `sip`, whose numbers may leave by `second` as well."""

    @asynccontextmanager
    async def started(first: dict[str, Any], second: dict[str, Any]) -> AsyncIterator[Rig]:
        async with database.transaction() as session:
            config = {**first, "backups": ["gone-long-ago", "second"]}
            trunk_id = await equip_hall(session, hall.tenant_id, clock.now(), kind="sip", config=config)
            now = clock.now()
            other = Trunk(id=new_id(), name="second", kind="sip", config=second, enabled=True)
            other.created_at = other.updated_at = now
            session.add(other)
        settings = Settings(data_dir=tmp_path, sip_bind=LOOPBACK, sip_port=0)
        board = TrunkBoard(settings, database, clock, _no_detector)
        await board.load()
        try:
            async with Rig(database, vault, clock, trunk_id, tmp_path, trunks=board, monitored=True) as rig:
                yield rig
        finally:
            await board.stop(timedelta(0))

    return started


def _no_detector() -> Any:
    raise AssertionError("nobody listens for machines here")


async def visitors(client: httpx.AsyncClient, clock: ManualClock, count: int = 1) -> None:
    """So many are called."""
    for number in range(count):
        event = queue_event(f"e{number}", "called", clock.now(), number=f"A00{number}", window="3",
                            phone=f"1381234500{number}")  # fmt: skip
        assert (await client.post("/api/v1/queue-events", json=event)).status_code == 202


async def test_given_a_first_trunk_without_capacity_when_a_visitor_is_called_then_the_second_carries_the_same_call(
    client: httpx.AsyncClient, node: Node, clock: ManualClock, tmp_path: Path
) -> None:
    async with (
        Sipp("immediate_response", tmp_path / "a", values=FULL) as first,
        Sipp("answer_echo", tmp_path / "b") as second,
        node(sip(first.address), sip(second.address)) as rig,
    ):
        await visitors(client, clock)
        await rig.wait_for(SHOWN, "second", seconds=60)
        await rig.wait_for(DELIVERED, 1, seconds=60)
        assert len(first.calls()) == len(second.calls()) == 1
        (call,) = await rows(rig.database, CALLS)
        assert (call.attempt, call.result, call.trunk) == (1, "answered", "second")
        (refused,), (answered, *_) = first.received("INVITE"), second.received("INVITE")
        assert call.caller_number in refused.header("from")
        assert call.caller_number in answered.header("from")
        assert [row.calls for row in await rows(rig.database, "SELECT calls FROM callee_days")] == [1]
        told = await rows(rig.database, "SELECT detail FROM timeline_entries WHERE kind = 'rerouted'")
        assert [row.detail for row in told] == [{"call_id": str(call.id), "trunk": "second"}]


async def test_given_a_first_trunk_that_rang_when_it_then_refuses_then_the_second_hears_nothing(
    client: httpx.AsyncClient, node: Node, clock: ManualClock, tmp_path: Path
) -> None:
    async with (
        Sipp("final_response", tmp_path / "a", values=FULL) as first,
        Sipp("answer_echo", tmp_path / "b") as second,
        node(sip(first.address), sip(second.address)) as rig,
    ):
        await visitors(client, clock)
        await rig.wait_for(ENDED, 1, seconds=60)
        (call,) = await rows(rig.database, CALLS)
        assert call.trunk == "sip"
        assert call.result != "answered"
        assert second.messages == []


async def test_given_a_first_trunk_that_is_down_when_a_visitor_is_called_then_the_call_leaves_by_the_second(
    client: httpx.AsyncClient, node: Node, clock: ManualClock, tmp_path: Path
) -> None:
    nobody = sip((LOOPBACK, free_port()), transport="tcp")
    async with Sipp("answer_echo", tmp_path / "b") as second, node(nobody, sip(second.address)) as rig:
        await visitors(client, clock)
        await rig.wait_for(DELIVERED, 1, seconds=60)
        (call,) = await rows(rig.database, CALLS)
        assert (call.attempt, call.result, call.trunk) == (1, "answered", "second")


async def test_given_a_first_trunk_for_one_call_when_two_visitors_are_called_then_the_second_takes_the_other(
    client: httpx.AsyncClient, node: Node, clock: ManualClock, tmp_path: Path
) -> None:
    async with (
        Sipp("answer_echo", tmp_path / "a") as first,
        Sipp("answer_echo", tmp_path / "b") as second,
        node(sip(first.address, max_concurrent=1), sip(second.address)) as rig,
    ):
        await rig.dispatcher.stop()
        await visitors(client, clock, 2)
        rig.dispatcher.start()
        await rig.wait_for(DELIVERED, 2, seconds=60)
        calls = await rows(rig.database, CALLS)
        assert {call.trunk for call in calls} == {"sip", "second"}
        assert len(first.calls()) == len(second.calls()) == 1
