"""The test button of the ways of cards: each way is really tried, and no phone gets a card."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.integration.call_cards.test_cards_with_calls import approve
from tests.support.callbacks.receiver import Receiver, status
from tests.support.dispatch.rig import rows
from tests.support.hall.builders import Hall
from tests.support.hall.equipment import probing_node
from tests.support.messaging.card_rigs import SECRET
from tests.support.messaging.passport import certificate_of, signing_key
from tests.support.messaging.peer import foreign_smsc

from yunhu.domains.call_cards.models import CarrierKind
from yunhu.domains.call_cards.served import served_card
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.settings import Settings

WAY = "/api/v1/operator/card-carriers/yanta"
PUSH_SECRET, KEY_SECRET = {"env": "YUNHU_SECRET_CARDS"}, {"env": "YUNHU_SECRET_CARD_KEY"}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    server = Receiver()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def local(settings: Settings, receiver: Receiver) -> Settings:
    """A node whose public address is the receiver's."""
    return Settings(data_dir=settings.data_dir, node_name="node-1", public_url=receiver.url)


@pytest.fixture
async def node(local: Settings, database: Database, vault: Vault, clock: ManualClock) -> AsyncIterator[None]:
    async with probing_node(local, database, vault, clock):
        yield


async def tried(client: httpx.AsyncClient, kind: str, config: dict[str, Any] | None = None) -> Any:
    """Set the way of the hall, and test it."""
    answer = await client.put(WAY, json={"kind": kind, "config": config or {}})
    assert answer.status_code == 200, answer.text
    answer = await client.post(f"{WAY}/test")
    assert answer.status_code == 200, answer.text
    assert SECRET not in answer.text
    told = answer.json()
    assert (told["state"], told["node"]) == ("done", "node-1")
    return told


def steps(told: Any) -> list[tuple[str, bool, int | None]]:
    return [(step["step"], step["ok"], step["code"]) for step in told["steps"]]


async def test_given_the_sandboxs_way_when_tested_then_its_directory_is_tried_and_no_card_is_left_there(
    operator_client: httpx.AsyncClient, hall: Hall, node: None, local: Settings
) -> None:
    told = await tried(operator_client, "sandbox")
    assert (told["ok"], steps(told)) == (True, [("sandbox", True, None)])
    assert list((local.sandbox_dir / "cards").iterdir()) == []
    again = (await operator_client.get(f"{WAY}/tests/{told['id']}")).json()
    assert again == told


async def test_given_a_push_service_when_tested_then_it_gets_a_signed_order_that_names_no_phone(
    operator_client: httpx.AsyncClient,
    hall: Hall,
    node: None,
    receiver: Receiver,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    database: Database,
) -> None:
    monkeypatch.setenv("YUNHU_SECRET_CARDS", SECRET)
    config = {"url": receiver.url, "secret": PUSH_SECRET}
    told = await tried(operator_client, "http_push", config)
    assert (told["ok"], steps(told)) == (True, [("connect", True, None), ("test_order", True, 204)])
    [(headers, body)] = receiver.requests
    assert headers["webhook-id"].startswith("test-")
    assert body.decode() == f'{{"id":"{headers["webhook-id"]}","test":true}}'
    for code, ok in ((401, False), (422, True), (404, False), (500, False), (302, False)):
        receiver.replies = [status(code)]
        told = await tried(operator_client, "http_push", config)
        assert (code, told["ok"]) == (code, ok)
    assert await rows(database, "SELECT 1 FROM call_cards") == []
    await receiver.stop()
    told = await tried(operator_client, "http_push", config)
    assert (told["ok"], steps(told)) == (False, [("connect", False, None)])
    monkeypatch.delenv("YUNHU_SECRET_CARDS")
    told = await tried(operator_client, "http_push", config)
    assert steps(told) == [("settings", False, None)]
    assert "YUNHU_SECRET_CARDS" in told["steps"][0]["detail"]


