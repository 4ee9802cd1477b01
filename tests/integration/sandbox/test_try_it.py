"""Trying out: an imagined visitor from the number taken to the call that was heard."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.support.dispatch.rig import Rig, equip, rows, until
from tests.support.hall.builders import TURN_TEXT, Hall, build_hall
from tests.support.hall.plugin import client_of

from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.settings import Settings

VISITS = "/api/v1/sandbox/visits"


@pytest.fixture
async def rig(
    database: Database, vault: Vault, clock: ManualClock, hall: Hall, settings: Settings
) -> AsyncIterator[Rig]:
    """The node and the API share the sandbox's directory."""
    trunk_id = await equip(database, hall.tenant_id, clock.now())
    async with Rig(database, vault, clock, trunk_id, settings.sandbox_dir) as rig:
        yield rig


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> Any:
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_given_the_sandbox_when_a_visitor_is_played_through_then_the_call_can_be_heard(
    client: httpx.AsyncClient, rig: Rig, settings: Settings, database: Database
) -> None:
    visit = await post(client, VISITS, matter="社保登记")
    assert visit["answer"]["not_created"][0]["reason"] == "threshold_not_reached"
    steps = f"{VISITS}/{visit['journey_id']}/steps"
    near = await post(client, steps, event="progress", ahead=2)
    assert [one["channel"] for one in near["answer"]["created"]] == ["sms"]
    turn = await post(client, steps, event="called", window="3")
    assert [one["channel"] for one in turn["answer"]["created"]] == ["voice"]
    rig.dispatcher.wake()

    async def phone() -> Any:
        return (await client.get(f"{VISITS}/{visit['journey_id']}")).json()

    async def heard() -> bool:
        calls = (await phone())["calls"]
        return bool(calls) and calls[0]["heard"] is not None

    await until(heard, True)
    shown = await phone()
    assert shown["phone"] == "138****8000"
    (call,) = shown["calls"]
    assert call["text"] == TURN_TEXT.replace("{window}", "3")
    path = settings.sandbox_dir / "heard" / f"{call['id']}.wav"
    await until_file(path)
    sound = await client.get(call["heard"])
    assert sound.status_code == 200
    assert sound.headers["content-type"] == "audio/wav"
    assert sound.content == path.read_bytes()
    part = await client.get(call["heard"], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")
    done = await post(client, steps, event="served")
    assert done["answer"]["status"] == "accepted"
    audited = await rows(database, "SELECT count(*) AS n FROM audit_entries WHERE action = 'sandbox.event'")
    assert audited[0].n == 4


async def until_file(path: Path) -> None:
    async def there() -> bool:
        return path.exists()

    await until(there, True)


async def test_given_a_message_when_the_phone_is_looked_at_then_its_text_is_shown(
    client: httpx.AsyncClient, hall: Hall, rig: Rig, database: Database
) -> None:
    visit = await post(client, VISITS, ahead=1, queue_number="A009")
    notification_id = visit["answer"]["created"][0]["id"]
    async with database.transaction() as session:
        await session.execute(
            text(
                """
                WITH account AS (
                    INSERT INTO smsc_accounts (id, tenant_id, name, kind, config, enabled, created_at, updated_at)
                    VALUES (gen_random_uuid(), :tenant, 'box', 'sandbox', '{"source": "10690000"}', true, now(), now())
                    RETURNING id)
                INSERT INTO sms_messages (id, tenant_id, notification_id, attempt, account_id, node_id, callee_cipher,
                    callee_index, script_version_id, text, verdict, state, created_at, receipt_deadline, final_at)
                SELECT gen_random_uuid(), :tenant, n.id, 1, account.id, (SELECT id FROM nodes LIMIT 1), n.callee_cipher,
                    n.callee_index, n.script_version_id, 'the text', '{}', 'delivered', now(), now(), now()
                FROM notifications AS n, account WHERE n.id = :id
                """
            ),
            {"tenant": hall.tenant_id, "id": UUID(notification_id)},
        )
    shown = (await client.get(f"{VISITS}/{visit['journey_id']}")).json()
    (message,) = shown["messages"]
    assert (message["sender"], message["text"], message["state"]) == ("10690000", "the text", "delivered")


async def test_given_a_real_trunk_when_tried_then_refused_and_nothing_is_created(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    visit = await post(client, VISITS)
    async with database.transaction() as session:
        await session.execute(text("UPDATE trunks SET kind = 'sip', config = '{\"host\": \"192.0.2.1\"}'"))
    for path, body in ((VISITS, {}), (f"{VISITS}/{visit['journey_id']}/steps", {"event": "called"})):
        answer = await client.post(path, json=body)
        assert (answer.status_code, answer.json()["id"]) == (409, "sandbox.real_equipment")
    assert len(await rows(database, "SELECT 1 FROM queue_events")) == 1


async def test_given_a_hall_without_equipment_when_tried_then_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(VISITS, json={})
    assert answer.json()["id"] == "sandbox.real_equipment"


async def test_given_another_tenant_when_it_looks_then_nothing_is_there(
    client: httpx.AsyncClient, rig: Rig, database: Database, vault: Vault, clock: ManualClock, app: Any
) -> None:
    visit = await post(client, VISITS)
    other = await build_hall(database, vault, clock.now(), slug="beilin")
    async with client_of(app, other.token) as stranger:
        assert (await stranger.get(f"{VISITS}/{visit['journey_id']}")).status_code == 404
        answer = await stranger.get(f"/api/v1/sandbox/calls/{visit['journey_id']}/heard")
        assert answer.json()["id"] == "sandbox.nothing_heard"
