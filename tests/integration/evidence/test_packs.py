"""From a call that was really placed to a signed pack that proves it."""

import json
import re
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import text
from tests.support.complaints.builders import arrived_message
from tests.support.dispatch.rig import ANSWERS, Rig, equip, rows
from tests.support.evidence.packs import PACKS, REASON, Desk, facts_of, open_desk
from tests.support.hall.builders import DEFAULT_PLAN, Hall, build_hall, queue_event

from yunhu.domains.evidence.verify import Broken, verify_pack
from yunhu.domains.notifications.plans import YourTurn
from yunhu.domains.recordings.public import RecordingHasher
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.settings import Settings

# Nothing to press: the call is over with its last word.
PLAN = msgspec.structs.replace(DEFAULT_PLAN, your_turn=YourTurn(script="your-turn"))
STATES = "SELECT state FROM notifications WHERE purpose = 'your_turn'"


@pytest.fixture
async def hall(database: Database, vault: Vault, clock: ManualClock) -> Hall:
    return await build_hall(database, vault, clock.now(), plan=PLAN)


@pytest.fixture
def desk(
    client: httpx.AsyncClient, database: Database, vault: Vault, clock: ManualClock, settings: Settings
) -> Desk:
    return open_desk(client, database, vault, clock, settings)


@pytest.fixture
async def call_id(
    client: httpx.AsyncClient,
    database: Database,
    vault: Vault,
    clock: ManualClock,
    hall: Hall,
    settings: Settings,
) -> str:
    """A call to a visitor, answered in the sandbox, recorded and hashed."""
    trunk_id = await equip(database, hall.tenant_id, clock.now())
    async with Rig(database, vault, clock, trunk_id, settings.data_dir) as rig:
        body = queue_event("e1", "called", clock.now(), window="3", phone=ANSWERS)
        assert (await client.post("/api/v1/queue-events", json=body)).status_code == 202
        rig.dispatcher.wake()
        await rig.wait_for(STATES, "delivered")
    clock.advance(timedelta(minutes=1))
    assert await RecordingHasher(database, clock, settings.recordings_dir).look() == 1
    (call,) = await rows(database, "SELECT id FROM calls")
    return str(call.id)


async def test_given_a_placed_call_when_a_pack_is_made_then_it_proves_the_call_and_verifies(
    desk: Desk, call_id: str, settings: Settings, database: Database
) -> None:
    began = time.perf_counter()
    pack = await desk.request(call_id=call_id, with_recordings=True)
    path = await desk.fetch(pack["id"])
    assert time.perf_counter() - began < 5  # seconds; measured 0.2
    assert (pack["state"], pack["attempts"], pack["callee"]) == ("done", 1, "138****0000")

    report = verify_pack(path, await desk.keys())
    assert report.sound, report.faults
    assert report.key_id == pack["key_id"]

    (call,) = facts_of(path, "calls")
    assert call["text"] == "尊敬的用户，请您到“3”号窗口办理业务，谢谢"
    assert (call["result"], call["callee"], call["verdict"]["outcome"]) == (
        "answered",
        "138****0000",
        "allowed",
    )
    (script,) = facts_of(path, "scripts")
    assert script["hash_holds"]
    assert script["text_hash"] == call["text_hash"] == call["heard"][0]["text_hash"]
    (filing,) = facts_of(path, "filings")
    assert filing["filing_version_id"] == call["filing_version_id"]
    assert filing["state"] in ("approved", "effective")
    (number,) = facts_of(path, "caller_numbers")
    assert number["e164"] == call["caller_number"]
    (notification,) = facts_of(path, "notifications")
    assert [line["kind"] for line in notification["timeline"]]
    (metered,) = facts_of(path, "metering")
    assert (metered["state"], metered["amount_fen"], metered["yuan"]) == ("charged", 10, "0.10")
    (consent,) = facts_of(path, "consents")
    seen = {finding["rule"]: finding.get("saw", {}) for finding in call["verdict"]["findings"]}
    assert (consent["consent_id"], consent["callee"]) == (seen["consent"]["consent_id"], "138****0000")
    (recording,) = facts_of(path, "recordings")
    with zipfile.ZipFile(path) as archive:
        inside = archive.read(f"recordings/{call_id}.wav")
        page = archive.read("index.html").decode()
    assert inside == (settings.recordings_dir / recording["path"]).read_bytes()
    assert "录音与登记哈希一致" in page
    assert "请您到“3”号窗口" in page
    assert "13800000000" not in page
    assert not re.search(r"<script|\son\w+=|https?://", page)


async def test_given_a_recording_that_was_changed_when_a_pack_is_made_then_the_page_says_so(
    desk: Desk, call_id: str, settings: Settings
) -> None:
    (file,) = settings.recordings_dir.glob("*/*.wav")
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")
    pack = await desk.request(call_id=call_id, with_recordings=True)
    with zipfile.ZipFile(await desk.fetch(pack["id"])) as archive:
        assert "录音与登记哈希不一致" in archive.read("index.html").decode()


