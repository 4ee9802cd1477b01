"""The intake over HTTP on PostgreSQL."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from tests.support.hall.builders import Hall, queue_event

from yunhu.domains.consent.models import Refusal
from yunhu.domains.notifications.models import Journey, Notification, QueueEvent
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.phone import Phone

PHONE = "13800138000"


async def test_given_a_hall_when_a_visitor_is_called_then_a_voice_notification_is_created(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    now = clock.now()
    taken = queue_event("e1", "taken", now, seconds=-60, phone=PHONE, matter="企业登记", ahead=9)
    called = queue_event("e2", "called", now, window="3")

    first = await client.post("/api/v1/queue-events", json=taken)
    second = await client.post("/api/v1/queue-events", json=called)

    assert first.status_code == 202, first.text
    assert first.json()["not_created"] == [{"purpose": "near_turn", "reason": "threshold_not_reached"}]
    assert second.status_code == 202, second.text
    assert [(n["purpose"], n["channel"]) for n in second.json()["created"]] == [("your_turn", "voice")]
    assert second.json()["journey_id"] == first.json()["journey_id"]


async def post(client: httpx.AsyncClient, body: object) -> httpx.Response:
    return await client.post("/api/v1/queue-events", json=body)


async def test_given_a_known_event_when_sent_again_then_the_first_answer_returns_word_for_word(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    event = queue_event("e1", "taken", clock.now(), phone=PHONE, matter="企业登记", ahead=2)
    first = await post(client, event)
    again = await post(client, event)
    other = await post(client, {**event, "ahead": 1})

    assert first.status_code == again.status_code == 202
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert other.status_code == 409
    assert other.json()["id"] == "notifications.event_conflict"


async def test_given_a_batch_with_bad_events_when_sent_then_only_those_are_refused(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    now = clock.now()
    await post(client, queue_event("old", "taken", now, number="B1"))
    batch = [
        queue_event("e1", "taken", now, phone=PHONE, matter="企业登记", ahead=2),
        {**queue_event("e2", "taken", now), "ahead": "many", "event": "vanished"},
        queue_event("old", "taken", now, number="B2"),
        queue_event("e3", "called", now, seconds=1, window="3", number="C1", phone="12345"),
        queue_event("e4", "called", now, seconds=1, window="3"),
    ]
    answer = await post(client, {"events": batch})

    assert answer.status_code == 202, answer.text
    answers = answer.json()["answers"]
    assert [a["status"] for a in answers] == ["accepted", "rejected", "conflict", "rejected", "accepted"]
    pointers = {error["pointer"] for error in answers[1]["problem"]["details"]["errors"]}
    assert pointers == {"/ahead", "/event"}
    assert answers[4]["superseded"] == [answers[0]["created"][0]["id"]]


async def test_given_a_waiting_call_when_the_visitor_is_served_then_it_is_superseded(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    now = clock.now()
    called = await post(client, queue_event("e1", "called", now, window="3", phone=PHONE))
    notification = called.json()["created"][0]["id"]
    clock.advance(timedelta(seconds=5))
    served = await post(client, queue_event("e2", "served", now, seconds=4))
    late = await post(client, queue_event("e3", "recalled", now, seconds=2, window="3"))
    detail = await client.get(f"/api/v1/notifications/{notification}")
    journey = await client.get(f"/api/v1/journeys/{called.json()['journey_id']}")

    assert served.json()["superseded"] == [notification]
    assert late.json()["status"] == "ignored"
    assert late.json()["not_created"] == [{"purpose": "your_turn", "reason": "late_event"}]
    assert detail.json()["state"] == "superseded"
    assert detail.json()["callee"] == "138****8000"
    assert [line["kind"] for line in detail.json()["timeline"]] == ["created", "superseded"]
    assert journey.json()["state"] == "served"
    assert [event["event_id"] for event in journey.json()["events"]] == ["e1", "e3", "e2"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"phone": None}, "no_phone"),
        ({"window": None}, "parameter_missing"),
        ({"hall": "other"}, "no_scenario"),
        ({"window": "<script>"}, "parameter_invalid"),
    ],
)
async def test_given_a_fact_is_missing_when_called_then_the_event_counts_and_the_reason_is_told(
    client: httpx.AsyncClient, clock: ManualClock, change: dict[str, Any], reason: str
) -> None:
    event = queue_event("e1", "called", clock.now(), window="3", phone=PHONE)
    answer = await post(client, {**event, **change})
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "accepted"
    assert [entry["reason"] for entry in answer.json()["not_created"]] == [reason]


async def test_given_parallel_batches_over_the_same_visits_when_sent_then_each_event_counts_once(
    client: httpx.AsyncClient, clock: ManualClock, database: Database, hall: Hall
) -> None:
    now = clock.now()
    numbers = [f"A{index:03d}" for index in range(20)]
    batches = [
        [
            queue_event(
                f"{kind}-{number}",
                kind,
                now,
                seconds=seconds - 60,
                number=number,
                phone=PHONE,
                window="3",
                matter="企业登记",
                ahead=1,
            )
            for number in order
        ]
        for kind, seconds in (("taken", 0), ("progress", 10), ("called", 20), ("recalled", 30))
        for order in (numbers, numbers[::-1])
    ]
    answers = await asyncio.wait_for(asyncio.gather(*(post(client, batch) for batch in batches)), 60)

    assert {answer.status_code for answer in answers} == {202}
    async with database.transaction() as session:
        rows = (
            await session.execute(select(Notification.purpose, Notification.journey_id, Notification.state))
        ).all()
        events = await session.scalar(select(func.count()).select_from(QueueEvent))
        judged = set(await session.scalars(select(Journey.judged_at)))
    assert events == 80
    near = Counter(row.journey_id for row in rows if row.purpose == "near_turn")
    turns = Counter(row.journey_id for row in rows if row.purpose == "your_turn")
    pending = Counter(row.journey_id for row in rows if row.state == "pending")
    assert max(near.values(), default=0) <= 1
    assert len(turns) == 20
    assert max(turns.values()) <= 2
    assert set(pending.values()) == {1}
    assert judged == {now - timedelta(seconds=30)}


async def test_given_a_standing_refusal_when_called_then_nothing_is_created(
    client: httpx.AsyncClient, clock: ManualClock, database: Database, hall: Hall, vault: Vault
) -> None:
    sealed = vault.seal_phone(Phone.parse(PHONE))
    async with database.transaction() as session:
        session.add(
            Refusal(
                tenant_id=hall.tenant_id,
                callee_cipher=sealed.cipher,
                callee_index=sealed.index,
                source="api",
                at=clock.now(),
            )
        )
    answer = await post(client, queue_event("e1", "called", clock.now(), window="3", phone=PHONE))
    assert answer.json()["created"] == []
    assert answer.json()["not_created"] == [{"purpose": "your_turn", "reason": "refused_by_callee"}]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"[" * 3000, b'{"events": []}', b'{"events": 1, "more": 2}', b"\xff"],
)
async def test_given_a_body_that_is_no_event_when_sent_then_the_problem_is_told(
    client: httpx.AsyncClient, body: bytes
) -> None:
    answer = await client.post("/api/v1/queue-events", content=body)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_given_a_naive_or_future_time_when_sent_then_it_is_refused(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    naive = await post(
        client, {**queue_event("e1", "taken", clock.now()), "occurred_at": "2026-02-09T09:00:00"}
    )
    future = await post(client, queue_event("e1", "taken", clock.now(), seconds=3600))
    assert (naive.status_code, future.status_code) == (400, 422)
    assert naive.json()["details"]["errors"][0]["pointer"] == "/occurred_at"
    assert future.json()["details"]["errors"][0]["pointer"] == "/occurred_at"
