import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.foundation.clock import SystemClock
from yunhu.foundation.db import Database
from yunhu.foundation.outbox import CHANNEL, Event, ReceivedEvent, publish, read_batch


def event(tenant_id: UUID, number: int = 0, subject: UUID | None = None) -> Event:
    return Event(tenant_id, "notification.created", subject or uuid4(), {"n": number}, SystemClock().now())


class Reader:
    def __init__(self, database: Database, name: str = "reader") -> None:
        self._database = database
        self._name = name
        self.seen: list[ReceivedEvent] = []

    @property
    def numbers(self) -> list[int]:
        return [event.payload["n"] for event in self.seen]

    async def read(self, limit: int = 500) -> int:
        async def handle(_session: AsyncSession, events: Sequence[ReceivedEvent]) -> None:
            read.extend(events)

        read: list[ReceivedEvent] = []
        async with self._database.transaction() as session:
            count = await read_batch(session, self._name, handle, limit=limit)
        self.seen += read
        return count

    async def drain(self, limit: int = 500) -> None:
        while await self.read(limit):
            pass


async def test_given_events_when_published_and_read_then_every_field_comes_back(
    database: Database, tenant_id: UUID
) -> None:
    sent = [event(tenant_id, number) for number in range(3)]
    async with database.transaction() as session:
        await publish(session, sent)
    reader = Reader(database)
    assert await reader.read() == 3
    assert [(e.tenant_id, e.type, e.subject_id, e.payload, e.at) for e in reader.seen] == [
        (e.tenant_id, e.type, e.subject_id, e.payload, e.at) for e in sent
    ]
    assert await reader.read() == 0


async def test_given_nothing_to_publish_when_published_then_nothing_happens(database: Database) -> None:
    async with database.transaction() as session:
        await publish(session, [])
    assert await Reader(database).read() == 0


async def test_given_a_rolled_back_transaction_when_read_then_its_events_never_were(
    database: Database, tenant_id: UUID
) -> None:
    async with database.engine.connect() as connection, AsyncSession(connection) as session:
        await publish(session, [event(tenant_id)])
        await session.rollback()
    assert await Reader(database).read() == 0


async def test_given_an_older_transaction_still_open_when_read_then_later_events_wait_for_it(
    database: Database, tenant_id: UUID
) -> None:
    reader = Reader(database)
    async with database.transaction() as early:
        await publish(early, [event(tenant_id, 1)])
        async with database.transaction() as late:
            await publish(late, [event(tenant_id, 2)])
        assert await reader.read() == 0
    assert await reader.read() == 2
    assert sorted(reader.numbers) == [1, 2]


async def test_given_two_readers_of_one_name_when_both_read_then_one_gets_the_batch(
    database: Database, tenant_id: UUID
) -> None:
    async with database.transaction() as session:
        await publish(session, [event(tenant_id)])
    first = Reader(database)
    await first.drain()  # the cursor's row exists from now on
    async with database.transaction() as session:
        await publish(session, [event(tenant_id, 1)])

    async def hold(_session: AsyncSession, _events: Sequence[ReceivedEvent]) -> None:
        assert await Reader(database).read() == 0

    async with database.transaction() as session:
        assert await read_batch(session, "reader", hold) == 1


async def test_given_a_brand_new_subscriber_when_two_processes_begin_together_then_each_event_is_read_once(
    database: Database, tenant_id: UUID
) -> None:
    async with database.transaction() as session:
        await publish(session, [event(tenant_id, number) for number in range(10)])
    readers = [Reader(database) for _ in range(4)]
    await asyncio.gather(*(reader.read() for reader in readers))
    for reader in readers:
        await reader.drain()
    assert sorted(number for reader in readers for number in reader.numbers) == list(range(10))


async def test_given_a_handler_that_fails_when_read_again_then_the_batch_comes_again(
    database: Database, tenant_id: UUID
) -> None:
    async with database.transaction() as session:
        await publish(session, [event(tenant_id, 7)])

    async def fail(_session: AsyncSession, _events: Sequence[ReceivedEvent]) -> None:
        raise ZeroDivisionError

    async def read_and_fail() -> None:
        async with database.transaction() as session:
            await read_batch(session, "reader", fail)

    with pytest.raises(ZeroDivisionError):
        await read_and_fail()
    reader = Reader(database)
    await reader.read()
    assert reader.numbers == [7]


