"""Texts, calls and notifications by the search box, and the operator's pages of them: without content, and on record (row D8)."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from tests.support.complaints.builders import arrived_message
from tests.support.dispatch.rig import ANSWERS, Rig, rows
from tests.support.hall.builders import Hall, build_hall, queue_event
from tests.support.hall.plugin import client_of

from yunhu.domains.identity.public import Scope
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

SAID = "您办理的社保事项号码为B017"
_PLACE = text(
    "UPDATE sms_messages SET notification_id = :notification, account_id = :account, node_id = :node"
)


async def find(client: httpx.AsyncClient, q: object) -> list[dict[str, Any]]:
    answer = await client.get("/api/v1/search", params={"q": str(q)})
    assert answer.status_code == 200, answer.text
    assert ANSWERS not in answer.text
    return list(answer.json()["items"])


@pytest.fixture
async def called(client: httpx.AsyncClient, rig: Rig, clock: ManualClock) -> Any:
    """The call of a visitor who was called to a window."""
    event = queue_event("e1", "called", clock.now(), number="B017", window="3", phone=ANSWERS)
    assert (await client.post("/api/v1/queue-events", json=event)).status_code == 202
    rig.dispatcher.wake()
    await rig.wait_for("SELECT state FROM calls", "ended")
    [call] = await rows(rig.database, "SELECT id, notification_id FROM calls")
    return call


@pytest.fixture
async def texted(operator_client: httpx.AsyncClient, rig: Rig, hall: Hall, vault: Vault, called: Any) -> UUID:
    """A text to the same visitor, for the same notification."""
    body = {"tenant": "yanta", "name": "hall-sms", "kind": "sandbox"}
    account = (await operator_client.post("/api/v1/operator/smsc-accounts", json=body)).json()["id"]
    async with rig.database.transaction() as session:
        version = hall.versions["near-turn"]
        at = rig.clock.now()
        message = await arrived_message(session, vault, hall.tenant_id, version, ANSWERS, at, said=SAID)
        of = {"notification": called.notification_id, "account": UUID(account), "node": rig.node_id}
        await session.execute(_PLACE, of)
    return message


async def test_given_a_text_when_searched_by_number_or_id_then_found_masked_by_who_may_read_it(
    client: httpx.AsyncClient,
    texted: UUID,
    database: Database,
    vault: Vault,
    clock: ManualClock,
    app: Any,
    hall: Hall,
) -> None:
    [by_id] = await find(client, texted)
    assert (by_id["kind"], by_id["title"], by_id["callee"]) == ("message", "your_turn", "138****0000")
    assert str(texted) in [one["id"] for one in await find(client, ANSWERS) if one["kind"] == "message"]
    other = await build_hall(database, vault, clock.now(), slug="beilin", scopes=[Scope.NOTIFICATIONS_READ])
    async with client_of(app, other.token) as stranger:
        assert await find(stranger, texted) == []


async def test_given_the_operator_when_an_id_is_searched_then_calls_and_texts_are_found_without_the_person(
    operator_client: httpx.AsyncClient, called: Any, texted: UUID
) -> None:
    for id_, kind in ((called.id, "call"), (texted, "message")):
        [found] = await find(operator_client, id_)
        assert (found["kind"], found["id"], found["callee"]) == (kind, str(id_), None)
    kinds = [one["kind"] for one in await find(operator_client, called.notification_id)]
    assert kinds == ["notification", "call", "message"]
    assert await find(operator_client, ANSWERS) == []


async def test_given_the_operator_when_a_call_text_or_notification_is_opened_then_no_content_is_told_and_the_look_is_on_record(
    operator_client: httpx.AsyncClient,
    client: httpx.AsyncClient,
    called: Any,
    texted: UUID,
    database: Database,
) -> None:
    call_path, text_path = f"/api/v1/operator/calls/{called.id}", f"/api/v1/operator/messages/{texted}"
    asked_path = f"/api/v1/operator/notifications/{called.notification_id}"
    for path in (call_path, call_path, text_path, asked_path):
        answer = await operator_client.get(path)
        assert answer.status_code == 200, answer.text
        for content in (SAID, "办理业务", "B017", "138****0000", ANSWERS):
            assert content not in answer.text
    call = (await operator_client.get(call_path)).json()
    assert (call["tenant"], call["result"], call["trunk"], call["node"]) == (
        "yanta",
        "answered",
        "sandbox",
        "test",
    )
    message = (await operator_client.get(text_path)).json()
    assert (message["tenant"], message["state"], message["account"]) == ("yanta", "delivered", "hall-sms")
    asked = (await operator_client.get(asked_path)).json()
    told = ("tenant", "purpose", "channel", "scenario", "state", "result", "attempts")
    assert [asked[name] for name in told] == [
        "yanta",
        "your_turn",
        "voice",
        "main",
        "delivered",
        "answered",
        1,
    ]
    assert [(one["channel"], one["id"], one["state"]) for one in asked["tries"]] == [
        ("voice", str(called.id), "ended"),
        ("sms", str(texted), "delivered"),
    ]
    hidden = {
        "callee",
        "journey_id",
        "matter",
        "window",
        "parameters",
        "client_reference",
        "timeline",
        "text",
    }
    assert not hidden & {*asked, *asked["tries"][0]}
    looks = "SELECT action, subject_id FROM audit_entries WHERE action LIKE 'look.%' ORDER BY sequence"
    assert [(one.action, one.subject_id) for one in await rows(database, looks)] == [
        ("look.call", str(called.id)),
        ("look.message", str(texted)),
        ("look.notification", str(called.notification_id)),
    ]
    for path in (call_path, text_path, asked_path):
        assert (await client.get(path)).status_code == 403


async def test_given_an_unknown_id_when_the_operator_opens_it_then_404_and_nothing_is_on_record(
    operator_client: httpx.AsyncClient, database: Database
) -> None:
    for slice_, error in (
        ("calls", "calls.not_found"),
        ("messages", "sms.not_found"),
        ("notifications", "notifications.not_found"),
    ):
        answer = await operator_client.get(f"/api/v1/operator/{slice_}/{uuid4()}")
        assert (answer.status_code, answer.json()["id"]) == (404, error)
    assert await rows(database, "SELECT 1 FROM audit_entries WHERE action LIKE 'look.%'") == []
