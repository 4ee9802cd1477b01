"""Complaints over HTTP, of both sides, with what they stop."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from tests.support.complaints.builders import arrived_message, ended_call
from tests.support.dispatch.rig import equip, rows
from tests.support.hall.builders import CONSENT, build_hall
from tests.support.hall.plugin import client_of

from yunhu.domains.complaints.jobs import look_for_overdue
from yunhu.domains.complaints.public import EVENT_TYPES

COMPLAINTS = "/api/v1/complaints"
DESK = "/api/v1/operator/complaints"
PHONE = "13812345678"
NOTICE = {"script": "your-turn", "phone": "13900000002", "parameters": {"window": "3"}, "consent": CONSENT}
FINDING = '{"findings": [{"rule": "consent", "outcome": "allowed", "saw": {"consent_id": "01a21789-41f8-72ef-9598-b9d8011901ec"}}]}'
_FILED = text("SELECT v.id, f.name FROM filing_versions AS v JOIN filings AS f ON f.id = v.filing_id")


@pytest.fixture
def complaint(clock) -> dict[str, Any]:
    return {
        "reference": "12321-001",
        "source": "12321",
        "about": "content",
        "text": "内容与办事无关",
        "received_at": clock.now().isoformat(),
        "phone": PHONE,
    }


@pytest.fixture
async def call_id(database, vault, hall, clock):
    await equip(database, hall.tenant_id, clock.now())
    async with database.transaction() as session:
        at = clock.now() - timedelta(hours=1)
        return await ended_call(
            session, vault, hall.tenant_id, hall.versions["your-turn"], PHONE, at, verdict=FINDING
        )


async def events(database) -> list[str]:
    async with database.transaction() as session:
        query = text("SELECT type FROM outbox WHERE type = ANY(:types) ORDER BY id")
        return list(await session.scalars(query, {"types": list(EVENT_TYPES)}))


async def say(client, base: str, id_: str, step: str) -> Any:
    return await client.post(f"{base}/{id_}/{step}", json={"text": step})


async def verdict(client) -> Any:
    return (await client.post("/api/v1/notifications/check", json=NOTICE)).json()


async def test_given_a_complaint_at_the_threshold_when_registered_then_everything_follows_at_once(
    client, operator_client, complaint, call_id, database
):
    waiting = await client.post("/api/v1/notifications", json={**NOTICE, "phone": PHONE})
    answer = await operator_client.post(DESK, json={**complaint, "tenant": "yanta"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["state"], made["phone"], made["month"]) == ("registered", "138****5678", "2026-02-01")
    assert (made["due_on"], made["late"]) == ("2026-02-12", False)
    [linked] = made["calls"]
    assert (linked["call_id"], linked["script"]) == (str(call_id), "your-turn")
    assert linked["consent_id"] == "01a21789-41f8-72ef-9598-b9d8011901ec"
    assert made["script_paused_at"] is not None
    assert made["number_paused_at"] is None
    steps = [line["step"] for line in made["history"]]
    assert steps == ["register", "pause_script", "propose_suspension"]

    assert (await client.get(f"/api/v1/notifications/{waiting.json()['id']}")).json()["state"] == "refused"
    said = await verdict(client)
    assert (said["outcome"], said["reason"]) == ("deferred", "script_paused")
    assert await events(database) == [
        "complaint.threshold_reached",
        "complaint.paused",
        "complaint.registered",
    ]
    [suspension] = await rows(database, "SELECT id, cause, state, subject FROM contract_suspensions")
    assert str(suspension.id) == made["suspension_id"]
    assert tuple(suspension)[1:] == ("complaint", "proposed", "complaints-2026-02")
    months = (await client.get(f"{COMPLAINTS}/months")).json()
    assert months == [{"month": "2026-02-01", "counted": 1, "threshold": 1, "reached": True}]
    assert (await operator_client.get(f"{DESK}/months", params={"tenant": "yanta"})).json() == months


async def test_given_a_proposed_suspension_when_a_person_confirms_it_then_service_stops(
    client, operator_client, complaint, call_id, database
):
    body = {**complaint, "tenant": "yanta", "about": "service", "refuse": False}
    made = (await operator_client.post(DESK, json=body)).json()
    assert made["script_paused_at"] is None
    assert (await verdict(client))["outcome"] == "allowed"
    assert (made["tenant"], made["proposal"]["state"]) == ("yanta", "proposed")
    contract_id = made["proposal"]["contract_id"]
    path = f"/api/v1/operator/contracts/{contract_id}/suspensions/{made['suspension_id']}/confirm"
    answer = await operator_client.post(path)
    assert answer.status_code == 200, answer.text
    shown = (await operator_client.get(f"{DESK}/{made['id']}")).json()
    assert shown["proposal"]["state"] == "standing"
    [listed] = (await operator_client.get(DESK)).json()["items"]
    assert listed["tenant"] == "yanta"
    said = await verdict(client)
    assert (said["outcome"], said["reason"]) == ("refused", "contract_complaint")


async def test_given_a_complaint_about_the_caller_when_registered_then_its_number_is_held_until_resumed(
    client, operator_client, complaint, call_id, database
):
    body = {**complaint, "about": "caller", "source": "direct"}
    made = (await client.post(COMPLAINTS, json=body)).json()
    assert made["number_paused_at"] is not None
    states = "SELECT state FROM caller_numbers WHERE id = CAST(:id AS uuid)"
    number = {"id": made["caller_number_id"]}
    assert (await rows(database, states, **number))[0].state == "held"
    second = {**body, "reference": "12321-002"}
    other = (await client.post(COMPLAINTS, json=second)).json()
    assert other["number_paused_at"] is not None

    assert (await client.post(f"{DESK}/{made['id']}/resume", json={"text": "x"})).status_code == 403
    resumed = await operator_client.post(f"{DESK}/{made['id']}/resume", json={"text": "已核实"})
    assert resumed.json()["number_paused_at"] is None
    assert (await rows(database, states, **number))[0].state == "held"
    again = await operator_client.post(f"{DESK}/{made['id']}/resume", json={"text": "x"})
    assert (again.status_code, again.json()["id"]) == (409, "complaints.nothing_paused")
    dismissed = await say(operator_client, DESK, other["id"], "dismiss")
    assert dismissed.json()["number_paused_at"] is None
    assert (await rows(database, states, **number))[0].state == "allocated"


async def test_given_a_number_held_for_another_reason_when_a_complaint_lets_go_then_it_stays_held(
    operator_client, complaint, call_id, database
):
    [row] = await rows(database, "SELECT caller_number_id AS id FROM calls")
    path = f"/api/v1/operator/caller-numbers/{row.id}/hold"
    held = await operator_client.post(path, json={"reason": "证照核查"})
    assert held.status_code == 200, held.text
    body = {**complaint, "tenant": "yanta", "about": "frequency"}
    made = (await operator_client.post(DESK, json=body)).json()
    assert made["number_paused_at"] is not None
    await operator_client.post(f"{DESK}/{made['id']}/resume", json={"text": "x"})
    [number] = await rows(
        database, "SELECT state, state_reason FROM caller_numbers WHERE id = :id", id=row.id
    )
    assert tuple(number) == ("held", "证照核查")


async def test_given_both_sides_when_they_work_on_it_then_history_clock_and_counter_follow(
    client, operator_client, complaint, call_id, database, clock
):
    made = (await client.post(COMPLAINTS, json=complaint)).json()
    id_ = made["id"]
    for step in ("investigate", "answer", "comment"):
        assert (await say(client, COMPLAINTS, id_, step)).status_code == 200
    refused = await say(client, COMPLAINTS, id_, "close")
    assert refused.status_code in {400, 404}
    early = await say(operator_client, DESK, id_, "investigate")
    assert (early.status_code, early.json()["id"]) == (409, "complaints.step")
    dismissed = (await say(operator_client, DESK, id_, "dismiss")).json()
    assert (dismissed["state"], dismissed["script_paused_at"]) == ("dismissed", None)
    months = (await client.get(f"{COMPLAINTS}/months")).json()
    assert [(month["counted"], month["reached"]) for month in months] == [(0, False)]
    assert (await verdict(client))["outcome"] == "allowed"
    reopened = (await say(operator_client, DESK, id_, "reopen")).json()
    assert (reopened["state"], reopened["answered_at"]) == ("investigating", None)
    assert reopened["script_paused_at"] is not None
    await say(operator_client, DESK, id_, "answer")
    closed = (await say(operator_client, DESK, id_, "close")).json()
    assert closed["finished_at"] is not None
    sides = {(line["step"], line["side"]) for line in closed["history"]}
    assert {("answer", "tenant"), ("answer", "operator"), ("dismiss", "operator")} <= sides
    actions = await rows(
        database, "SELECT DISTINCT action FROM audit_entries WHERE subject_kind = 'complaint'"
    )
    assert {row.action for row in actions} == {
        f"complaint.{step}"
        for step in ("register", "investigate", "answer", "comment", "dismiss", "reopen", "close")
    }


@pytest.fixture
async def message_id(database, vault, hall, clock):
    async with database.transaction() as session:
        at = clock.now() - timedelta(minutes=30)
        version = hall.versions["near-turn"]
        return await arrived_message(session, vault, hall.tenant_id, version, PHONE, at, verdict=FINDING)


async def test_given_messages_to_the_person_when_a_complaint_is_registered_then_they_are_linked_with_their_proof(
    client, operator_client, complaint, call_id, message_id, database
):
    async with database.transaction() as session:
        [filed] = (await session.execute(_FILED)).all()
        await session.execute(text("UPDATE sms_messages SET filing_version_id = :id"), {"id": filed.id})
    made = (await client.post(COMPLAINTS, json=complaint)).json()
    assert [one["call_id"] for one in made["calls"]] == [str(call_id)]
    [linked] = made["messages"]
    assert (linked["message_id"], linked["script"], linked["state"]) == (
        str(message_id),
        "near-turn",
        "delivered",
    )
    assert (linked["text"], linked["text_hash"], linked["callee"]) == ("请等待", "h1", "138****5678")
    assert PHONE not in str(made)
    # The operator's desk has the proof, and nothing of what was said and to whom (row D8).
    [seen] = (await operator_client.get(f"{DESK}/{made['id']}")).json()["messages"]
    assert (seen["text"], seen["callee"], seen["text_hash"]) == (None, None, "h1")
    assert linked["consent_id"] == "01a21789-41f8-72ef-9598-b9d8011901ec"
    assert linked["filing"] == {"version_id": str(filed.id), "name": filed.name, "number": 1}
    assert made["calls"][0]["filing"] is None
    # The newest of both tells which script is complained of; the number is the call's.
    [script] = await rows(
        database, "SELECT slug FROM scripts WHERE id = CAST(:id AS uuid)", id=made["script_id"]
    )
    assert script.slug == "near-turn"
    assert made["caller_number_id"] is not None
    about = await client.get(COMPLAINTS, params={"message_id": str(message_id)})
    assert [item["id"] for item in about.json()["items"]] == [made["id"]]
    nothing = await client.get(COMPLAINTS, params={"message_id": str(call_id)})
    assert nothing.json()["items"] == []


async def test_given_a_complaint_about_one_message_when_registered_then_it_alone_is_linked_and_its_script_pauses(
    client, complaint, call_id, message_id, hall
):
    body = {**complaint, "message_ids": [str(message_id)], "refuse": False}
    made = (await client.post(COMPLAINTS, json=body)).json()
    assert made["calls"] == []
    assert [one["message_id"] for one in made["messages"]] == [str(message_id)]
    assert (made["caller_number_id"], made["script_paused_at"] is not None) == (None, True)
    unknown = {**body, "reference": "12321-009", "message_ids": [str(call_id)]}
    answer = await client.post(COMPLAINTS, json=unknown)
    assert (answer.status_code, answer.json()["id"]) == (422, "complaints.messages_unknown")
    assert answer.json()["details"] == {"unknown": [str(call_id)]}


async def test_given_an_answer_that_does_not_come_when_its_last_day_is_over_then_it_is_told_once(
    client, complaint, database, clock
):
    made = (await client.post(COMPLAINTS, json={**complaint, "source": "10000"})).json()
    assert made["due_on"] == "2026-02-11"

    async def look() -> bool:
        async with database.transaction() as session:
            return await look_for_overdue(session, clock.now())

    clock.advance(timedelta(days=2, hours=13))
    assert await look() is False
    clock.advance(timedelta(hours=2))
    late = (await client.get(COMPLAINTS, params={"overdue": True})).json()["items"]
    assert [(item["id"], item["late"]) for item in late] == [(made["id"], True)]
    assert [await look(), await look()] == [True, False]
    assert "complaint.overdue" in await events(database)


async def test_given_terms_of_the_operators_own_when_set_then_new_complaints_have_them(
    client, operator_client, complaint
):
    terms = "/api/v1/operator/complaint-terms"
    before = {term["source"]: term["working_days"] for term in (await operator_client.get(terms)).json()}
    assert before == {"12321": 3, "10000": 2, "12345": 5, "direct": 5, "carrier": 2}
    set_ = await operator_client.put(f"{terms}/12321", json={"working_days": 1})
    assert {"source": "12321", "working_days": 1} in set_.json()
    assert (await operator_client.put(f"{terms}/12321", json={"working_days": 61})).status_code == 400
    assert (await client.post(COMPLAINTS, json=complaint)).json()["due_on"] == "2026-02-10"


async def test_given_two_complaints_at_once_when_counted_then_neither_is_lost(client, complaint, database):
    import asyncio

    bodies = [{**complaint, "reference": f"R-{n}", "phone": None} for n in range(6)]
    answers = await asyncio.gather(*(client.post(COMPLAINTS, json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {201}
    [month] = await rows(database, "SELECT counted FROM complaint_months")
    assert month.counted == 6
    [proposed] = await rows(database, "SELECT count(*) FROM contract_suspensions")
    assert proposed.count == 1


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"phone": "12345678"}, 422, "complaints.phone_invalid"),
        ({"received_at": "2026-02-10T00:00:00+08:00"}, 422, "complaints.moment"),
        ({"call_ids": ["01a21789-41f8-72ef-9598-b9d8011901ec"]}, 422, "complaints.calls_unknown"),
        ({"source": "12300"}, 400, "request.invalid"),
    ],
)
async def test_given_a_bad_complaint_when_registered_then_refused_and_not_counted(
    client, complaint, changes, status, error, database
):
    answer = await client.post(COMPLAINTS, json={**complaint, **changes})
    assert (answer.status_code, answer.json()["id"]) == (status, error)
    assert await rows(database, "SELECT 1 FROM complaint_months") == []


async def test_given_a_reference_when_it_comes_again_then_it_is_refused_and_lists_find_the_first(
    client, operator_client, complaint, call_id
):
    made = (await client.post(COMPLAINTS, json=complaint)).json()
    again = await client.post(COMPLAINTS, json=complaint)
    assert (again.status_code, again.json()["details"]["id"]) == (409, made["id"])

    async def found(base, by, **query) -> list[str]:
        return [item["id"] for item in (await by.get(base, params=query)).json()["items"]]

    assert await found(COMPLAINTS, client, state="registered") == [made["id"]]
    assert await found(COMPLAINTS, client, source="carrier") == []
    assert await found(COMPLAINTS, client, month="2026-02-01", call_id=str(call_id)) == [made["id"]]
    assert await found(DESK, operator_client, tenant="yanta", source="12321") == [made["id"]]
    unknown = await operator_client.get(DESK, params={"tenant": "nobody"})
    assert (unknown.status_code, unknown.json()["id"]) == (404, "complaints.tenant_unknown")


async def test_given_a_person_at_the_desk_when_it_pauses_by_hand_then_below_the_threshold_too(
    client, operator_client, complaint, call_id, database
):
    async with database.transaction() as session:
        await session.execute(text("UPDATE contracts SET complaints_a_month = 5"))
    made = (await client.post(COMPLAINTS, json=complaint)).json()
    assert (made["script_paused_at"], made["suspension_id"]) == (None, None)
    assert await events(database) == ["complaint.registered"]
    path = f"{DESK}/{made['id']}/pause"
    paused = await operator_client.post(path, json={"what": "script", "text": "核查"})
    assert paused.json()["script_paused_at"] is not None
    assert (await verdict(client))["reason"] == "script_paused"
    again = await operator_client.post(path, json={"what": "script", "text": "核查"})
    assert (again.status_code, again.json()["id"]) == (409, "complaints.nothing_to_pause")


async def test_given_another_tenant_when_it_asks_then_there_is_no_such_complaint(
    app, client, complaint, database, vault, clock
):
    made = (await client.post(COMPLAINTS, json=complaint)).json()
    other = await build_hall(database, vault, clock.now(), slug="other")
    async with client_of(app, other.token) as stranger:
        assert (await stranger.get(f"{COMPLAINTS}/{made['id']}")).status_code == 404
        assert (await say(stranger, COMPLAINTS, made["id"], "comment")).status_code == 404
        assert (await stranger.get(COMPLAINTS)).json()["items"] == []
        [month] = (await stranger.get(f"{COMPLAINTS}/months")).json()
        assert (month["counted"], month["reached"]) == (0, False)
