"""Consents over HTTP: kept, found, withdrawn, proved."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.support.dispatch.rig import equip, rows
from tests.support.hall.builders import CONSENT
from tests.support.hall.plugin import client_of
from tests.support.identity.people import browser, make_user, sign_in

from yunhu.domains.consent.repository_consents import ConsentFilter, consents_of

CONSENTS = "/api/v1/consents"
PHONE = "13812345678"
FORM = {"phone": PHONE, "purpose": "notice", **CONSENT}
NOTICE = {"script": "your-turn", "phone": PHONE, "parameters": {"window": "3"}}


@pytest.fixture
async def kept(client) -> dict[str, Any]:
    answer = await client.post(CONSENTS, json=FORM)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def verdict(client, **changes) -> tuple[str, str]:
    answer = await client.post("/api/v1/notifications/check", json={**NOTICE, **changes})
    assert answer.status_code == 200, answer.text
    said = answer.json()
    return said["outcome"], said["reason"]


async def test_given_a_form_when_recorded_then_it_stands_masked_and_its_repetition_is_the_same(
    client, kept, database
):
    assert (kept["phone"], kept["stands"], kept["source"]) == ("138****5678", True, "form")
    again = await client.post(CONSENTS, json={**FORM, "phone": "+86 138 1234 5678"})
    assert (again.status_code, again.json()) == (200, kept)
    assert (await client.get(f"{CONSENTS}/{kept['id']}")).json() == kept
    entries = await rows(database, "SELECT actor_name FROM audit_entries WHERE action = 'consent.record'")
    assert len(entries) == 1


async def test_given_consents_when_listed_then_filters_and_pages_hold(client, kept):
    other = (await client.post(CONSENTS, json={**FORM, "phone": "13900000001", "purpose": "queue"})).json()
    past = {**FORM, "reference": "F-2", "valid_until": "2026-02-08"}
    over = (await client.post(CONSENTS, json=past)).json()
    assert over["stands"] is False

    async def ids(**query) -> list[str]:
        answer = await client.get(CONSENTS, params=query)
        return [item["id"] for item in answer.json()["items"]]

    assert await ids() == [over["id"], other["id"], kept["id"]]
    assert await ids(phone=PHONE) == [over["id"], kept["id"]]
    assert await ids(phone=PHONE, standing=True) == [kept["id"]]
    assert await ids(purpose="queue") == [other["id"]]
    assert await ids(source="kiosk") == []
    first = (await client.get(CONSENTS, params={"limit": 2})).json()
    rest = (await client.get(CONSENTS, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in rest["items"]] == [kept["id"]]


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"phone": "12345678"}, 422, "consent.phone_invalid"),
        ({"given_at": "2026-02-10T00:00:00+08:00"}, 422, "consent.times"),
        ({"valid_until": "2026-01-01"}, 422, "consent.times"),
        ({"document_id": "01a21789-41f8-72ef-9598-b9d8011901ec"}, 404, "documents.not_found"),
        ({"source": "kiosk"}, 400, "request.invalid"),
    ],
)
async def test_given_a_bad_consent_when_recorded_then_refused(client, changes, status, error):
    answer = await client.post(CONSENTS, json={**FORM, **changes})
    assert (answer.status_code, answer.json()["id"]) == (status, error)


async def test_given_no_evidence_when_asked_for_a_notice_then_the_gate_refuses_until_there_is_some(
    client, database, hall, clock
):
    await equip(database, hall.tenant_id, clock.now())
    assert await verdict(client) == ("refused", "consent")
    assert (await verdict(client, consent=CONSENT))[0] == "allowed"
    assert await verdict(client) == ("refused", "consent")
    kept = (await client.post(CONSENTS, json=FORM)).json()
    assert (await verdict(client))[0] == "allowed"
    said = (await client.post("/api/v1/notifications/check", json=NOTICE)).json()
    found = next(one for one in said["findings"] if one["rule"] == "consent")
    assert found["saw"]["consent_id"] == kept["id"]


async def test_given_a_notification_with_consent_when_created_then_the_evidence_is_kept_once(
    client, database
):
    for reference in ("a", "b"):
        asked = {**NOTICE, "client_reference": reference, "consent": CONSENT}
        answer = await client.post("/api/v1/notifications", json=asked)
        assert answer.status_code == 201, answer.text
    found = await rows(database, "SELECT purpose, source, reference, recorded_by FROM consents")
    assert [tuple(row) for row in found] == [("notice", "form", "F-2026-001", "test")]


async def test_given_impossible_consent_when_it_comes_with_a_notification_then_the_field_is_named(client):
    later = {**CONSENT, "given_at": "2026-02-09T11:00:00+08:00"}
    answer = await client.post("/api/v1/notifications", json={**NOTICE, "consent": later})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["details"]["errors"]] == ["/consent/given_at"]


async def test_given_a_withdrawal_when_said_then_pending_notices_end_and_old_evidence_does_not_return(
    client, kept, database, hall, clock
):
    asked = await client.post("/api/v1/notifications", json=NOTICE)
    clock.advance(timedelta(minutes=1))
    answer = await client.post(f"{CONSENTS}/{kept['id']}/withdraw", json={"reason": "来电要求"})
    assert answer.json() == {"purpose": "notice", "withdrawn": 1}
    shown = (await client.get(f"/api/v1/notifications/{asked.json()['id']}")).json()
    assert shown["state"] == "refused"
    assert (await client.get(f"{CONSENTS}/{kept['id']}")).json()["withdrawal_reason"] == "来电要求"
    told = await rows(database, "SELECT payload FROM outbox WHERE type = 'consent.withdrawn'")
    assert [row.payload["consent_ids"] for row in told] == [[kept["id"]]]

    old = await client.post(CONSENTS, json=FORM)
    assert (old.status_code, old.json()["id"]) == (409, "consent.withdrawn_since")
    await equip(database, hall.tenant_id, clock.now())
    assert await verdict(client, consent=CONSENT) == ("refused", "consent")
    assert (await client.post(f"{CONSENTS}/{kept['id']}/withdraw", json={"reason": "again"})).json()[
        "withdrawn"
    ] == 0
    clock.advance(timedelta(minutes=1))
    anew = {**FORM, "given_at": clock.now().isoformat()}
    assert (await client.post(CONSENTS, json=anew)).status_code == 201
    assert (await verdict(client))[0] == "allowed"


async def test_given_a_proof_when_asked_for_then_json_and_a_document_tell_it(client, kept, database):
    await client.post("/api/v1/refusals", json={"phone": PHONE})
    proof = (await client.get(f"{CONSENTS}/{kept['id']}/proof")).json()
    assert proof["phone"] == "138****5678"
    assert {one["purpose"]: one["consent_id"] for one in proof["standing"]} == {
        "queue": None,
        "notice": kept["id"],
    }
    assert len(proof["refusals"]) == 1
    document = await client.get(f"{CONSENTS}/{kept['id']}/proof.pdf")
    assert document.headers["content-type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-")
    assert await rows(database, "SELECT 1 FROM audit_entries WHERE kind = 'look'") == []


async def test_given_a_reason_when_the_whole_number_is_printed_then_the_look_is_on_record(
    client, kept, database, app, hall, vault, clock
):
    path = f"{CONSENTS}/{kept['id']}/proof.pdf"
    assert (await client.post(path, json={})).status_code == 400
    answer = await client.post(path, json={"reason": "12321 要求举证"})
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    looks = await rows(database, "SELECT subject_id, reason FROM audit_entries WHERE action = 'look.phone'")
    assert [tuple(row) for row in looks] == [(kept["id"], "12321 要求举证")]
    shown = await client.post(
        "/api/v1/reveals", json={"kind": "consent", "id": kept["id"], "reason": "举证需要"}
    )
    assert shown.json() == {"phone": f"+86{PHONE}"}
    await make_user(database, vault, clock, hall.tenant_id, "agent", presets=["agent"])
    async with browser(app) as opened:
        agent = await sign_in(opened, clock, "agent")
        headers = {"Yunhu-CSRF": agent.csrf}
        assert (await opened.get(path)).status_code == 200
        assert (await opened.post(path, json={"reason": "x"}, headers=headers)).status_code == 403


async def test_given_another_tenant_when_it_asks_for_a_consent_then_there_is_none(
    app, kept, database, vault, clock
):
    from tests.support.hall.builders import build_hall

    other = await build_hall(database, vault, clock.now(), slug="other")
    async with client_of(app, other.token) as stranger:
        for path in ("", "/proof", "/proof.pdf"):
            assert (await stranger.get(f"{CONSENTS}/{kept['id']}{path}")).status_code == 404
        assert (await stranger.get(CONSENTS)).json()["items"] == []


async def test_given_the_queries_when_planned_then_an_index_serves_each(database, hall):
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        values = {"t": hall.tenant_id, "i": bytes(16)}
        for query, index in (
            ("SELECT * FROM consents WHERE tenant_id = :t ORDER BY id DESC LIMIT 5", "ix_consents_list"),
            (
                """
                SELECT * FROM consents WHERE tenant_id = :t AND callee_index = :i AND purpose = 'queue'
                AND withdrawn_at IS NULL ORDER BY valid_until DESC LIMIT 1
                """,
                "ix_consents_callee",
            ),
        ):
            wanted = {name: values[name] for name in text(query).compile().params}
            plan = "\n".join(await session.scalars(text(f"EXPLAIN {query}"), wanted))
            assert index in plan
            assert "Sort" not in plan
        assert await consents_of(session, hall.tenant_id, ConsentFilter(), limit=1) == []


@pytest.mark.parametrize(
    "change",
    [
        "given_at = given_at - interval '1 day'",
        "purpose = 'queue'",
        "reference = 'another'",
        "callee_cipher = ''",
        "recorded_by = 'nobody'",
    ],
)
async def test_given_an_act_of_consent_when_somebody_changes_what_it_says_then_the_database_refuses(
    client, database, clock, change
):
    given = {"phone": "13812345678", "purpose": "notice", "source": "form", "reference": "F-1"}
    made = await client.post("/api/v1/consents", json={**given, "given_at": clock.now().isoformat()})
    assert made.status_code == 201, made.text
    with pytest.raises(IntegrityError, match="cannot be changed"):
        async with database.transaction() as session:
            await session.execute(text(f"UPDATE consents SET {change}"))
    async with database.transaction() as session:
        await session.execute(text("UPDATE consents SET withdrawn_at = now(), withdrawn_by = 'x'"))
    with pytest.raises(IntegrityError, match="cannot be changed"):
        async with database.transaction() as session:
            await session.execute(text("UPDATE consents SET withdrawn_at = NULL, withdrawn_by = NULL"))
