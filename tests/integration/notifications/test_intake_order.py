"""What a visit's events lead to in the database is what the rules say, however they are dealt out to requests."""

import asyncio
import itertools
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from tests.support.hall.builders import DEFAULT_PLAN, Hall, queue_event

from yunhu.domains.notifications.events import DISPATCH_CHANNEL, PROMPTS_CHANNEL, STOP_CHANNEL
from yunhu.domains.notifications.models import Journey, Notification
from yunhu.domains.notifications.rules import EventFacts, JourneyFacts, announced, judge
from yunhu.domains.notifications.states import QueueEventKind
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.db import Database

PHONE = "13800138000"
_numbers = itertools.count(1)

Step = tuple[QueueEventKind, int, int, bool]
"""Kind, seconds before now, people ahead, whether the phone is told."""
Result = tuple[str, int, bool, frozenset[tuple[str, int]]]
"""Of a visit: state, calls, near announced, and each announcement by purpose and number."""

_steps: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(st.sampled_from(QueueEventKind), st.integers(0, 9), st.sampled_from([0, 2, 9]), st.booleans()),
    min_size=1,
    max_size=7,
)


def _expected(steps: list[Step], batches: list[list[int]], clock: ManualClock) -> Result:
    """The rules applied to batches in a row: each batch in the order of `occurred_at`, each event once."""
    journey, seen, announcements = JourneyFacts(), set[int](), set[tuple[str, int]]()
    for batch in batches:
        fresh = [index for index in dict.fromkeys(batch) if index not in seen]
        seen.update(fresh)
        for index in sorted(fresh, key=lambda index: -steps[index][1]):
            kind, ago, ahead, has_phone = steps[index]
            facts = EventFacts(
                kind=kind,
                occurred_at=clock.now() - timedelta(seconds=ago),
                matter="企业登记",
                window="3",
                ahead=ahead,
                has_phone=has_phone,
            )
            decision = judge(journey, facts, DEFAULT_PLAN, clock.now())
            if decision.announce is not None:
                announcements.add((decision.announce.purpose.value, decision.announce.number))
            journey = announced(decision)
    return journey.state.value, journey.calls_announced, journey.near_announced, frozenset(announcements)


def _bodies(steps: list[Step], number: str, clock: ManualClock) -> list[dict[str, Any]]:
    return [
        queue_event(
            f"{number}-{index}",
            kind.value,
            clock.now(),
            seconds=-ago,
            number=number,
            matter="企业登记",
            window="3",
            ahead=ahead,
            **({"phone": PHONE} if has_phone else {}),
        )
        for index, (kind, ago, ahead, has_phone) in enumerate(steps)
    ]


async def _found(database: Database, number: str) -> Result:
    async with database.transaction() as session:
        journey = (await session.scalars(select(Journey).where(Journey.queue_number == number))).one()
        rows = await session.execute(
            select(Notification.purpose, Notification.announcement).where(
                Notification.journey_id == journey.id
            )
        )
        announcements = frozenset((row.purpose, row.announcement) for row in rows)
    return journey.state, journey.calls_announced, journey.near_announced, announcements


async def _told(database: Database, number: str) -> list[tuple[str, int, list[str], list[str]]]:
    """Of each of the visit's notifications: state, revision, its timeline and what was published about it."""
    async with database.transaction() as session:
        rows = await session.execute(
            text(
                """
                SELECT n.state, n.revision, (n.finished_at IS NULL) AS open,
                    ARRAY(SELECT kind FROM timeline_entries AS t WHERE t.notification_id = n.id ORDER BY t.id) AS lines,
                    ARRAY(SELECT type FROM outbox AS o WHERE o.subject_id = n.id ORDER BY o.id) AS facts
                FROM notifications AS n JOIN journeys AS j ON j.id = n.journey_id WHERE j.queue_number = :number
                """
            ),
            {"number": number},
        )
        found = rows.all()
    assert all(row.open == (row.state == "pending") for row in found)
    return [(row.state, row.revision, row.lines, row.facts) for row in found]


_ANNOUNCED = ("pending", 1, ["created"], ["notification.created"])
_OVERTAKEN = (
    "superseded",
    2,
    ["created", "superseded"],
    ["notification.created", "notification.superseded"],
)
"""Whether an event of the same request or of a later one made it pointless."""


async def _post(client: httpx.AsyncClient, body: object) -> None:
    answer = await client.post("/api/v1/queue-events", json=body)
    assert answer.status_code == 202, answer.text


