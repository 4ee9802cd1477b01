"""Trunks and SMSC accounts over HTTP: secrets go in and never come out; tests really test."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.support.dispatch.rig import rows
from tests.support.hall.builders import Hall
from tests.support.hall.equipment import probing_node
from tests.support.messaging.peer import foreign_smsc
from tests.support.sip.udp_peer import UdpPeer

from yunhu.domains.sms.models import SmscAccount
from yunhu.entrypoints.account_board import smpp_account
from yunhu.entrypoints.trunk_board import TrunkRow, sip_trunk
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.settings import Settings
from yunhu.telephony.sip.message import Request
from yunhu.telephony.sip.parser import parse_message

TRUNKS = "/api/v1/operator/trunks"
ACCOUNTS = "/api/v1/operator/smsc-accounts"


class Carrier(UdpPeer):
    """Answers each method by its status; those it does not know not at all."""

    def __init__(self, **by_method: int) -> None:
        super().__init__()
        self.by_method = by_method

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        request = parse_message(data)
        assert isinstance(request, Request)
        self.received.append(request)
        if request.method in self.by_method:
            self.respond(request, self.by_method[request.method], addr)


def sip(**changes: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": 5999, "auth_user": "+8629@x.cn", "domain": "x.cn", **changes}


async def send(client: httpx.AsyncClient, method: str, path: str, status: int, body: Any = None) -> Any:
    answer = await client.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    assert "s3cret" not in answer.text
    return answer.json()


@pytest.fixture
async def worker(
    settings: Settings, database: Database, vault: Vault, clock: ManualClock
) -> AsyncIterator[None]:
    """What a node does with tests."""
    local = Settings(data_dir=settings.data_dir, sip_bind="127.0.0.1", node_name="node-1")
    async with probing_node(local, database, vault, clock):
        yield


async def test_given_a_password_when_a_trunk_is_added_then_it_is_sealed_and_a_node_can_open_it(
    operator_client: httpx.AsyncClient, database: Database, vault: Vault
) -> None:
    made = await send(
        operator_client,
        "POST",
        TRUNKS,
        201,
        {"name": "telecom", "settings": sip(register=True), "password": "s3cret"},
    )
    assert (made["secret"], made["settings"]["auth_user"]) == ("stored", "+8629@x.cn")
    (row,) = await rows(database, "SELECT * FROM trunks")
    assert "s3cret" not in str(row.config)
    config = sip_trunk(TrunkRow(row.id, row.name, row.kind, row.config, frozenset()), vault)
    assert config.credentials is not None
    assert config.credentials.secret == "s3cret"
    changed = await send(
        operator_client,
        "PUT",
        f"{TRUNKS}/{made['id']}",
        200,
        {"name": "telecom", "settings": sip(register=True, max_concurrent=7)},
    )
    assert (changed["secret"], changed["settings"]["max_concurrent"]) == ("stored", 7)
    entries = await rows(database, "SELECT action, changes, tenant_id FROM audit_entries ORDER BY sequence")
    assert [entry.action for entry in entries] == ["trunk.create", "trunk.change"]
    assert "s3cret" not in str([entry.changes for entry in entries])
    assert [one["name"] for one in entries[1].changes] == ["max_concurrent"]
    assert [one["name"] for one in (await send(operator_client, "GET", TRUNKS, 200))["items"]] == ["telecom"]


async def test_given_settings_that_contradict_themselves_when_saved_then_the_place_is_named(
    operator_client: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    bodies: list[tuple[dict[str, Any], int, str]] = [
        ({"name": "a", "settings": sip()}, 422, "equipment.invalid"),
        ({"name": "a", "settings": None}, 422, "equipment.invalid"),
        ({"name": "a", "settings": sip(from_uri="sip:{who}@x"), "password": "p"}, 422, "equipment.invalid"),
        ({"name": "a", "settings": sip(secret={"sealed": "AAAA"})}, 422, "equipment.invalid"),
        (
            {"name": "a", "settings": sip(secret={"env": "YUNHU_SECRET_X"}), "password": "p"},
            422,
            "equipment.invalid",
        ),
    ]
    for body, status, error in bodies:
        assert (await send(operator_client, "POST", TRUNKS, status, body))["id"] == error
    await send(operator_client, "POST", TRUNKS, 201, {"name": "box", "kind": "sandbox"})
    twice = await send(operator_client, "POST", TRUNKS, 409, {"name": "box", "kind": "sandbox"})
    assert twice["id"] == "equipment.name_taken"
    assert (await client.get(TRUNKS)).status_code == 403


async def test_given_an_account_when_saved_then_one_a_tenant_and_its_password_is_sealed(
    operator_client: httpx.AsyncClient, hall: Hall, database: Database, vault: Vault
) -> None:
    settings = {"source": "10690001", "host": "127.0.0.1", "system_id": "yunhu"}
    body = {"tenant": "yanta", "name": "hall-sms", "settings": settings, "password": "s3cret"}
    made = await send(operator_client, "POST", ACCOUNTS, 201, body)
    assert (made["tenant"], made["secret"]) == ("yanta", "stored")
    async with database.transaction() as session:
        row = await session.get_one(SmscAccount, made["id"])
    assert smpp_account(row.name, row.config, vault).password == "s3cret"
    assert (await send(operator_client, "POST", ACCOUNTS, 409, body))["id"] == "equipment.tenant_has_account"
    sandbox = {"tenant": "yanta", "name": "hall-sms", "kind": "sandbox"}
    path = f"{ACCOUNTS}/{made['id']}"
    assert (await send(operator_client, "PUT", path, 409, sandbox))["id"] == "equipment.kind_fixed"
    long = {**body, "password": "longer-than-8"}
    assert (await send(operator_client, "PUT", path, 422, long))["details"]["errors"][0][
        "pointer"
    ] == "/password"
    off = await send(operator_client, "PUT", path, 200, {**body, "enabled": False, "password": None})
    assert (off["enabled"], off["secret"]) == (False, "stored")


async def test_given_a_live_carrier_when_its_trunk_is_tested_then_options_and_register_are_answered(
    operator_client: httpx.AsyncClient, worker: None
) -> None:
    carrier = Carrier(OPTIONS=200, REGISTER=403)
    port = await carrier.start()
    try:
        body = {"name": "telecom", "settings": sip(port=port, register=True), "password": "s3cret"}
        made = await send(operator_client, "POST", TRUNKS, 201, body)
        told = await send(operator_client, "POST", f"{TRUNKS}/{made['id']}/test", 200)
    finally:
        carrier.stop()
    assert carrier.methods() == ["OPTIONS", "REGISTER"]
    assert carrier.received[1].headers.first("contact") is None
    assert (told["state"], told["node"], told["ok"]) == ("done", "node-1", False)
    assert [(step["step"], step["ok"], step["code"]) for step in told["steps"]] == [
        ("connect", True, None),
        ("options", True, 200),
        ("register", False, 403),
    ]
    assert 0 < told["steps"][1]["milliseconds"] < 5000
    again = await send(operator_client, "GET", f"/api/v1/operator/equipment-tests/{told['id']}", 200)
    assert again == told


async def test_given_nobody_at_the_other_end_when_tested_then_no_answer_is_told(
    operator_client: httpx.AsyncClient, worker: None
) -> None:
    silent = Carrier()
    port = await silent.start()
    try:
        body = {"name": "dead", "settings": {"host": "127.0.0.1", "port": port}}
        made = await send(operator_client, "POST", TRUNKS, 201, body)
        told = await send(operator_client, "POST", f"{TRUNKS}/{made['id']}/test", 200)
    finally:
        silent.stop()
    assert (told["ok"], told["steps"][-1]["step"], told["steps"][-1]["detail"]) == (
        False,
        "options",
        "no answer",
    )


@pytest.mark.peer("node-smpp")
async def test_given_a_foreign_smsc_when_its_account_is_tested_then_bind_enquire_unbind(
    operator_client: httpx.AsyncClient, hall: Hall, worker: None
) -> None:
    async with foreign_smsc() as smsc:
        settings = {"source": "10690001", "host": "127.0.0.1", "port": smsc.port, "system_id": "yunhu"}
        body = {"tenant": "yanta", "name": "hall-sms", "settings": settings, "password": "secret"}
        made = (await operator_client.post(ACCOUNTS, json=body)).json()
        told = (await operator_client.post(f"{ACCOUNTS}/{made['id']}/test")).json()
        assert [(step["step"], step["ok"], step["code"]) for step in told["steps"]] == [
            ("connect", True, None),
            ("bind", True, 0),
            ("enquire_link", True, 0),
            ("unbind", True, 0),
        ]
        await operator_client.put(f"{ACCOUNTS}/{made['id']}", json={**body, "password": "wrong"})
        told = (await operator_client.post(f"{ACCOUNTS}/{made['id']}/test")).json()
    assert told["ok"] is False
    assert told["steps"][-1]["step"] == "bind"
    assert told["steps"][-1]["code"]


async def test_given_no_node_when_tested_then_the_test_waits(
    operator_client: httpx.AsyncClient, monkeypatch: Any
) -> None:
    monkeypatch.setattr("yunhu.domains.equipment.probing.WAIT_SECONDS", 0.1)
    made = await send(operator_client, "POST", TRUNKS, 201, {"name": "box", "kind": "sandbox"})
    told = await send(operator_client, "POST", f"{TRUNKS}/{made['id']}/test", 200)
    assert (told["state"], told["ok"]) == ("queued", None)
    await asyncio.sleep(0)
    missing = await operator_client.post(f"{TRUNKS}/{told['id']}/test")
    assert missing.json()["id"] == "equipment.trunk_not_found"
