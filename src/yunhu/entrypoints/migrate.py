"""Bring the database's schema up to this version. Safe to run from many processes at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

import yunhu.migrations
from yunhu.foundation.db import Database

_LOCK = 0x79756E6875  # "yunhu": one migration at a time, whoever starts it


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(yunhu.migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database) -> None:
    """Migrate to the newest revision."""
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        await connection.commit()
        try:
            await connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "head"))
            await connection.commit()
        finally:
            await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
            await connection.commit()
