"""Bring the database's schema up to this version. Safe to run from many processes at once."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

import yunhu.migrations
from yunhu.foundation.db import Database

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x79756E6875  # "yunhu": one migration at a time, whoever starts it


def alembic_config(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, without an ini file."""
    from alembic.config import Config  # noqa: PLC0415 a start at the newest schema needs nothing of Alembic

    config = Config()
    config.set_main_option("script_location", str(Path(yunhu.migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database) -> None:
    """Migrate to the newest revision; one query, where that is what the database has."""
    if await _is_newest(database):
        return
    from alembic import command  # noqa: PLC0415 see above

    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        await connection.commit()
        try:
            await connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "head"))
            await connection.commit()
        finally:
            await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
            await connection.commit()


async def _is_newest(database: Database) -> bool:
    try:
        async with database.engine.connect() as connection:
            current: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError:
        return False  # no such table yet; whatever else it is, the migration meets it again
    return current == yunhu.migrations.newest_revision()
