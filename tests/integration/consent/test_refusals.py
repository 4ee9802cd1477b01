from uuid import uuid4

import httpx
from sqlalchemy import text
from tests.support.hall.builders import Hall

from yunhu.domains.consent.public import RefusalSource, refuse, standing_refusals
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.phone import Phone

PHONE = "13812345678"


async def test_given_a_refusal_when_said_twice_then_one_stands_and_one_event_is_published(
    client: httpx.AsyncClient, database: Database
) -> None:
    first = await client.post("/api/v1/refusals", json={"phone": PHONE})
    assert first.status_code == 201, first.text
    again = await client.post("/api/v1/refusals", json={"phone": "+86 138 1234 5678"})
    assert first.json() == again.json()
    assert first.json()["phone"] == "138****5678"
    assert first.json()["source"] == "api"
    async with database.transaction() as session:
        rows = (
            await session.execute(text("SELECT payload::text FROM outbox WHERE type = 'callee.refused'"))
        ).all()
    assert len(rows) == 1
    assert PHONE not in rows[0][0]


async def test_given_a_refusal_when_lifted_then_it_no_longer_stands_and_can_be_said_anew(
    client: httpx.AsyncClient,
) -> None:
    made = (await client.post("/api/v1/refusals", json={"phone": PHONE})).json()
    lifted = await client.post(f"/api/v1/refusals/{made['id']}/lift")
    assert lifted.json()["lifted_at"] is not None
    anew = (await client.post("/api/v1/refusals", json={"phone": PHONE})).json()
    assert anew["id"] != made["id"]
    listed = (await client.get("/api/v1/refusals", params={"phone": PHONE})).json()["items"]
    assert {item["id"] for item in listed} == {made["id"], anew["id"]}
    assert (await client.post(f"/api/v1/refusals/{uuid4()}/lift")).status_code == 404
    assert (await client.post("/api/v1/refusals", json={"phone": "abc"})).json()[
        "id"
    ] == "consent.phone_invalid"


async def test_given_an_open_notification_when_its_callee_refuses_then_it_ends_at_once(
    client: httpx.AsyncClient, database: Database, vault: Vault, hall: Hall, clock: ManualClock
) -> None:
    insert = text(
        """
        INSERT INTO notifications (id, tenant_id, purpose, channel, script_version_id, parameters, callee_cipher,
            callee_index, plan, priority, deadline, due_at, state, created_at)
        SELECT :id, tenant_id, 'notice', 'voice', id, '{}', :cipher, :index, '{}', 5, :now, :now, 'pending', :now
        FROM script_versions WHERE tenant_id = :tenant_id LIMIT 1
        """
    )
    phone, notification_id = Phone.parse(PHONE), uuid4()
    sealed = vault.seal_phone(phone)
    async with database.transaction() as session:
        values = {"id": notification_id, "cipher": sealed.cipher, "index": sealed.index, "now": clock.now()}
        await session.execute(insert, {**values, "tenant_id": hall.tenant_id})
    async with database.transaction() as session:
        await refuse(
            session,
            vault,
            tenant_id=hall.tenant_id,
            phone=phone,
            source=RefusalSource.KEY,
            call_id=uuid4(),
            now=clock.now(),
        )
        standing = await standing_refusals(session, hall.tenant_id, [sealed.index, b"other"])
    assert standing == {sealed.index}
    async with database.transaction() as session:
        state = await session.scalar(
            text("SELECT state FROM notifications WHERE id = :id"), {"id": notification_id}
        )
    assert state == "refused"
