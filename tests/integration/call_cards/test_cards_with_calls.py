"""A card goes out with its call, is written down, and never holds the call back."""

import asyncio
import base64
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook
from tests.support.dispatch.rig import ANSWERS, Rig, equip, rows
from tests.support.hall.builders import Hall, queue_event

from yunhu.domains.call_cards.models import CarrierKind
from yunhu.domains.call_cards.service import (
    Review,
    draft_profile,
    give_up_unanswered,
    note_state,
    review_profile,
    set_carrier,
    submit_profile,
)
from yunhu.domains.dispatch.public import CardPresenter
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.messaging.cards.port import Card, CardCarrier, CardState, Pushed
from yunhu.messaging.cards.rich_call_data import RichCallData
from yunhu.messaging.cards.simulator import SimulatedCards

STATES = "SELECT state FROM notifications WHERE purpose = 'your_turn'"
CARDS = "SELECT id, call_id, name, reason, state FROM call_cards"
TENANT, OPERATOR = Actor(ActorKind.USER, "hall"), Actor(ActorKind.USER, "operator")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"


class Slow:
    """A carrier that never answers."""

    lead = timedelta(milliseconds=200)
    with_invite = False

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    async def push(self, card: Card) -> Pushed:
        self.begun.set()
        await asyncio.Event().wait()
        raise AssertionError("it never answers")

    async def close(self) -> None: ...


class One:
    """Every way leads to one carrier."""

    def __init__(self) -> None:
        self.found: CardCarrier | None = None

    def carrier(self, _: UUID) -> CardCarrier | None:
        return self.found


@pytest.fixture
def carriers() -> One:
    return One()


@pytest.fixture
async def rig(
    database: Database, vault: Vault, clock: ManualClock, hall: Hall, tmp_path: Path, carriers: One
) -> Any:
    trunk_id = await equip(database, hall.tenant_id, clock.now())
    presenter = CardPresenter(database, clock, carriers, "https://hall.example.cn")
    async with Rig(database, vault, clock, trunk_id, tmp_path, cards=presenter) as rig:
        yield rig


async def approve(
    database: Database, hall: Hall, clock: ManualClock, kind: CarrierKind, **config: Any
) -> UUID:
    async with database.transaction() as session:
        profile = await draft_profile(
            session, hall.tenant_id, "雁塔区政务服务大厅", {"your-turn": "叫号通知"}, None, clock.now()
        )
        await submit_profile(session, profile, TENANT)
        await review_profile(session, profile, Review(approved=True), OPERATOR, clock.now())
        await set_carrier(session, hall.tenant_id, kind, config, timedelta(milliseconds=200), enabled=True)
    return profile.id


async def metered(database: Database) -> tuple[int, int]:
    """Held and used of the contract's call cards (row B5)."""
    (quota,) = await rows(database, "SELECT held, used FROM quota_periods WHERE kind = 'call_card'")
    return quota.held, quota.used


async def call(client: httpx.AsyncClient, rig: Rig, *, name: str = "e1") -> None:
    event = queue_event(name, "called", rig.clock.now(), window="3", phone=ANSWERS)
    answer = await client.post("/api/v1/queue-events", json=event)
    assert answer.status_code == 202, answer.text


async def test_given_an_approved_profile_when_a_call_leaves_then_the_phone_showed_its_card_first(
    client: httpx.AsyncClient,
    rig: Rig,
    database: Database,
    hall: Hall,
    clock: ManualClock,
    carriers: One,
    tmp_path: Path,
) -> None:
    carriers.found = SimulatedCards(tmp_path, timedelta(milliseconds=200))
    await approve(database, hall, clock, CarrierKind.SANDBOX)
    await call(client, rig)
    await rig.wait_for(STATES, "delivered")
    (card,) = await rows(database, CARDS)
    (placed,) = await rows(database, "SELECT id, verdict FROM calls")
    assert (card.call_id, card.name, card.reason) == (placed.id, "雁塔区政务服务大厅", "叫号通知")
    assert card.state == "displayed"
    assert [
        found["saw"]["shown"] for found in placed.verdict["findings"] if found["rule"] == "call_card"
    ] == [True]
    assert len(list((tmp_path / "cards").iterdir())) == 1
    assert await metered(database) == (0, 1)