async def test_given_rich_call_data_when_tested_then_what_phones_and_networks_fetch_is_fetched_and_compared(
    operator_client: httpx.AsyncClient,
    hall: Hall,
    node: None,
    receiver: Receiver,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    database: Database,
) -> None:
    await approve(database, hall, clock, CarrierKind.RICH_CALL_DATA)
    _, pem = signing_key()
    monkeypatch.setenv("YUNHU_SECRET_CARD_KEY", pem)
    config = {"identity_key": KEY_SECRET, "certificate_url": f"{receiver.url}/card.pem"}
    card, own = (
        status(200, body=served_card("雁塔区政务服务大厅")),
        status(200, body=certificate_of(pem, clock.now())),
    )
    good = [("served_card", True, 200), ("certificate", True, 200), ("passport", True, None)]
    receiver.replies = [card, own]
    told = await tried(operator_client, "rich_call_data", config)
    assert (told["ok"], steps(told)) == (True, good)
    _, other = signing_key()
    for replies, step, why in (
        ([status(200, body=b"[]"), own], 0, "not the approved card"),
        ([card, status(404)], 1, "HTTP 404"),
        ([card, status(200, body=b"no certificate")], 1, "no certificate"),
        ([card, status(200, body=certificate_of(pem, clock.now(), days=0))], 1, "holds from"),
        ([card, status(200, body=certificate_of(other, clock.now()))], 2, "another key"),
    ):
        receiver.replies = list(replies)
        told = await tried(operator_client, "rich_call_data", config)
        assert (told["ok"], told["steps"][step]["ok"]) == (False, False)
        assert why in told["steps"][step]["detail"]
    monkeypatch.setenv("YUNHU_SECRET_CARD_KEY", "no key")
    assert steps(await tried(operator_client, "rich_call_data", config)) == [("settings", False, None)]
    receiver.replies = [card]
    assert steps(await tried(operator_client, "rich_call_data")) == good[:1]


@pytest.mark.peer("node-smpp")
async def test_given_flash_sms_when_tested_then_the_tenants_account_binds_and_no_text_leaves(
    operator_client: httpx.AsyncClient, hall: Hall, node: None
) -> None:
    told = await tried(operator_client, "flash_sms")
    assert steps(told) == [("settings", False, None)]
    async with foreign_smsc() as smsc:
        settings = {"source": "10690001", "host": "127.0.0.1", "port": smsc.port, "system_id": "yunhu"}
        body = {"tenant": "yanta", "name": "hall-sms", "settings": settings, "password": "secret"}
        made = await operator_client.post("/api/v1/operator/smsc-accounts", json=body)
        assert made.status_code == 201, made.text
        told = await tried(operator_client, "flash_sms")
        await smsc.tell("sync")
        assert smsc.all("submit") == []
    names = [step["step"] for step in told["steps"]]
    assert (told["ok"], names) == (True, ["connect", "bind", "enquire_link", "unbind"])


async def test_given_no_way_or_no_permission_when_a_test_is_asked_for_then_refused(
    operator_client: httpx.AsyncClient, client: httpx.AsyncClient, hall: Hall, node: None, tmp_path: Path
) -> None:
    assert (await client.post(f"{WAY}/test")).status_code == 403
    answer = await operator_client.post(f"{WAY}/test")
    assert (answer.status_code, answer.json()["id"]) == (404, "call_cards.tenant_unknown")
    told = await tried(operator_client, "sandbox")
    trunk = (
        await operator_client.post("/api/v1/operator/trunks", json={"name": "box", "kind": "sandbox"})
    ).json()
    of_trunk = (await operator_client.post(f"/api/v1/operator/trunks/{trunk['id']}/test")).json()
    for path in (f"{WAY}/tests/{of_trunk['id']}", f"/api/v1/operator/equipment-tests/{told['id']}"):
        answer = await operator_client.get(path)
        assert (answer.status_code, answer.json()["id"]) == (404, "equipment.test_not_found")
