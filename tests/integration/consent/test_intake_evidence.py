"""A visitor who leaves a number agrees to be called for the turn: kept once, used again, undone by nothing but words."""

from datetime import timedelta

import pytest
from tests.support.dispatch.rig import rows
from tests.support.hall.builders import queue_event

EVENTS = "/api/v1/queue-events"
PHONE = "13800000001"
CONSENTS = "SELECT id, purpose, source, valid_until, withdrawn_at, reference FROM consents ORDER BY id"


@pytest.fixture
def say(client, clock):
    async def send(*events) -> list[dict]:
        answer = await client.post(EVENTS, json={"events": list(events)})
        assert answer.status_code == 202, answer.text
        return answer.json()["answers"]

    return send


async def test_given_a_number_taken_when_events_follow_then_one_evidence_is_kept_for_the_visit(
    say, client, clock, database
):
    now = clock.now()
    taken = queue_event("e1", "taken", now, phone=PHONE, matter="户籍", ahead=9)
    [answer] = await say(taken)
    await say(taken, queue_event("e2", "progress", now, seconds=1, phone=PHONE, ahead=8))
    await say(queue_event("e3", "called", now, seconds=2, phone=PHONE, window="3"))
    [kept] = await rows(database, CONSENTS)
    assert (kept.purpose, kept.source, kept.reference) == ("queue", "kiosk", answer["journey_id"])
    assert kept.valid_until.isoformat() == "2026-02-10"
    [verdict] = await rows(database, "SELECT state FROM notifications WHERE purpose = 'your_turn'")
    assert verdict.state == "pending"


async def test_given_evidence_that_stands_when_another_number_is_taken_then_it_is_used_again(
    say, clock, database
):
    now = clock.now()
    await say(queue_event("e1", "taken", now, phone=PHONE, ahead=9))
    await say(queue_event("e2", "taken", now, seconds=9, number="B002", phone=PHONE, ahead=9))
    assert len(await rows(database, CONSENTS)) == 1
    clock.advance(timedelta(days=1))
    await say(queue_event("e3", "taken", clock.now(), phone=PHONE, ahead=9))
    assert len(await rows(database, CONSENTS)) == 2


async def test_given_many_visitors_when_they_come_in_one_request_then_each_has_evidence(say, clock, database):
    now = clock.now()
    batch = [
        queue_event(f"e{n}", "taken", now, number=f"A{n:03}", phone=f"138000001{n:02}", ahead=50)
        for n in range(60)
    ]
    await say(*batch)
    [found] = await rows(database, "SELECT count(*), count(DISTINCT callee_index) AS people FROM consents")
    assert (found.count, found.people) == (60, 60)


async def test_given_a_withdrawal_when_events_of_before_or_of_the_same_visit_come_then_it_holds(
    say, client, clock, database
):
    now = clock.now()
    await say(queue_event("e1", "taken", now, phone=PHONE, ahead=9))
    [kept] = await rows(database, CONSENTS)
    clock.advance(timedelta(minutes=2))
    answer = await client.post(f"/api/v1/consents/{kept.id}/withdraw", json={"reason": "x"})
    assert answer.json()["withdrawn"] == 1
    clock.advance(timedelta(minutes=2))
    late = queue_event("e0", "taken", now, seconds=30, number="B001", phone=PHONE, ahead=9)
    await say(late, queue_event("e2", "progress", clock.now(), phone=PHONE, ahead=5))
    assert [row.withdrawn_at is not None for row in await rows(database, CONSENTS)] == [True]
    await say(queue_event("e3", "taken", clock.now(), number="C001", phone=PHONE, ahead=9))
    assert [row.withdrawn_at is not None for row in await rows(database, CONSENTS)] == [True, False]


async def test_given_an_event_without_a_phone_when_it_comes_then_there_is_no_evidence(say, clock, database):
    await say(queue_event("e1", "taken", clock.now(), ahead=9))
    assert await rows(database, CONSENTS) == []
    await say(queue_event("e2", "called", clock.now(), seconds=1, window="2", phone=PHONE))
    assert len(await rows(database, CONSENTS)) == 1