async def test_given_two_subscribers_when_both_read_then_each_sees_everything(
    database: Database, tenant_id: UUID
) -> None:
    async with database.transaction() as session:
        await publish(session, [event(tenant_id, 1)])
    one, other = Reader(database, "one"), Reader(database, "other")
    await one.drain()
    await other.drain()
    assert one.numbers == other.numbers == [1]


async def test_given_many_concurrent_writers_when_read_all_the_while_then_none_is_skipped_or_read_twice(
    database: Database, tenant_id: UUID
) -> None:
    async def write(writer: int) -> None:
        for step in range(15):
            async with database.transaction() as session:
                await publish(session, [event(tenant_id, writer * 1000 + step * 10)])
                await session.execute(text("SELECT pg_sleep(random() * 0.01)"))
                await publish(session, [event(tenant_id, writer * 1000 + step * 10 + 1)])

    async def read_along(reader: Reader) -> None:
        while not written.is_set():
            await reader.read(limit=7)

    readers = [Reader(database) for _ in range(3)]
    written = asyncio.Event()
    reading = [asyncio.create_task(read_along(reader)) for reader in readers]
    await asyncio.gather(*(write(writer) for writer in range(8)))
    written.set()
    await asyncio.gather(*reading)
    await readers[0].drain()
    expected = [w * 1000 + s * 10 + k for w in range(8) for s in range(15) for k in range(2)]
    assert sorted(number for reader in readers for number in reader.numbers) == expected


@pytest.mark.parametrize("limit", [1, 2, 500])
async def test_given_transactions_that_crossed_when_read_then_facts_of_one_subject_come_in_their_order(
    database: Database, tenant_id: UUID, limit: int
) -> None:
    # The later fact is written by the transaction with the lower id: it had begun before, and waited for the row.
    subject = uuid4()
    async with database.transaction() as older:
        await older.execute(text("SELECT pg_current_xact_id()"))
        async with database.transaction() as younger:
            await publish(younger, [event(tenant_id, 1, subject)])
        await publish(older, [event(tenant_id, 2, subject)])
    reader = Reader(database)
    await reader.drain(limit)
    assert reader.numbers == [1, 2]


async def test_given_ids_beyond_32_bits_when_read_then_the_cursor_keeps_up(
    database: Database, tenant_id: UUID
) -> None:
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE outbox ALTER COLUMN id RESTART WITH 8589934592"))
    reader = Reader(database)
    for number in range(2):
        async with database.transaction() as session:
            await publish(session, [event(tenant_id, number)])
        await reader.drain()
    assert reader.numbers == [0, 1]


async def test_given_a_listener_when_a_transaction_publishes_then_it_is_woken_once_at_commit(
    database: Database, tenant_id: UUID
) -> None:
    woken: asyncio.Queue[str] = asyncio.Queue()

    def wake(_connection: object, _pid: int, channel: str, _payload: object) -> None:
        woken.put_nowait(channel)

    connection: asyncpg.Connection = await database.connect()
    await connection.add_listener(CHANNEL, wake)
    async with database.transaction() as session:
        await publish(session, [event(tenant_id)])
        await publish(session, [event(tenant_id), event(tenant_id)])
        await connection.execute("SELECT 1")
        assert woken.empty()
    assert await asyncio.wait_for(woken.get(), 5) == CHANNEL
    await connection.execute("SELECT 1")
    assert woken.empty()
    await connection.close()


@pytest.mark.parametrize("limit", [1, 2, 500])
async def test_given_transaction_ids_that_grow_by_a_digit_when_read_then_each_event_comes_once_and_in_order(
    database: Database, tenant_id: UUID, limit: int
) -> None:
    """9, 10 and 100 are in another order as text, and of an order in which a cursor moves back or too far."""
    async with database.transaction() as session:
        await publish(session, [event(tenant_id, number) for number in range(6)])
        await session.execute(
            text(
                "UPDATE outbox SET xid = (ARRAY['9', '9', '10', '11', '99', '100'])[(payload->>'n')::int + 1]::xid8"
            )
        )
    reader = Reader(database)
    await reader.drain(limit)
    assert reader.numbers == [0, 1, 2, 3, 4, 5]
