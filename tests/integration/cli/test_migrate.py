"""A start asks for the schema's version once, and migrates only where it is not the newest."""

import asyncio

import asyncpg
from sqlalchemy import text

from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.db.embedded import EmbeddedServer
from yunhu.migrations import newest_revision

_LOCK = 0x79756E6875


async def test_given_the_newest_schema_while_somebody_migrates_when_upgraded_then_it_waits_for_nobody(
    database: Database, database_url: str
) -> None:
    other = await asyncpg.connect(database_url)
    try:
        await other.execute(f"SELECT pg_advisory_lock({_LOCK})")
        await asyncio.wait_for(upgrade(database), 30)
    finally:
        await other.close()


async def test_given_a_database_without_a_schema_when_upgraded_then_it_has_the_newest(
    postgres: EmbeddedServer,
) -> None:
    admin = await asyncpg.connect(postgres.url("postgres"))
    await admin.execute("CREATE DATABASE test_bare TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    database = open_database(postgres.url("test_bare"))
    try:
        await upgrade(database)
        async with database.transaction() as session:
            assert await session.scalar(text("SELECT version_num FROM alembic_version")) == newest_revision()
    finally:
        await database.close()
        await admin.execute("DROP DATABASE test_bare WITH (FORCE)")
        await admin.close()
