"""Calls and messages that are found after a complaint came in: linked, unlinked, and what follows from it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.support.complaints.builders import arrived_message, ended_call
from tests.support.dispatch.rig import equip, rows
from tests.support.hall.builders import build_hall
from tests.support.hall.plugin import client_of

COMPLAINTS = "/api/v1/complaints"
DESK = "/api/v1/operator/complaints"
PHONE = "13812345678"


@pytest.fixture
def complaint(clock) -> dict[str, Any]:
    """Nobody's number is known, so that nothing is linked by itself."""
    return {
        "reference": "12345-007",
        "source": "12345",
        "about": "content",
        "text": "内容与办事无关",
        "received_at": clock.now().isoformat(),
    }


@pytest.fixture
async def call_id(database, vault, hall, clock):
    await equip(database, hall.tenant_id, clock.now())
    async with database.transaction() as session:
        at = clock.now() - timedelta(hours=1)
        return await ended_call(session, vault, hall.tenant_id, hall.versions["your-turn"], PHONE, at)


@pytest.fixture
async def message_id(database, vault, hall, clock):
    """Younger than the call, and of another script."""
    async with database.transaction() as session:
        at = clock.now() - timedelta(minutes=30)
        return await arrived_message(session, vault, hall.tenant_id, hall.versions["near-turn"], PHONE, at)


async def in_queue(database, hall, number: str, call_id, clock) -> None:
    """The call was for the visit with that queue number."""
    async with database.transaction() as session:
        journey = uuid4()
        await session.execute(
            text(
                "INSERT INTO journeys (id, tenant_id, hall, day, queue_number, state, judged_at, created_at)"
                " VALUES (:id, :t, 'main', :day, :number, 'served', :at, :at)"
            ),
            {
                "id": journey,
                "t": hall.tenant_id,
                "day": clock.now().date(),
                "number": number,
                "at": clock.now(),
            },
        )
        await session.execute(
            text(
                "UPDATE notifications SET journey_id = :journey, announcement = 0"
                " WHERE id = (SELECT notification_id FROM calls WHERE id = :call)"
            ),
            {"journey": journey, "call": call_id},
        )


async def script_of(database, made: dict[str, Any]) -> str | None:
    found = await rows(
        database, "SELECT slug FROM scripts WHERE id = CAST(:id AS uuid)", id=made["script_id"]
    )
    return found[0].slug if found else None


async def raise_threshold(database) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE contracts SET complaints_a_month = 5"))


async def test_given_a_complaint_at_the_threshold_when_its_call_is_found_later_then_the_script_pauses_as_at_registration(
    client, operator_client, complaint, call_id, database
):
    made = (await client.post(COMPLAINTS, json=complaint)).json()
    assert (made["calls"], made["script_id"], made["script_paused_at"]) == ([], None, None)
    answer = await client.post(f"{COMPLAINTS}/{made['id']}/calls/{call_id}")
    assert answer.status_code == 200, answer.text
    linked = answer.json()
    assert [one["call_id"] for one in linked["calls"]] == [str(call_id)]
    assert linked["script_paused_at"] is not None
    assert linked["caller_number_id"] is not None
    assert await script_of(database, linked) == "your-turn"
    for unchanged in ("month", "due_on", "state", "answered_at", "suspension_id"):
        assert linked[unchanged] == made[unchanged]
    [month] = await rows(database, "SELECT counted FROM complaint_months")
    assert month.counted == 1
    line = next(one for one in linked["history"] if one["step"] == "link_calls")
    assert (line["side"], line["actor"]) == ("tenant", made["registered_by"])
    assert str(call_id) in line["text"]
    assert linked["history"][-1]["step"] == "pause_script"

    again = await operator_client.post(f"{DESK}/{made['id']}/calls/{call_id}")
    assert again.json()["history"] == linked["history"], "a second time changes nothing"
    query = {"subject_kind": "complaint", "subject_id": made["id"]}
    entries = (await client.get("/api/v1/history", params=query)).json()["items"]
    [entry] = [one for one in entries if one["action"] == "complaint.link"]
    change = next(one for one in entry["changes"] if one["name"] == "calls")
    assert str(call_id) in str(change["after"])
    assert str(call_id) not in str(change["before"])


