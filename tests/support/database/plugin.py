"""PostgreSQL for tests: one embedded server a process, one migrated template, one clone of it a test."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.db.embedded import EmbeddedServer, start_embedded

_TEMPLATE = "yunhu_template"
_numbers = itertools.count(1)
# Tests need no durability: what a crash of the machine would lose is thrown away anyway.
_SETTINGS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedServer]:
    """A running server whose template database has the newest schema."""
    directory = Path(tempfile.mkdtemp(prefix="yunhu-pg-"))
    server = start_embedded(directory / "data")
    try:
        asyncio.run(_prepare(server))
        yield server
    finally:
        server.release()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
async def database_url(postgres: EmbeddedServer) -> AsyncIterator[str]:
    """The address of a fresh, migrated database that this test alone uses."""
    name = f"test_{next(_numbers)}"
    await _execute(postgres, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
    yield postgres.url(name)
    await _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def still_database_url(postgres: EmbeddedServer) -> Iterator[str]:
    """The same for a test that runs an event loop of its own."""
    name = f"test_{next(_numbers)}"
    asyncio.run(_execute(postgres, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy"))
    yield postgres.url(name)
    asyncio.run(_execute(postgres, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open pool of that database."""
    opened = open_database(database_url, pool_size=20)
    yield opened
    await opened.close()


async def _prepare(server: EmbeddedServer) -> None:
    for setting in _SETTINGS:
        await _execute(server, f"ALTER SYSTEM SET {setting}")
    await _execute(server, "SELECT pg_reload_conf()")
    await _execute(server, f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    template = open_database(server.url(_TEMPLATE))
    await upgrade(template)
    await template.close()


async def _execute(server: EmbeddedServer, statement: str) -> None:
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
