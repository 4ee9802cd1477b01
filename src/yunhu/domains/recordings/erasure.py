"""Erasing recordings whose term is over (row D3), each on the disk where it lies."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from yunhu.domains.recordings import repository
from yunhu.domains.recordings.files import recording_path
from yunhu.domains.recordings.peaks import peaks_path
from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Database

log = structlog.get_logger()

_BATCH = 50
_NOWHERE_AFTER = timedelta(days=1)
"""Every node that runs has looked on its own disk by then: the file is gone already."""


class RecordingEraser:
    """Any number may run; each erases what lies on its own disk."""

    def __init__(self, database: Database, clock: Clock, recordings_dir: Path) -> None:
        self._database = database
        self._clock = clock
        self._directory = recordings_dir
        self._elsewhere: set[UUID] = set()

    async def look(self) -> int:
        """Erase one batch. Returns how many files are known to be gone now."""
        async with self._database.transaction() as session:
            rows = await repository.due_for_erasure(session, sorted(self._elsewhere), _BATCH)
        if not rows:
            # What lies on other disks is looked for again in the next round.
            self._elsewhere.clear()
        return sum([await self._take(row, self._clock.now()) for row in rows])

    async def _take(self, row: Any, now: datetime) -> bool:
        path = recording_path(self._directory, row.path)
        erased = path is not None and await asyncio.to_thread(_erase, path)
        if not erased and now - row.erase_due_at < _NOWHERE_AFTER:
            self._elsewhere.add(row.call_id)
            return False
        async with self._database.transaction() as session:
            await repository.mark_erased(session, row.call_id, now)
        log.info("recordings.erased", call_id=str(row.call_id), found=erased)
        return True


def _erase(path: Path) -> bool:
    """Whether there was a file, which is no more. The day's directory goes with its last file."""
    peaks_path(path).unlink(missing_ok=True)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
    return True