async def test_given_a_complaint_below_the_threshold_when_linked_and_unlinked_then_nothing_pauses(
    client, complaint, call_id, message_id, database
):
    await raise_threshold(database)
    made = (await client.post(COMPLAINTS, json=complaint)).json()
    path = f"{COMPLAINTS}/{made['id']}"
    await client.post(f"{path}/calls/{call_id}")
    linked = (await client.post(f"{path}/messages/{message_id}")).json()
    assert (linked["script_paused_at"], linked["number_paused_at"]) == (None, None)
    assert await script_of(database, linked) == "near-turn", "of the newest"
    left = (await client.delete(f"{path}/messages/{message_id}")).json()
    assert (left["messages"], await script_of(database, left)) == ([], "your-turn")
    bare = (await client.delete(f"{path}/calls/{call_id}")).json()
    assert (bare["calls"], bare["script_id"], bare["caller_number_id"]) == ([], None, None)
    assert (await client.delete(f"{path}/calls/{call_id}")).json() == bare, "a second time changes nothing"
    steps = [line["step"] for line in bare["history"]]
    assert steps == ["register", "link_calls", "link_messages", "unlink_messages", "unlink_calls"]


async def test_given_a_pause_when_another_script_is_linked_then_it_stays_and_when_its_ground_goes_then_it_moves(
    client, operator_client, complaint, call_id, message_id, database
):
    made = (await client.post(COMPLAINTS, json={**complaint, "call_ids": [str(call_id)]})).json()
    assert made["script_paused_at"] is not None
    tenant, desk = f"{COMPLAINTS}/{made['id']}", f"{DESK}/{made['id']}"
    linked = (await client.post(f"{tenant}/messages/{message_id}")).json()
    assert (await script_of(database, linked), linked["script_paused_at"]) == (
        "your-turn",
        made["script_paused_at"],
    )
    # A tenant cannot end a pause by unlinking what it rests on.
    refused = await client.delete(f"{tenant}/calls/{call_id}")
    assert (refused.status_code, refused.json()["id"]) == (409, "complaints.pause_rests_on_it")
    assert refused.json()["details"] == {"what": "script"}
    assert len((await client.get(tenant)).json()["calls"]) == 1, "nothing of it has happened"
    moved = (await operator_client.delete(f"{desk}/calls/{call_id}")).json()
    assert (await script_of(database, moved), moved["script_paused_at"] is not None) == ("near-turn", True)
    assert [line["step"] for line in moved["history"]][-3:] == ["unlink_calls", "resume", "pause_script"]
    ended = (await operator_client.delete(f"{desk}/messages/{message_id}")).json()
    assert (ended["script_id"], ended["script_paused_at"]) == (None, None)


async def test_given_a_complaint_about_the_caller_when_its_call_is_linked_then_the_number_is_held_until_unlinked(
    operator_client, complaint, call_id, database
):
    body = {**complaint, "about": "caller", "tenant": "yanta"}
    made = (await operator_client.post(DESK, json=body)).json()
    linked = (await operator_client.post(f"{DESK}/{made['id']}/calls/{call_id}")).json()
    assert (linked["number_paused_at"] is not None, linked["script_paused_at"]) == (True, None)
    state = "SELECT state FROM caller_numbers WHERE id = CAST(:id AS uuid)"
    number = {"id": linked["caller_number_id"]}
    assert (await rows(database, state, **number))[0].state == "held"
    ended = (await operator_client.delete(f"{DESK}/{made['id']}/calls/{call_id}")).json()
    assert (ended["caller_number_id"], ended["number_paused_at"]) == (None, None)
    assert (await rows(database, state, **number))[0].state == "allocated"


@pytest.mark.parametrize("last", ["close", "dismiss"])
async def test_given_a_finished_complaint_when_linked_or_unlinked_then_refused_with_its_state(
    operator_client, complaint, call_id, message_id, last
):
    body = {**complaint, "tenant": "yanta", "call_ids": [str(call_id)]}
    path = f"{DESK}/{(await operator_client.post(DESK, json=body)).json()['id']}"
    for step in ("answer", last):
        assert (await operator_client.post(f"{path}/{step}", json={"text": step})).status_code == 200
    link = await operator_client.post(f"{path}/messages/{message_id}")
    unlink = await operator_client.delete(f"{path}/calls/{call_id}")
    state = {"close": "closed", "dismiss": "dismissed"}[last]
    assert [(one.status_code, one.json()["id"], one.json()["details"]) for one in (link, unlink)] == [
        (409, "complaints.step", {"state": state, "step": "link"}),
        (409, "complaints.step", {"state": state, "step": "unlink"}),
    ]


