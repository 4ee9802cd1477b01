"""Cards over real ways: a push service that says nothing, an SMS centre that this project did not write, a logo."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from tests.support.callbacks.receiver import Receiver, status
from tests.support.dispatch.rig import ANSWERS, Rig, equip, rows
from tests.support.hall.builders import Hall, build_hall, queue_event
from tests.support.hall.plugin import client_of
from tests.support.messaging.card_rigs import NAME, REASON, SECRET
from tests.support.messaging.peer import account_for, foreign_smsc

from yunhu.domains.dispatch.public import CardPresenter, MessageEndings
from yunhu.foundation.clock import ManualClock, SystemClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.foundation.settings import Settings
from yunhu.messaging.cards.flash import FlashCards
from yunhu.messaging.cards.port import CardCarrier
from yunhu.messaging.cards.push import HttpPushCards
from yunhu.messaging.smpp import SmppClient

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
DELIVERED = "SELECT state FROM notifications WHERE purpose = 'your_turn'"
CARD = "SELECT state FROM call_cards"
CARRIER = "/api/v1/operator/card-carriers/yanta"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """With an address that phones can reach."""
    return Settings(data_dir=tmp_path, public_url="https://hall.example.cn")


class One:
    """Every way leads to one carrier."""

    def __init__(self) -> None:
        self.found: CardCarrier | None = None

    def carrier(self, _: UUID) -> CardCarrier | None:
        return self.found


@pytest.fixture
def ways() -> One:
    return One()


@pytest.fixture
async def rig(
    database: Database, vault: Vault, clock: ManualClock, hall: Hall, tmp_path: Path, ways: One
) -> Any:
    trunk_id = await equip(database, hall.tenant_id, clock.now())
    presenter = CardPresenter(database, clock, ways, "https://hall.example.cn")
    async with Rig(database, vault, clock, trunk_id, tmp_path, cards=presenter) as rig:
        yield rig


async def approved(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, carrier: dict[str, Any], **more: Any
) -> str:
    """A profile through both desks over HTTP, and the way that its cards take."""
    wanted = {"name": NAME, "reasons": {"your-turn": REASON}, **more}
    drafted = await client.post("/api/v1/card-profiles", json=wanted)
    assert drafted.status_code == 201, drafted.text
    profile_id = str(drafted.json()["id"])
    assert (await client.post(f"/api/v1/card-profiles/{profile_id}/submit")).status_code == 200
    review = {"approved": True, "valid_until": "2027-02-09T00:00:00+08:00"}
    answer = await operator_client.post(f"/api/v1/operator/card-profiles/{profile_id}/review", json=review)
    assert answer.json()["state"] == "approved", answer.text
    assert (await operator_client.put(CARRIER, json=carrier)).status_code == 200
    return profile_id


async def call(client: httpx.AsyncClient, rig: Rig) -> None:
    event = queue_event("e1", "called", rig.clock.now(), window="3", phone=ANSWERS)
    assert (await client.post("/api/v1/queue-events", json=event)).status_code == 202


async def dialled(rig: Rig) -> None:
    async with asyncio.timeout(20):
        while not rig.engine.dialled:
            await asyncio.sleep(0.005)


async def test_given_a_push_service_that_is_silent_when_a_call_is_due_then_its_invite_waits_no_longer_than_the_lead(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    rig: Rig,
    ways: One,
    clock: ManualClock,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YUNHU_SECRET_CARDS", SECRET)
    receiver, asked, over = Receiver(), asyncio.Event(), asyncio.Event()

    async def silent(_: asyncio.StreamWriter) -> None:
        asked.set()
        await over.wait()

    receiver.otherwise = silent
    await receiver.start()
    lead = timedelta(milliseconds=300)
    ways.found = HttpPushCards(SystemClock(), receiver.url, SECRET, lead)
    config = {"url": receiver.url, "secret": {"env": "YUNHU_SECRET_CARDS"}}
    await approved(client, operator_client, {"kind": "http_push", "config": config, "lead_ms": 300})
    await call(client, rig)
    await asyncio.wait_for(asked.wait(), 20)
    pushed_at = asyncio.get_running_loop().time()
    await dialled(rig)
    waited = asyncio.get_running_loop().time() - pushed_at
    # The push's own patience is 5 s; half a second is for a busy machine.
    assert waited < lead.total_seconds() + 0.5
    await rig.wait_for(DELIVERED, "delivered")
    await rig.wait_for(CARD, "failed")
    (quota,) = await rows(database, "SELECT held, used FROM quota_periods WHERE kind = 'call_card'")
    assert (quota.held, quota.used) == (0, 0)
    over.set()
    await ways.found.close()
    await receiver.stop()


async def test_given_a_push_service_and_no_lead_when_a_call_is_due_then_it_is_not_waited_for(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    rig: Rig,
    ways: One,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YUNHU_SECRET_CARDS", SECRET)
    receiver, answer = Receiver(), asyncio.Event()

    async def late(writer: asyncio.StreamWriter) -> None:
        await answer.wait()
        writer.write(b"HTTP/1.1 202 X\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    receiver.otherwise = late
    await receiver.start()
    ways.found = HttpPushCards(SystemClock(), receiver.url, SECRET, timedelta())
    config = {"url": receiver.url, "secret": {"env": "YUNHU_SECRET_CARDS"}}
    await approved(client, operator_client, {"kind": "http_push", "config": config, "lead_ms": 0})
    await call(client, rig)
    await dialled(rig)
    answer.set()
    await rig.wait_for(CARD, "accepted")
    await rig.wait_for(DELIVERED, "delivered")
    (order,) = receiver.verified(SECRET)
    assert (order["name"], order["reason"]) == (NAME, REASON)
    await ways.found.close()
    await receiver.stop()


@pytest.mark.peer("node-smpp")
async def test_given_an_sms_centre_when_a_call_leaves_then_its_flash_is_shown_receipted_and_metered_once(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    rig: Rig,
    ways: One,
    hall: Hall,
    clock: ManualClock,
    database: Database,
) -> None:
    account_id = new_id()
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO smsc_accounts (id, tenant_id, name, kind, config, enabled, created_at, updated_at) "
                "VALUES (:id, :tenant, 'flash', 'smpp', '{}', true, :now, :now)"
            ),
            {"id": account_id, "tenant": hall.tenant_id, "now": clock.now()},
        )
    endings = MessageEndings(database, clock)
    async with foreign_smsc() as smsc:
        account = SmppClient(account_for(smsc))
        await account.start()
        receipts = asyncio.create_task(endings.follow(account_id, account))
        endings.start()
        ways.found = FlashCards(lambda: account, "10690001", timedelta(milliseconds=200))
        await approved(client, operator_client, {"kind": "flash_sms", "lead_ms": 200})
        await call(client, rig)
        await rig.wait_for(DELIVERED, "delivered")
        await rig.wait_for(CARD, "delivered")
        (submit,) = smsc.all("submit")
        await account.stop(timedelta(0))
        await asyncio.wait_for(receipts, 20)
        await endings.stop()
    assert submit["text"] == f"【{NAME}】即将来电：{REASON}"
    assert submit["data_coding"] == 0x18, "class 0: shown at once, not kept"
    assert 0 < submit["valid_seconds"] <= 60
    (quota,) = await rows(database, "SELECT held, used FROM quota_periods WHERE kind = 'call_card'")
    assert (quota.held, quota.used) == (0, 1)
    (listed,) = (await client.get("/api/v1/call-cards")).json()["items"]
    assert (listed["state"], listed["detail"]) == ("delivered", "DELIVRD")


async def test_given_a_receipt_that_overtook_its_card_when_looked_for_then_the_card_has_it(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    rig: Rig,
    ways: One,
    hall: Hall,
    clock: ManualClock,
    database: Database,
) -> None:
    async with database.transaction() as session:
        await session.execute(
            text(
                "WITH account AS (INSERT INTO smsc_accounts (id, tenant_id, name, kind, config, enabled, created_at, "
                "updated_at) VALUES (:id, :tenant, 'flash', 'smpp', '{}', true, :now, :now) RETURNING id) "
                "INSERT INTO sms_orphan_receipts (account_id, smsc_message_id, state, raw_status, at) "
                "SELECT id, 'F1', 'undeliverable', 'UNDELIV', :now FROM account"
            ),
            {"id": new_id(), "tenant": hall.tenant_id, "now": clock.now()},
        )
    receiver = Receiver()
    await receiver.start()
    # A service that answers for the centre: what counts is the reference.
    receiver.otherwise = status(200, body=b'{"state": "accepted", "reference": "F1"}')
    ways.found = HttpPushCards(SystemClock(), receiver.url, SECRET, timedelta(milliseconds=200))
    await approved(client, operator_client, {"kind": "flash_sms", "lead_ms": 200})
    await call(client, rig)
    await rig.wait_for(CARD, "accepted")
    endings = MessageEndings(database, clock)
    endings.start()
    await rig.wait_for(CARD, "failed")
    await endings.stop()
    await rig.wait_for(DELIVERED, "delivered")
    await ways.found.close()
    await receiver.stop()


async def test_given_a_logo_when_the_card_is_approved_then_phones_find_it_by_the_jcard(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, app: Litestar
) -> None:
    uploaded = await client.post("/api/v1/documents?kind=logo", files={"file": ("logo.png", PNG)})
    logo_id = uploaded.json()["id"]
    drafted = await client.post("/api/v1/card-profiles", json={"name": NAME, "logo_document_id": logo_id})
    reviewed = await operator_client.get(f"/api/v1/operator/card-profiles/{drafted.json()['id']}/logo")
    assert (reviewed.content, reviewed.headers["content-type"]) == (PNG, "image/png")
    async with client_of(app, None) as phone:
        assert (await phone.get(f"/cards/{drafted.json()['id']}/logo")).status_code == 404, "not approved"
        profile_id = await approved(client, operator_client, {"kind": "sandbox"}, logo_document_id=logo_id)
        card = await phone.get(f"/cards/{profile_id}")
        (address,) = (entry[3] for entry in card.json()[1] if entry[0] == "logo")
        assert address == f"https://hall.example.cn/cards/{profile_id}/logo"
        logo = await phone.get(address.removeprefix("https://hall.example.cn"))
    assert (logo.content, logo.headers["content-type"]) == (PNG, "image/png")


async def test_given_a_logo_that_is_no_small_picture_or_not_ones_own_when_drafted_then_it_is_refused(
    client: httpx.AsyncClient, app: Litestar, database: Database, vault: Vault, clock: ManualClock
) -> None:
    async def draft(name: str, content: bytes, asker: httpx.AsyncClient) -> tuple[int, str]:
        uploaded = await client.post("/api/v1/documents?kind=logo", files={"file": (name, content)})
        wanted = {"name": NAME, "logo_document_id": uploaded.json()["id"]}
        answer = await asker.post("/api/v1/card-profiles", json=wanted)
        return answer.status_code, answer.json()["id"]

    assert await draft("logo.pdf", b"%PDF-1.7\n", client) == (422, "call_cards.profile_invalid")
    assert await draft("logo.png", PNG * 300, client) == (422, "call_cards.profile_invalid")
    other = await build_hall(database, vault, clock.now(), slug="other")
    async with client_of(app, other.token) as stranger:
        assert await draft("logo.png", PNG, stranger) == (404, "documents.not_found")