async def test_given_unchanged_facts_when_asked_again_then_the_content_hash_is_the_same_and_the_first_pack_is_named(
    desk: Desk, call_id: str, clock: ManualClock, database: Database
) -> None:
    first = await desk.request(call_id=call_id, with_recordings=True)
    clock.advance(timedelta(hours=1))
    again = await desk.request(call_id=call_id, with_recordings=True)
    assert again["content_sha256"] == first["content_sha256"]
    with zipfile.ZipFile(await desk.fetch(again["id"])) as archive:
        request = json.loads(archive.read("request.json"))
    assert [earlier["id"] for earlier in request["earlier_packs"]] == [first["id"]]
    async with database.transaction() as session:
        await session.execute(text("UPDATE notifications SET result = 'altered'"))
    altered = await desk.request(call_id=call_id, with_recordings=True)
    assert altered["content_sha256"] != first["content_sha256"]


async def test_given_somebody_who_listened_when_a_pack_is_made_then_it_says_who_and_the_request_is_on_record(
    desk: Desk, client: httpx.AsyncClient, call_id: str
) -> None:
    assert (await client.get(f"/api/v1/calls/{call_id}/recording")).status_code == 200
    path = await desk.fetch((await desk.request(call_id=call_id))["id"])
    assert [(entry["action"], entry["actor_name"]) for entry in facts_of(path, "audit")] == [
        ("look.recording", "test")
    ]
    history = await client.get("/api/v1/history", params={"subject_kind": "call", "subject_id": call_id})
    looks = [(entry["action"], entry["reason"]) for entry in history.json()["items"]]
    assert ("look.evidence", REASON) in looks
    search = await client.get("/api/v1/audit", params={"action": "evidence_pack"})
    assert [entry["action"] for entry in search.json()["items"]] == ["evidence_pack.request"]


async def test_given_a_phone_number_when_a_pack_is_made_then_it_holds_the_persons_calls_masked_or_whole(
    desk: Desk, client: httpx.AsyncClient, call_id: str
) -> None:
    masked = await desk.fetch((await desk.request(phone=ANSWERS))["id"])
    assert [call["callee"] for call in facts_of(masked, "calls")] == ["138****0000"]
    whole = await desk.fetch((await desk.request(phone=ANSWERS, whole_phones=True))["id"])
    assert [call["callee"] for call in facts_of(whole, "calls")] == [f"+86{ANSWERS}"]
    search = await client.get("/api/v1/audit", params={"action": "look.phone"})
    assert [entry["reason"] for entry in search.json()["items"]] == [REASON]
    assert facts_of(await desk.fetch((await desk.request(phone="13900000000"))["id"]), "calls") == []


async def test_given_a_period_when_a_pack_is_made_then_days_have_pages_and_other_days_are_left_out(
    desk: Desk, call_id: str
) -> None:
    day = {"first_day": "2026-02-09", "last_day": "2026-02-09"}
    path = await desk.fetch((await desk.request(**day))["id"])
    assert verify_pack(path, await desk.keys()).sound
    with zipfile.ZipFile(path) as archive:
        assert "pages/2026-02-09.html" in archive.read("index.html").decode()
        assert call_id in archive.read("pages/2026-02-09.html").decode()
    other = await desk.request(first_day="2026-02-10", last_day="2026-02-20")
    assert other["attempts"] == 0


async def test_given_a_file_taken_out_or_changed_or_added_when_verified_then_each_is_named(
    desk: Desk, call_id: str, tmp_path: Path
) -> None:
    path = await desk.fetch((await desk.request(call_id=call_id))["id"])
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(damaged, "w") as after:
        for name in before.namelist():
            if name != "data/metering.jsonl":
                content = before.read(name)
                after.writestr(name, content.replace(b"answered", b"busy") if "calls" in name else content)
        after.writestr("data/more.jsonl", b"{}")
    faults = {(fault.what, fault.where) for fault in verify_pack(damaged, await desk.keys()).faults}
    assert {
        (Broken.MISSING, "data/metering.jsonl"),
        (Broken.CHANGED, "data/calls.jsonl"),
        (Broken.EXTRA, "data/more.jsonl"),
    } <= faults
    assert Broken.SIGNATURE not in {what for what, _ in faults}