async def test_given_rich_call_data_when_a_call_leaves_then_its_invite_carries_the_card(
    client: httpx.AsyncClient, rig: Rig, database: Database, hall: Hall, clock: ManualClock, carriers: One
) -> None:
    carriers.found = RichCallData(clock)
    profile_id = await approve(database, hall, clock, CarrierKind.RICH_CALL_DATA)
    await call(client, rig)
    await rig.wait_for(STATES, "delivered")
    (request,) = rig.engine.dialled
    url = f"https://hall.example.cn/cards/{profile_id}"
    served = await client.get(f"/cards/{profile_id}", headers={"Authorization": ""})
    digest = base64.b64encode(hashlib.sha256(served.content).digest()).decode()
    ((name, value),) = request.headers
    assert name == "Call-Info"
    assert value == f'<{url}>;purpose=jcard;integrity="sha256-{digest}";call-reason="叫号通知"'
    assert served.headers["content-type"].startswith("application/vcard+json")
    assert served.json()[0] == "vcard"
    await rig.wait_for("SELECT state FROM call_cards", "delivered")
    assert await metered(database) == (0, 1)


async def test_given_a_service_that_never_answers_when_a_call_is_due_then_it_leaves_when_the_lead_is_over(
    client: httpx.AsyncClient, rig: Rig, database: Database, hall: Hall, clock: ManualClock, carriers: One
) -> None:
    carriers.found = Slow()
    await approve(database, hall, clock, CarrierKind.SANDBOX)
    await call(client, rig)
    await rig.wait_for(STATES, "delivered")
    (card,) = await rows(database, CARDS)
    assert card.state == "requested"
    clock.advance(timedelta(minutes=11))
    async with database.transaction() as session:
        await give_up_unanswered(session, clock.now())
    assert [row.state for row in await rows(database, CARDS)] == ["failed"]
    assert await metered(database) == (0, 0), "what failed is given back"


async def test_given_a_card_on_its_way_when_the_visitor_is_served_then_no_invite_leaves(
    client: httpx.AsyncClient, rig: Rig, database: Database, hall: Hall, clock: ManualClock, carriers: One
) -> None:
    slow = Slow()
    slow.lead = timedelta(seconds=3)
    carriers.found = slow
    await approve(database, hall, clock, CarrierKind.SANDBOX)
    await call(client, rig)
    await asyncio.wait_for(slow.begun.wait(), 10)
    served = queue_event("e2", "served", clock.now(), seconds=1)
    clock.advance(timedelta(seconds=2))
    assert (await client.post("/api/v1/queue-events", json=served)).status_code == 202
    await rig.wait_for(STATES, "superseded")
    assert rig.engine.dialled == []
    (placed,) = await rows(database, "SELECT result, reason FROM calls")
    assert (placed.result, placed.reason) == ("cancelled", "superseded")


async def test_given_no_way_when_a_call_leaves_then_it_shows_no_card(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    await call(client, rig)
    await rig.wait_for(STATES, "delivered")
    assert await rows(database, CARDS) == []


async def test_given_a_pushed_card_when_the_service_reports_then_only_signed_news_count_and_once(
    client: httpx.AsyncClient,
    rig: Rig,
    database: Database,
    hall: Hall,
    clock: ManualClock,
    carriers: One,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YUNHU_SECRET_CARDS", SECRET)
    secret = {"env": "YUNHU_SECRET_CARDS"}
    await approve(
        database, hall, clock, CarrierKind.HTTP_PUSH, url="https://cards.example.cn/", secret=secret
    )
    carriers.found = slow = Slow()
    await call(client, rig)
    await asyncio.wait_for(slow.begun.wait(), 10)
    (card,) = await rows(database, CARDS)
    async with database.transaction() as session:
        await note_state(session, card.id, Pushed(state=CardState.ACCEPTED), clock.now())
    body = f'{{"id": "{card.id}", "state": "displayed"}}'
    now = datetime.now(UTC)
    signature = Webhook(SECRET).sign("m1", now, body)
    headers = {
        "webhook-id": "m1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
        "Authorization": "",
    }
    forged = {**headers, "webhook-signature": "v1,AAAA"}
    assert (await client.post("/card-receipts", content=body, headers=forged)).status_code == 401
    first = await client.post("/card-receipts", content=body, headers=headers)
    again = await client.post("/card-receipts", content=body, headers=headers)
    assert (first.json(), again.json()) == ({"changed": True}, {"changed": False})
    assert [row.state for row in await rows(database, CARDS)] == ["displayed"]
    async with database.transaction() as session:
        told = await session.execute(
            text("SELECT type FROM outbox WHERE type LIKE 'call_card.%' ORDER BY id")
        )
    assert told.scalars().all() == ["call_card.accepted", "call_card.displayed"]
