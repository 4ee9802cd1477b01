"""Calls over HTTP."""

from pathlib import Path
from uuid import uuid4

import httpx
from tests.support.dispatch.rig import ANSWERS, Rig, equip
from tests.support.hall.builders import Hall, queue_event

from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database


async def test_given_a_call_when_listed_and_shown_then_it_is_masked_and_explains_itself(
    client: httpx.AsyncClient,
    hall: Hall,
    database: Database,
    vault: Vault,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    trunk_id = await equip(database, hall.tenant_id, clock.now())
    async with Rig(database, vault, clock, trunk_id, tmp_path) as rig:
        body = queue_event("e1", "called", clock.now(), window="3", phone=ANSWERS)
        await client.post("/api/v1/queue-events", json=body)
        rig.dispatcher.wake()
        await rig.wait_for("SELECT count(*) FROM calls WHERE state = 'answered'", 1)
    (item,) = (await client.get("/api/v1/calls", params={"result": "answered"})).json()["items"]
    assert item["callee"] == "138****0000"
    assert ANSWERS not in str(item)
    detail = (await client.get(f"/api/v1/calls/{item['id']}")).json()
    assert {finding["rule"] for finding in detail["verdict"]["findings"]} >= {
        "daily_cap",
        "robot_free",
        "deadline",
    }
    assert detail["text"] == "尊敬的用户，请您到“3”号窗口办理业务，谢谢"
    assert (await client.get("/api/v1/calls", params={"result": "busy"})).json()["items"] == []


async def test_given_an_unknown_id_when_shown_then_404_in_both_languages(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/api/v1/calls/{uuid4()}")
    assert answer.status_code == 404
    assert answer.json()["id"] == "calls.not_found"
    assert answer.json()["title_zh"] == "通话不存在"
