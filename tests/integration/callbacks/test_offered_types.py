"""What endpoints can ask for beside notifications: each type comes from its own use case, in the promised shape."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from sqlalchemy import text
from tests.support.billing.builders import small_contract
from tests.support.callbacks.shapes import published_types
from tests.support.complaints.builders import ended_call
from tests.support.contracts.builders import bare_tenant, contract_wish, serve
from tests.support.dispatch.rig import equip, rows
from tests.support.hall.builders import Hall
from tests.support.hall.plugin import client_of

from yunhu.domains.billing.accounts import keep_account
from yunhu.domains.billing.jobs import tell_alarms
from yunhu.domains.callbacks.catalogue import BY_NAME, OFFERED
from yunhu.domains.callbacks.subscriber import CallbackSubscriber
from yunhu.domains.complaints.jobs import look_for_overdue
from yunhu.domains.contracts.jobs import turn_clock
from yunhu.foundation.clock import ManualClock, natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.outbox import Event, publish

CONSENT_TYPES = {"consent.withdrawn"}
COMPLAINT_TYPES = {
    f"complaint.{what}"
    for what in (
        "registered", "answered", "closed", "dismissed", "reopened", "overdue", "threshold_reached", "paused", "resumed"
    )
}  # fmt: skip
CONTRACT_TYPES = {
    f"contract.{what}"
    for what in (
        "signed", "invoiced", "payment_received", "activated", "suspension_proposed", "suspended",
        "suspension_lifted", "resumed", "supplement_signed", "supplement_effective", "terminated", "settled",
    )
}  # fmt: skip
ENDED_TYPES = {"contract.ended"}
ALARM_TYPES = {"quota.alarm", "balance.alarm"}
PHONE = "13812345678"
CONTRACTS = "/api/v1/operator/contracts"
DESK = "/api/v1/operator/complaints"
ENDPOINTS = "/api/v1/callback-endpoints"


def test_given_the_types_of_these_tests_when_put_together_then_every_offer_is_among_them() -> None:
    tried = CONSENT_TYPES | COMPLAINT_TYPES | CONTRACT_TYPES | ENDED_TYPES | ALARM_TYPES
    assert tried == BY_NAME


async def test_given_a_consent_when_withdrawn_then_it_is_told_and_a_refusal_with_a_masked_number(
    client: httpx.AsyncClient, hall: Hall, database: Database, clock: ManualClock
) -> None:
    given = {"phone": PHONE, "purpose": "notice", "source": "form", "reference": "F-1"}
    made = await client.post("/api/v1/consents", json={**given, "given_at": clock.now().isoformat()})
    assert made.status_code == 201, made.text
    await client.post(f"/api/v1/consents/{made.json()['id']}/withdraw", json={"reason": "x"})
    refused = await client.post("/api/v1/refusals", json={"phone": PHONE})
    assert refused.is_success, refused.text
    seen = await published_types(database)
    assert {type_ for type_ in seen if not type_.startswith("contract.")} == {
        *CONSENT_TYPES,
        "callee.refused",
    }
    found = await rows(database, "SELECT payload FROM outbox WHERE type = 'callee.refused'")
    assert found[0].payload["phone"] == "138****5678"


async def test_given_a_complaint_when_worked_on_to_its_end_then_each_step_is_told(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    hall: Hall,
    database: Database,
    vault: Vault,
    clock: ManualClock,
) -> None:
    await equip(database, hall.tenant_id, clock.now())
    async with database.transaction() as session:
        at = clock.now() - timedelta(hours=1)
        await ended_call(session, vault, hall.tenant_id, hall.versions["your-turn"], PHONE, at)
    complaint = {
        "reference": "12321-001",
        "source": "12321",
        "about": "content",
        "text": "说的内容与办事无关",
        "received_at": clock.now().isoformat(),
        "phone": PHONE,
    }
    made = (await client.post("/api/v1/complaints", json=complaint)).json()
    steps = ("investigate", "answer", "dismiss", "reopen", "answer", "close")
    for step in steps:
        answer = await operator_client.post(f"{DESK}/{made['id']}/{step}", json={"text": step})
        assert answer.status_code == 200, answer.text
    late = {**complaint, "reference": "12321-002"}
    assert (await client.post("/api/v1/complaints", json=late)).status_code == 201
    clock.advance(timedelta(days=10))
    async with database.transaction() as session:
        assert await look_for_overdue(session, clock.now())
    seen = await published_types(database)
    assert {type_ for type_ in seen if type_.startswith("complaint.")} == COMPLAINT_TYPES
    told = await rows(database, "SELECT payload::text AS said FROM outbox WHERE type LIKE 'complaint.%'")
    assert all(PHONE not in row.said and "办事" not in row.said for row in told)


@pytest.fixture
async def bare(database: Database, vault: Vault, clock: ManualClock) -> Hall:
    return await bare_tenant(database, vault, clock.now())


async def _contract(operator: httpx.AsyncClient, wish: dict[str, Any]) -> str:
    made = await operator.post(CONTRACTS, params={"tenant": "yanta"}, json=wish)
    assert made.status_code == 201, made.text
    path = f"{CONTRACTS}/{made.json()['id']}"
    for kind in ("subject_certificate", "number_use_commitment"):
        paper = await operator.post(f"{path}/qualifications", json={"kind": kind, "reference": "no. 1"})
        await operator.post(f"{path}/qualifications/{paper.json()['id']}/check")
    return path


async def test_given_a_contract_when_it_lives_and_is_terminated_then_each_step_is_told_and_reasons_are_masked(
    bare: Hall, operator_client: httpx.AsyncClient, database: Database, clock: ManualClock
) -> None:
    async def say(path: str, **body: Any) -> dict[str, Any]:
        answer = await operator_client.post(path, json=body or None)
        assert answer.is_success, answer.text
        return dict(answer.json())

    today = natural_day(clock.now())
    path = await _contract(operator_client, msgspec.to_builtins(contract_wish(today)))
    await say(f"{path}/sign", signed_on=f"{today}", signed_by="both")
    claim = (await operator_client.get(path)).json()["claims"][0]
    await say(f"{path}/invoices", claim_id=claim["id"], invoice_number="FP-1", invoiced_on=f"{today}")
    await say(f"{path}/payments", amount=24_900_000, paid_on=f"{today}", reference="bank-1")
    causes = f"{path}/suspensions"
    proposed = await say(f"{causes}/propose", cause="complaint", subject="c-1", reason=f"{PHONE} complains")
    await say(f"{causes}/{proposed['id']}/confirm")
    await say(f"{causes}/{proposed['id']}/lift", reason="put right")
    more = {
        "number": "T-1/1",
        "items": [{"kind": "robot", "name": "r", "unit": "robot", "quota": 1, "price": 2_200_000}],
        "effective_on": f"{today}",
        "reason": "more visitors",
    }
    draft = await say(f"{path}/supplements", **more)
    await say(f"{path}/supplements/{draft['id']}/sign", signed_on=f"{today}", signed_by="both")
    await say(f"{path}/terminate", ground="agreement", reason="moved")
    await say(f"{path}/settle")
    assert await published_types(database) == CONTRACT_TYPES
    told = await rows(
        database, "SELECT payload FROM outbox WHERE type LIKE 'contract.suspen%' AND payload ? 'reason'"
    )
    assert {row.payload["reason"] for row in told} == {"138****5678 complains", "put right"}


async def test_given_a_contract_when_its_term_is_over_then_the_end_is_told(
    bare: Hall, database: Database, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        wish = contract_wish(natural_day(clock.now()), months=1)
        await serve(session, bare.tenant_id, clock.now(), wish=wish)
    clock.advance(timedelta(days=40))
    async with database.transaction() as session:
        while await turn_clock(session, clock.now()):
            pass
    assert await published_types(database) >= ENDED_TYPES


async def _use_up(database: Database, clock: ManualClock) -> UUID:
    tenant_id, _ = await small_contract(database, clock.now())
    async with database.transaction() as session:
        await keep_account(session, tenant_id, natural_day(clock.now()))
        await session.execute(text("UPDATE quota_periods SET used = quota"))
        await session.execute(text("UPDATE billing_accounts SET used = granted"))
        await tell_alarms(session, clock.now())
    return tenant_id


async def test_given_quota_and_money_when_used_up_then_alarms_are_told(
    database: Database, clock: ManualClock
) -> None:
    clock.set(datetime.fromisoformat("2026-01-10T02:00:00+00:00"))
    await _use_up(database, clock)
    assert await published_types(database) >= ALARM_TYPES


async def test_given_endpoints_with_and_without_a_list_when_money_is_told_then_only_who_named_it_hears(
    client: httpx.AsyncClient, hall: Hall, database: Database, clock: ManualClock
) -> None:
    for url, types in (("https://all.example/", []), ("https://office.example/", ["quota.alarm"])):
        made = await client.post(ENDPOINTS, json={"url": url, "event_types": types})
        assert made.status_code == 201, made.text
    payload = {"kind": "voice_notification", "percent": 80, "used": 8, "quota": 10}
    async with database.transaction() as session:
        at = clock.now() + timedelta(seconds=1)
        await publish(
            session,
            [
                Event(hall.tenant_id, "quota.alarm", hall.tenant_id, payload, at),
                Event(hall.tenant_id, "notification.created", hall.tenant_id, {}, at),
            ],
        )
    subscriber = CallbackSubscriber(database, clock)
    while await subscriber.read():
        pass
    found = await rows(
        database,
        """
        SELECT e.url, d.type FROM callback_deliveries AS d JOIN callback_endpoints AS e ON e.id = d.endpoint_id
        """,
    )
    assert {tuple(row) for row in found} == {
        ("https://all.example/", "notification.created"),
        ("https://office.example/", "quota.alarm"),
    }


async def test_given_a_key_that_may_not_read_complaints_when_it_asks_for_them_then_refused(
    hall: Hall, app: Any, client: httpx.AsyncClient
) -> None:
    made = await client.post("/api/v1/api-keys", json={"name": "hooks", "scopes": ["callbacks:manage"]})
    assert made.status_code == 201, made.text
    async with client_of(app, made.json()["token"]) as limited:
        asked = {"url": "https://a.example/", "event_types": ["complaint.registered", "callee.refused"]}
        answer = await limited.post(ENDPOINTS, json=asked)
        assert (answer.status_code, answer.json()["id"]) == (403, "callbacks.event_type_not_allowed")
        assert answer.json()["details"] == {"needed": ["complaints:read"]}
        own = await limited.post(ENDPOINTS, json={**asked, "event_types": ["callee.refused"]})
        assert own.status_code == 201
        path = f"{ENDPOINTS}/{own.json()['endpoint']['id']}"
        refused = await limited.patch(path, json={"event_types": ["quota.alarm"]})
        assert refused.json()["details"] == {"needed": ["billing:read"]}
    named = await client.patch(path, json={"event_types": list(OFFERED)})
    assert named.status_code == 200, named.text
