"""Removal to its end, whatever its steps, and what it leaves."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from yunhu.domains.privacy.progress import prune_step
from yunhu.domains.recordings.public import RecordingEraser
from yunhu.foundation.actor import system
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.db import Database
from yunhu.foundation.settings import Settings

NOW = datetime.now(UTC).replace(microsecond=0)
TABLES = (
    "queue_events",
    "journeys",
    "notifications",
    "timeline_entries",
    "calls",
    "sms_messages",
    "sms_parts",
    "callback_deliveries",
    "recordings",
)
TESTER = system("test")


async def prune(database: Database, now: datetime = NOW, *, limit: int = 2) -> int:
    """Until nothing is due; how many steps that took."""
    for steps in range(500):
        async with database.transaction() as session:
            if not await prune_step(session, now, limit=limit):
                return steps
    pytest.fail("removal does not come to an end")


async def counts(database: Database) -> dict[str, int]:
    """Rows by table."""
    async with database.transaction() as session:
        return {table: await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in TABLES}


async def erase(database: Database, settings: Settings, at: datetime) -> int:
    """What a node does with the files that are due; how many are known to be gone."""
    return await RecordingEraser(database, ManualClock(at), settings.recordings_dir).look()
