"""Puts the hash of every finished recording on record, and erases those whose term is over."""

import asyncio
import contextlib
from collections import OrderedDict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from yunhu.domains.recordings import repository
from yunhu.domains.recordings.erasure import RecordingEraser
from yunhu.domains.recordings.files import SETTLED, Fingerprint, fingerprint, recording_path
from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Database

log = structlog.get_logger()

_POLL_SECONDS = 5.0
_BATCH = 50
_MOST_SKIPPED = 1000
_MISSING_AFTER = timedelta(hours=1)
"""Until then the file may lie on the disk of another node."""
_WINDOW = timedelta(hours=6)
"""Longer than any call and `_MISSING_AFTER`: older calls are looked through once, at the start."""


class RecordingHasher:
    """Any number may run; each hashes what lies on its own disk."""

    def __init__(self, database: Database, clock: Clock, recordings_dir: Path) -> None:
        self._database = database
        self._clock = clock
        self._directory = recordings_dir
        self._eraser = RecordingEraser(database, clock, recordings_dir)
        self._task: asyncio.Task[None] | None = None
        self._all_looked_through = False
        self._skipped: OrderedDict[UUID, None] = OrderedDict()

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="recording-hasher")

    async def stop(self) -> None:
        """Stop; what was not committed is hashed again."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def look(self) -> int:
        """Hash one batch. Returns how many recordings were put on record."""
        now = self._clock.now()
        since = _floor(now - _WINDOW) if self._all_looked_through else UUID(int=0)
        async with self._database.transaction() as session:
            parameters = {
                "since": since,
                "skipped": list(self._skipped),
                "ended_before": now - SETTLED,
                "limit": _BATCH,
            }
            rows = await repository.unhashed(session, parameters)
        self._all_looked_through = self._all_looked_through or len(rows) < _BATCH
        if not rows:
            # What was on no disk of ours is looked for again in the next round.
            self._skipped.clear()
        return sum([await self._take(row, now) for row in rows])

    async def _run(self) -> None:
        while True:
            try:
                if await self.look() or await self._eraser.look():
                    continue
            except Exception:
                log.exception("recordings.hasher_failed")
            await asyncio.sleep(_POLL_SECONDS)

    async def _take(self, row: Any, now: datetime) -> bool:
        path = recording_path(self._directory, row.recording)
        found: Fingerprint | None = None
        if path is not None:
            with contextlib.suppress(OSError):
                found = await asyncio.to_thread(fingerprint, path)
        if found is None or not found.bytes:
            if now - row.ended_at < _MISSING_AFTER:
                self._skip(row.id)
                return False
            log.error("recordings.missing", call_id=str(row.id), path=row.recording)
            found = None
        async with self._database.transaction() as session:
            await repository.add(
                session,
                {
                    "call_id": row.id,
                    "tenant_id": row.tenant_id,
                    "path": row.recording,
                    "sha256": found.sha256 if found else None,
                    "bytes": found.bytes if found else 0,
                    "seconds": found.seconds if found else 0.0,
                },
                now,
            )
        return True

    def _skip(self, call_id: UUID) -> None:
        self._skipped[call_id] = None
        if len(self._skipped) > _MOST_SKIPPED:
            self._skipped.popitem(last=False)


def _floor(moment: datetime) -> UUID:
    """The lowest UUIDv7 of a moment (RFC 9562 §5.7: the first 48 bits are milliseconds)."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