async def test_given_what_is_not_the_tenants_or_one_too_many_when_linked_then_refused(
    app, client, complaint, call_id, database, vault, hall, clock
):
    made = (await client.post(COMPLAINTS, json=complaint)).json()
    path = f"{COMPLAINTS}/{made['id']}"
    unknown = await client.post(f"{path}/messages/{call_id}")
    assert (unknown.status_code, unknown.json()["id"]) == (422, "complaints.messages_unknown")
    other = await build_hall(database, vault, clock.now(), slug="other")
    async with client_of(app, other.token) as stranger:
        theirs = (await stranger.post(COMPLAINTS, json=complaint)).json()
        foreign = await stranger.post(f"{COMPLAINTS}/{theirs['id']}/calls/{call_id}")
        assert (foreign.status_code, foreign.json()["id"]) == (422, "complaints.calls_unknown")
        assert (await stranger.post(f"{path}/calls/{call_id}")).status_code == 404
        assert (await stranger.delete(f"{path}/calls/{call_id}")).status_code == 404
        assert (await stranger.get(f"{path}/candidates/calls")).status_code == 404
    async with database.transaction() as session:
        at = clock.now() - timedelta(minutes=5)
        version = hall.versions["near-turn"]
        ids = [await arrived_message(session, vault, hall.tenant_id, version, PHONE, at) for _ in range(21)]
    answers = [await client.post(f"{path}/messages/{one}") for one in ids]
    assert [one.status_code for one in answers] == [200] * 20 + [409]
    assert (answers[-1].json()["id"], answers[-1].json()["details"]) == (
        "complaints.too_many_linked",
        {"most": 20},
    )


async def test_given_calls_and_messages_when_searched_then_number_queue_number_and_time_find_them(
    client, operator_client, complaint, call_id, message_id, database, hall, vault, clock
):
    await in_queue(database, hall, "A017", call_id, clock)
    async with database.transaction() as session:
        at = clock.now() - timedelta(minutes=20)
        version = hall.versions["near-turn"]
        later = await arrived_message(session, vault, hall.tenant_id, version, "13900000001", at)
    made = (await client.post(COMPLAINTS, json=complaint)).json()
    await client.post(f"{COMPLAINTS}/{made['id']}/calls/{call_id}")

    async def found(who, base: str, kind: str, **query) -> Any:
        answer = await who.get(f"{base}/{made['id']}/candidates/{kind}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    [seen] = (await found(client, COMPLAINTS, "calls", queue_number="A017"))["items"]
    assert (seen["id"], seen["queue_number"], seen["callee"], seen["linked"], seen["script"]) == (
        str(call_id),
        "A017",
        "138****5678",
        True,
        "your-turn",
    )
    assert (await found(client, COMPLAINTS, "calls", queue_number="A018"))["items"] == []
    [message] = (await found(client, COMPLAINTS, "messages", phone=PHONE))["items"]
    assert (message["id"], message["linked"], message["result"]) == (str(message_id), False, "delivered")
    since = (clock.now() - timedelta(minutes=25)).isoformat()
    assert [one["id"] for one in (await found(client, COMPLAINTS, "messages", since=since))["items"]] == [
        str(later)
    ]
    first = await found(client, COMPLAINTS, "messages", limit=1)
    second = await found(client, COMPLAINTS, "messages", limit=1, cursor=first["next_cursor"])
    assert [one["id"] for page in (first, second) for one in page["items"]] == [str(later), str(message_id)]
    assert second["next_cursor"] is None
    bad = await client.get(f"{COMPLAINTS}/{made['id']}/candidates/calls", params={"phone": "12"})
    assert bad.json()["id"] == "complaints.phone_invalid"

    # The operator finds them as well, without whom they reached; a search by a number is on record (row D8).
    for query in ({"queue_number": "A017"}, {"phone": PHONE}):
        [seen] = (await found(operator_client, DESK, "calls", **query))["items"]
        assert (seen["id"], seen["callee"], seen["queue_number"]) == (str(call_id), None, None)
    looks = await rows(database, "SELECT action, reason FROM audit_entries WHERE action LIKE 'look.%'")
    assert [tuple(row) for row in looks] == [("look.callee", complaint["reference"])]
