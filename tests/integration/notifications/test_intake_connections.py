"""The intake outlives its connections: it takes them from the pool past SQLAlchemy, so it must see to them itself."""

import asyncio

import asyncpg
import httpx
from tests.support.hall.builders import queue_event

from yunhu.foundation.clock import ManualClock

_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


async def _cut_all(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        cut = len(await connection.fetch(_OTHERS))
        async with asyncio.timeout(20):
            while await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ):
                await asyncio.sleep(0.02)
    finally:
        await connection.close()
    return cut


async def test_given_connections_that_the_server_has_closed_when_events_come_then_they_are_taken_all_the_same(
    client: httpx.AsyncClient, clock: ManualClock, database_url: str
) -> None:
    def post(number: str) -> asyncio.Task[httpx.Response]:
        body = queue_event(f"cut-{number}", "taken", clock.now(), seconds=-1, number=number)
        return asyncio.create_task(client.post("/api/v1/queue-events", json=body))

    before = await asyncio.wait_for(asyncio.gather(*(post(f"A{index:03d}") for index in range(12))), 30)
    cut = await _cut_all(database_url)
    after = [await post(f"B{index:03d}") for index in range(4)]

    assert cut > 0
    assert [answer.status_code for answer in before] == [202] * 12
    assert [answer.status_code for answer in after] == [202] * 4