_over_fixtures = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@_over_fixtures
@given(_steps, st.data())
async def test_given_any_dealing_of_a_visits_events_when_reported_then_the_rules_are_obeyed(
    client: httpx.AsyncClient, clock: ManualClock, database: Database, steps: list[Step], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(steps))))
    doubled = [*order, *data.draw(st.lists(st.sampled_from(order), max_size=4))]
    size = data.draw(st.integers(1, len(doubled)))
    batches = [doubled[start : start + size] for start in range(0, len(doubled), size)]
    number = f"D{next(_numbers)}"
    bodies = _bodies(steps, number, clock)
    for batch in batches:
        chosen = [bodies[index] for index in batch]
        await _post(client, chosen[0] if len(chosen) == 1 else chosen)
    assert await _found(database, number) == _expected(steps, batches, clock)
    assert all(told in (_ANNOUNCED, _OVERTAKEN) for told in await _told(database, number))


@_over_fixtures
@given(_steps, st.data())
async def test_given_overlapping_batches_when_sent_at_once_then_the_end_is_that_of_some_order(
    client: httpx.AsyncClient, clock: ManualClock, database: Database, steps: list[Step], data: st.DataObject
) -> None:
    some = st.lists(st.sampled_from(range(len(steps))), min_size=1, max_size=4)
    batches = [data.draw(some) for _ in range(3)]
    number = f"P{next(_numbers)}"
    bodies = _bodies(steps, number, clock)
    posts = (_post(client, [bodies[index] for index in batch]) for batch in batches)
    await asyncio.wait_for(asyncio.gather(*posts), 30)
    possible = {_expected(steps, list(order), clock) for order in itertools.permutations(batches)}
    assert await _found(database, number) in possible


@_over_fixtures
@given(_steps, st.data())
async def test_given_single_events_and_batches_when_sent_at_once_then_the_end_is_that_of_one_at_a_time(
    client: httpx.AsyncClient, clock: ManualClock, database: Database, steps: list[Step], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(steps))))
    singles = order[:4]
    batches = [data.draw(st.lists(st.sampled_from(order), min_size=1, max_size=4)) for _ in range(2)]
    number = f"M{next(_numbers)}"
    bodies = _bodies(steps, number, clock)
    posts = [_post(client, bodies[index]) for index in singles]
    posts += [_post(client, [bodies[index] for index in batch]) for batch in batches]
    await asyncio.wait_for(asyncio.gather(*posts), 30)
    parts = [[index] for index in singles] + batches
    possible = {_expected(steps, list(some), clock) for some in itertools.permutations(parts)}
    assert await _found(database, number) in possible
    assert all(told in (_ANNOUNCED, _OVERTAKEN) for told in await _told(database, number))


async def _listen(url: str, heard: "asyncio.Queue[tuple[str, str]]") -> asyncpg.Connection:
    connection = await asyncpg.connect(url)
    for channel in (DISPATCH_CHANNEL, PROMPTS_CHANNEL, STOP_CHANNEL):
        await connection.add_listener(
            channel, lambda _c, _p, name, payload: heard.put_nowait((name, payload))
        )
    return connection


async def test_given_a_call_in_the_air_when_the_visitor_is_served_then_it_is_told_to_stop(
    client: httpx.AsyncClient, clock: ManualClock, database: Database, database_url: str, hall: Hall
) -> None:
    heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    listener = await _listen(database_url, heard)
    try:
        called = queue_event("e1", "called", clock.now(), seconds=-5, window="3", phone=PHONE)
        answer = await client.post("/api/v1/queue-events", json=called)
        id_ = answer.json()["created"][0]["id"]
        woken = {await asyncio.wait_for(heard.get(), 10) for _ in range(2)}
        async with database.transaction() as session:
            await session.execute(update(Notification).where(Notification.id == id_).values(state="active"))
        served = await client.post("/api/v1/queue-events", json=queue_event("e2", "served", clock.now()))
        stopped = await asyncio.wait_for(heard.get(), 10)
        async with database.transaction() as session:
            row = (await session.scalars(select(Notification).where(Notification.id == id_))).one()
    finally:
        await listener.close()

    assert woken == {(DISPATCH_CHANNEL, f"voice:{hall.tenant_id}"), (PROMPTS_CHANNEL, f"notification:{id_}")}
    assert served.json()["superseded"] == [id_]
    assert stopped == (STOP_CHANNEL, id_)
    assert (row.state, row.stop_reason, row.finished_at) == ("active", "superseded", None)
