"""Answered means committed: an API process that dies over a group of events has answered none of them."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
import pytest
from tests.support.hall.builders import Hall, build_hall, queue_event

from yunhu.foundation.clock import natural_day
from yunhu.foundation.crypto import load_vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id

_NUMBERS = ("K001", "K002", "K003", "K004")
_BLOCKED = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
async def kept_hall(database: Database, tmp_path: Path) -> Hall:
    """A hall under the key that the process finds in its data directory."""
    vault = load_vault(tmp_path / "data" / "keys")
    return await build_hall(database, vault, datetime.now(UTC), slug="killed")


class _Process:
    """`yunhu api` over the test's database."""

    def __init__(self, url: str, directory: Path, port: int) -> None:
        environment = {
            **os.environ,
            "YUNHU_DATABASE_URL": url,
            "YUNHU_DATA_DIR": str(directory / "data"),
            "YUNHU_HTTP_PORT": str(port),
            "YUNHU_LOG_LEVEL": "error",
        }
        command = [sys.executable, "-m", "yunhu.entrypoints.cli", "api"]
        self._process = subprocess.Popen(command, env=environment, start_new_session=True)

    async def ready(self, client: httpx.AsyncClient) -> None:
        """Wait until it answers."""
        async with asyncio.timeout(60):
            while True:
                try:
                    if (await client.get("/readyz")).is_success:
                        return
                except httpx.TransportError:
                    assert self._process.poll() is None
                await asyncio.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL to all of it."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)


@pytest.fixture
async def api(
    database_url: str, kept_hall: Hall, tmp_path: Path, unused_tcp_port: int
) -> AsyncIterator[tuple[_Process, httpx.AsyncClient]]:
    """The process and a client of it."""
    process = _Process(database_url, tmp_path, unused_tcp_port)
    headers = {"Authorization": f"Bearer {kept_hall.token}"}
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{unused_tcp_port}", headers=headers, timeout=60
    ) as client:
        try:
            await process.ready(client)
            yield process, client
        finally:
            process.kill()


async def _hold(connection: asyncpg.Connection, tenant_id: object, number: str) -> None:
    """Begin a visit and do not commit: whoever wants to begin the same waits."""
    await connection.execute("BEGIN")
    await connection.execute(
        "INSERT INTO journeys (id, tenant_id, hall, day, queue_number, state, judged_at, created_at) "
        "VALUES ($1, $2, 'main', $3, $4, 'waiting', 'epoch', now())",
        new_id(),
        tenant_id,
        natural_day(datetime.now(UTC)),
        number,
    )


async def test_given_events_in_a_group_when_the_process_is_killed_before_its_commit_then_none_was_answered_or_kept(
    api: tuple[_Process, httpx.AsyncClient], kept_hall: Hall, database_url: str
) -> None:
    process, client = api
    now = datetime.now(UTC)
    bodies = [queue_event(f"killed-{number}", "taken", now, seconds=-1, number=number) for number in _NUMBERS]
    holder, watcher = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    try:
        await _hold(holder, kept_hall.tenant_id, _NUMBERS[0])
        posts = [asyncio.create_task(client.post("/api/v1/queue-events", json=body)) for body in bodies]
        async with asyncio.timeout(30):
            while not await watcher.fetchval(_BLOCKED):
                await asyncio.sleep(0.05)
        answered_early = [post for post in posts if post.done()]
        process.kill()
        ends = await asyncio.gather(*posts, return_exceptions=True)
        await holder.execute("ROLLBACK")
        kept = {row["event_id"] for row in await watcher.fetch("SELECT event_id FROM queue_events")}
    finally:
        await holder.close()
        await watcher.close()

    answers = [end for end in ends if isinstance(end, httpx.Response)]
    assert all(isinstance(end, (httpx.Response, httpx.TransportError)) for end in ends)
    assert len(answers) == len(answered_early) < len(bodies)
    assert {answer.json()["event_id"] for answer in answers} == kept
