import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import text
from tests.support.callbacks.receiver import Receiver, status

from yunhu.domains.callbacks import repository
from yunhu.domains.callbacks.deliveries import find_delivery, redeliver, send_test
from yunhu.domains.callbacks.endpoints import find_endpoint
from yunhu.domains.callbacks.models import CallbackEndpoint
from yunhu.domains.callbacks.public import (
    CallbackClient,
    CallbackSender,
    CallbackSubscriber,
    Endpoints,
    EndpointWish,
    GuardedBackend,
)
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.outbox import Event, publish


class ShiftedClock:
    """The machine's clock, moved ahead: receivers verify timestamps against the real one."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead


class Rig:
    def __init__(self, database: Database, vault: Vault, tenant_id: UUID) -> None:
        self.database, self.tenant_id = database, tenant_id
        self.clock = ShiftedClock()
        self.endpoints = Endpoints(vault, self.clock, allow_private=True)
        self.subscriber = CallbackSubscriber(database, self.clock)
        self._vault = vault
        self.sender = self.new_sender()

    def new_sender(self, *, allow_private: bool = True) -> CallbackSender:
        client = CallbackClient(GuardedBackend(allow_private=allow_private))
        return CallbackSender(self.database, self._vault, self.clock, client)

    async def add(self, url: str, *types: str) -> tuple[CallbackEndpoint, str]:
        wish = EndpointWish(url=url, event_types=types)
        async with self.database.transaction() as session:
            return await self.endpoints.add(session, self.tenant_id, wish)

    async def publish(self, *numbers: int, subject: UUID | None = None, type_: str = "created") -> None:
        subject = subject or uuid4()
        events = [
            Event(self.tenant_id, f"notification.{type_}", subject, {"n": n}, self.clock.now())
            for n in numbers
        ]
        async with self.database.transaction() as session:
            await publish(session, events)
        while await self.subscriber.read():
            pass

    async def rows(self, statement: str) -> list[Any]:
        async with self.database.transaction() as session:
            return list((await session.execute(text(statement))).mappings().all())

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(20):
            while not await condition():
                await asyncio.sleep(0.02)

    async def until_states(self, **wanted: int) -> None:
        async def reached() -> bool:
            rows = await self.rows("SELECT state, count(*) AS n FROM callback_deliveries GROUP BY 1")
            return {row["state"]: row["n"] for row in rows} == wanted

        await self.until(reached)

    async def until_tries(self, wanted: int) -> list[Any]:
        async def reached() -> bool:
            return len(await self.rows("SELECT 1 FROM callback_tries")) >= wanted

        await self.until(reached)
        return await self.rows("SELECT * FROM callback_tries ORDER BY id")

    async def hurry(self) -> None:
        await self.rows("UPDATE callback_deliveries SET next_attempt_at = now() - interval '1 s' RETURNING 1")
        self.sender.wake()

    async def endpoint(self) -> Any:
        return (await self.rows("SELECT * FROM callback_endpoints"))[0]


@pytest.fixture
async def rig(database: Database, vault: Vault, tenant_id: UUID) -> AsyncIterator[Rig]:
    rig = Rig(database, vault, tenant_id)
    yield rig
    await rig.subscriber.stop()
    await rig.sender.stop()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    await receiver.start()
    yield receiver
    await receiver.stop()


async def test_given_an_endpoint_when_facts_are_published_then_signed_messages_arrive_in_order(
    rig: Rig, receiver: Receiver
) -> None:
    _, secret = await rig.add(receiver.url)
    await rig.publish(1, 2, 3)
    rig.sender.start()
    await rig.until_states(delivered=3)
    messages = receiver.verified(secret)
    assert [message["data"]["n"] for message in messages] == [1, 2, 3]
    assert messages[0]["type"] == "notification.created"
    assert datetime.fromisoformat(messages[0]["timestamp"])
    assert len(set(receiver.ids)) == 3


async def test_given_endpoints_with_other_types_or_tenants_when_published_then_only_matches_are_made(
    rig: Rig, receiver: Receiver
) -> None:
    await rig.add(receiver.url + "/all")
    await rig.add(receiver.url + "/failed", "notification.failed")
    await rig.publish(1, type_="failed")
    await rig.publish(2)
    await rig.publish(3, type_="internal_matter")
    rows = await rig.rows("SELECT payload FROM callback_deliveries ORDER BY id")
    assert [row["payload"]["n"] for row in rows] == [1, 1, 2]


async def test_given_a_failing_first_message_when_retried_then_the_next_of_its_subject_waits_for_it(
    rig: Rig, receiver: Receiver
) -> None:
    _, secret = await rig.add(receiver.url)
    receiver.replies = [status(500, body=b"broken\x00 today")]
    await rig.publish(1, 2)
    rig.sender.start()
    [first] = await rig.until_tries(1)
    assert (first["status"], first["error"]) == (500, "HTTP 500: broken today")
    await rig.publish(9)  # another subject is not held up
    rig.sender.wake()
    await rig.until_states(delivered=1, pending=2)
    await rig.hurry()
    await rig.until_states(delivered=3)
    assert [message["data"]["n"] for message in receiver.verified(secret)] == [1, 9, 1, 2]
    assert receiver.ids[0] == receiver.ids[2]


async def test_given_a_sender_that_died_after_its_claim_when_the_lease_ends_then_another_sends(
    rig: Rig, receiver: Receiver
) -> None:
    _, secret = await rig.add(receiver.url)
    await rig.publish(1, 2)
    async with rig.database.transaction() as session:
        now = rig.clock.now()
        assert len(await repository.claim(session, now, limit=9, each=9, full=())) == 1
        assert await repository.claim(session, now, limit=9, each=9, full=()) == []
    async with rig.database.transaction() as session:
        later = now + timedelta(seconds=61)
        [again] = await repository.claim(session, later, limit=9, each=9, full=())
    assert again.attempts == 2
    await rig.hurry()
    rig.sender.start()
    await rig.until_states(delivered=2)
    assert [message["data"]["n"] for message in receiver.verified(secret)] == [1, 2]


async def test_given_many_senders_when_they_share_the_work_then_each_message_is_sent_once_and_in_order(
    rig: Rig, receiver: Receiver
) -> None:
    _, secret = await rig.add(receiver.url)
    subjects = [uuid4() for _ in range(10)]
    for subject in subjects:
        await rig.publish(1, 2, 3, subject=subject)
    senders = [rig.new_sender() for _ in range(3)]
    for sender in senders:
        sender.start()
    await rig.until_states(delivered=30)
    for sender in senders:
        await sender.stop()
    assert len(receiver.ids) == len(set(receiver.ids)) == 30
    order = sorted((int(id_[4:]), at) for at, id_ in enumerate(receiver.ids))
    for start in range(0, 30, 3):
        arrived = [at for _, at in order[start : start + 3]]
        assert arrived == sorted(arrived)
    assert len(receiver.verified(secret)) == 30


async def test_given_410_when_answered_then_the_endpoint_is_paused_and_resuming_sends_what_waits(
    rig: Rig, receiver: Receiver
) -> None:
    endpoint, _ = await rig.add(receiver.url)
    receiver.replies = [status(410)]
    await rig.publish(1)
    rig.sender.start()
    await rig.until_tries(1)
    paused = await rig.endpoint()
    assert (paused["state"], paused["paused_reason"]) == ("paused", "the receiver answered 410 Gone")
    await rig.publish(2)
    await rig.hurry()
    async with rig.database.transaction() as session:
        row = await find_endpoint(session, rig.tenant_id, endpoint.id)
        await rig.endpoints.resume(session, row)
    assert len(receiver.requests) == 1
    rig.sender.wake()
    await rig.until_states(delivered=2)
    assert (await rig.endpoint())["failing_since"] is None


async def test_given_an_hour_without_success_when_it_fails_again_then_the_endpoint_is_paused(
    rig: Rig, receiver: Receiver
) -> None:
    await rig.add(receiver.url)
    receiver.otherwise = status(503, "Retry-After: 120")
    await rig.publish(1)
    rig.sender.start()
    await rig.until_tries(1)
    assert (await rig.endpoint())["state"] == "active"
    rig.clock.ahead = timedelta(hours=1, minutes=1)
    rig.sender.wake()
    await rig.until_tries(2)
    endpoint = await rig.endpoint()
    assert endpoint["state"] == "paused"
    assert "no success since" in endpoint["paused_reason"]


async def test_given_a_day_of_failures_when_it_fails_once_more_then_it_is_dead_and_can_be_sent_again(
    rig: Rig, receiver: Receiver
) -> None:
    endpoint, _ = await rig.add(receiver.url)
    receiver.replies = [status(500)]
    await rig.publish(1)
    await rig.rows("UPDATE callback_deliveries SET give_up_at = now() - interval '1 s' RETURNING 1")
    rig.sender.start()
    await rig.until_states(dead=1)
    async with rig.database.transaction() as session:
        row = (await rig.rows("SELECT id FROM callback_deliveries"))[0]
        again = await redeliver(session, rig.tenant_id, row["id"], rig.clock.now())
        assert again.endpoint_id == endpoint.id
    rig.sender.wake()
    await rig.until_states(delivered=1)
    assert receiver.ids[0] == receiver.ids[1]


async def test_given_a_rotated_secret_when_sent_then_both_secrets_verify(
    rig: Rig, receiver: Receiver
) -> None:
    endpoint, old = await rig.add(receiver.url)
    async with rig.database.transaction() as session:
        row = await find_endpoint(session, rig.tenant_id, endpoint.id)
        new = await rig.endpoints.rotate(session, row)
        delivery = await send_test(session, row, rig.clock.now())
    rig.sender.start()
    await rig.until_states(delivered=1)
    assert receiver.verified(old) == receiver.verified(new)
    assert receiver.verified(new)[0]["type"] == "callback.test"
    async with rig.database.transaction() as session:
        assert (await find_delivery(session, rig.tenant_id, delivery.id)).outbox_id is None


async def test_given_private_addresses_are_not_allowed_when_sent_then_nothing_leaves(
    rig: Rig, receiver: Receiver
) -> None:
    await rig.add(receiver.url.replace("127.0.0.1", "localhost"))
    await rig.publish(1)
    sender = rig.new_sender(allow_private=False)
    sender.start()
    [tried] = await rig.until_tries(1)
    await sender.stop()
    assert tried["error"] == "not sent: the host resolves to a loopback address"
    assert receiver.requests == []


async def test_given_a_redirect_when_answered_then_it_is_not_followed(rig: Rig, receiver: Receiver) -> None:
    await rig.add(receiver.url)
    receiver.replies = [status(307, f"Location: {receiver.url}/elsewhere")]
    await rig.publish(1)
    rig.sender.start()
    [tried] = await rig.until_tries(1)
    assert tried["error"] == "HTTP 307: redirects are not followed"
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(("code", "state"), [(200, "delivered"), (500, "pending")])
async def test_given_an_endless_answer_when_read_then_only_its_beginning_is(
    rig: Rig, receiver: Receiver, code: int, state: str
) -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {code} X\r\nContent-Length: 99999999999\r\n\r\n".encode())
        while True:
            writer.write(b"a" * 65536)
            await writer.drain()

    await rig.add(receiver.url)
    receiver.replies = [endless]
    await rig.publish(1)
    rig.sender.start()
    [tried] = await rig.until_tries(1)
    assert tried["status"] == code
    assert len(tried["error"] or "") < 400
    await rig.until_states(**{state: 1})


async def test_given_a_receiver_that_never_answers_when_time_is_up_then_it_is_a_failed_try(
    rig: Rig, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3)

    monkeypatch.setattr("yunhu.domains.callbacks.client.TOTAL_SECONDS", 0.3)
    await rig.add(receiver.url)
    receiver.replies = [never]
    await rig.publish(1)
    rig.sender.start()
    [tried] = await rig.until_tries(1)
    assert (tried["status"], tried["error"]) == (None, "no answer within 0.3 s")


async def test_given_a_slow_endpoint_when_another_is_quick_then_the_quick_one_is_served(
    rig: Rig, receiver: Receiver
) -> None:
    released = asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        await released.wait()
        await status(204)(writer)

    sluggish = Receiver()
    sluggish.otherwise = slow
    await sluggish.start()
    await rig.add(sluggish.url)
    await rig.add(receiver.url)
    for number in range(12):
        await rig.publish(number)
    rig.sender.start()
    await receiver.count(12)
    released.set()
    await rig.until_states(delivered=24)
    await sluggish.stop()


async def test_given_running_jobs_when_woken_then_a_fact_goes_all_the_way(
    rig: Rig, receiver: Receiver
) -> None:
    _, secret = await rig.add(receiver.url)
    rig.subscriber.start()
    rig.sender.start()
    async with rig.database.transaction() as session:
        fact = Event(rig.tenant_id, "callee.refused", uuid4(), {"n": 5}, rig.clock.now())
        await publish(session, [fact])
    rig.subscriber.wake()
    await rig.until_states(delivered=1)
    assert msgspec.json.decode(receiver.requests[0][1])["data"] == {"n": 5}
    assert receiver.verified(secret)