async def test_given_a_complaint_when_a_pack_is_made_then_it_holds_the_complaint_its_calls_and_the_refusal(
    desk: Desk, client: httpx.AsyncClient, call_id: str, clock: ManualClock
) -> None:
    complaint = {
        "reference": "12321-4711",
        "source": "12321",
        "about": "no_consent",
        "text": "接到不明来电",
        "received_at": clock.now().isoformat(),
        "phone": ANSWERS,
    }
    taken = await client.post("/api/v1/complaints", json=complaint)
    assert taken.is_success, taken.text
    pack = await desk.request(complaint_id=taken.json()["id"])
    path = await desk.fetch(pack["id"])
    (found,) = facts_of(path, "complaints")
    assert (found["reference"], found["calls"], found["callee"]) == ("12321-4711", [call_id], "138****0000")
    assert [call["call_id"] for call in facts_of(path, "calls")] == [call_id]
    assert len(facts_of(path, "refusals")) == 1
    with zipfile.ZipFile(path) as archive:
        assert "接到不明来电" in archive.read("index.html").decode()
        files = len(archive.namelist())
    [task] = (await client.get("/api/v1/tasks", params={"kind": "evidence.build"})).json()["items"]
    packed = {name: task["report"][name] for name in ("calls", "messages", "files")}
    assert packed == {"calls": 1, "messages": 0, "files": files}
    unknown = await client.post(PACKS, json={"reason": REASON, "complaint_id": call_id})
    assert unknown.json()["id"] == "evidence.subject_not_found"
    day = {"first_day": "2026-02-09", "last_day": "2026-02-09"}
    of_day = await desk.fetch((await desk.request(**day))["id"])
    assert [one["reference"] for one in facts_of(of_day, "complaints")] == ["12321-4711"]


async def test_given_a_complaint_about_a_message_when_a_pack_is_made_then_it_proves_the_message(
    desk: Desk, client: httpx.AsyncClient, database: Database, vault: Vault, clock: ManualClock, hall: Hall
) -> None:
    async with database.transaction() as session:
        version = hall.versions["near-turn"]
        message = await arrived_message(session, vault, hall.tenant_id, version, ANSWERS, clock.now())
        await arrived_message(session, vault, hall.tenant_id, version, ANSWERS, clock.now())
    complaint = {
        "reference": "12321-4712",
        "source": "12321",
        "about": "content",
        "text": "短信内容不实",
        "received_at": clock.now().isoformat(),
        "phone": ANSWERS,
        "message_ids": [str(message)],
        "refuse": False,
    }
    taken = await client.post("/api/v1/complaints", json=complaint)
    assert taken.is_success, taken.text
    pack = await desk.request(complaint_id=taken.json()["id"])
    path = await desk.fetch(pack["id"])
    (found,) = facts_of(path, "complaints")
    assert (found["messages"], found["calls"], pack["attempts"]) == ([str(message)], [], 1)
    assert [one["message_id"] for one in facts_of(path, "messages")] == [str(message)]
    assert verify_pack(path, await desk.keys()).sound


async def test_given_a_person_who_refuses_everybody_when_a_pack_is_made_then_the_refusal_is_in_it(
    desk: Desk, operator_client: httpx.AsyncClient, call_id: str
) -> None:
    refused = await operator_client.post("/api/v1/operator/refusals", json={"phone": ANSWERS})
    assert refused.is_success, refused.text
    other = await operator_client.post("/api/v1/operator/refusals", json={"phone": "13900000009"})
    assert other.is_success, other.text
    path = await desk.fetch((await desk.request(call_id=call_id))["id"])
    (found,) = facts_of(path, "refusals")
    assert (found["scope"], found["callee"], found["source"]) == ("platform", "138****0000", "operator")
    assert (found["recorded_by"], found["lifted_by"]) == (None, None)


async def test_given_a_paper_of_the_caller_number_when_a_pack_is_made_then_the_paper_is_in_it(
    desk: Desk, operator_client: httpx.AsyncClient, database: Database, call_id: str
) -> None:
    paper = {"file": ("授权书.pdf", b"%PDF-1.7 test")}
    uploaded = (await operator_client.post("/api/v1/operator/documents", files=paper)).json()
    (number,) = await rows(database, "SELECT caller_number_id AS id FROM calls")
    filed = await operator_client.post(
        f"/api/v1/operator/caller-numbers/{number.id}/papers",
        json={"kind": "authorisation", "document_id": uploaded["id"]},
    )
    assert filed.is_success, filed.text
    path = await desk.fetch((await desk.request(call_id=call_id))["id"])
    with zipfile.ZipFile(path) as archive:
        assert archive.read(f"documents/{uploaded['id']}.pdf") == b"%PDF-1.7 test"
        assert "授权书.pdf" in archive.read("index.html").decode()


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({}, "evidence.subject_invalid"),
        ({"call_id": "01a20b83-2b69-770c-839d-3e87a9f5da35", "phone": ANSWERS}, "evidence.subject_invalid"),
        ({"call_id": "01a20b83-2b69-770c-839d-3e87a9f5da35"}, "evidence.subject_not_found"),
        ({"phone": "abc"}, "evidence.subject_invalid"),
        ({"first_day": "2026-02-10"}, "evidence.subject_invalid"),
        ({"first_day": "2026-02-10", "last_day": "2026-02-09"}, "evidence.subject_invalid"),
        ({"first_day": "2020-01-01", "last_day": "2026-02-09"}, "evidence.period_too_long"),
    ],
)
async def test_given_no_clear_subject_when_asked_then_refused(desk: Desk, wish: Any, error: str) -> None:
    answer = await desk.client.post(PACKS, json={"reason": REASON, **wish})
    assert answer.json()["id"] == error
