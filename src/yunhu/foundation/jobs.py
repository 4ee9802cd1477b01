"""What the product does by itself from time to time: clocks of contracts, health of numbers, retention.

Any number of processes may run the same jobs. The row of a job is locked while a step runs, so one process at a time
does it; a process that dies lets go of the row, and the step has not happened.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Base, Database, Moment

log = structlog.get_logger()

Work = Callable[[AsyncSession, datetime], Awaitable[bool]]
"""One step in one transaction at a given moment; True when there is more to do at once.

A step is short (seconds at most) and may be run again after a crash: whatever it did not commit has not happened.
"""

_POLL_SECONDS = 5.0
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)


class Job(msgspec.Struct, frozen=True):
    """Something to do again and again, by one process of all at a time."""

    name: str
    """`<slice>.<what>`, stable: the database remembers by it when the job is due."""
    every: timedelta
    work: Work


class JobRow(Base):
    """When a job is due, and how it went."""

    __tablename__ = "jobs"

    name: Mapped[str] = mapped_column(primary_key=True)
    next_due_at: Mapped[Moment]
    last_run_at: Mapped[Moment | None]
    last_success_at: Mapped[Moment | None]
    failures: Mapped[int]
    """In a row."""
    last_error: Mapped[str | None]


_KNOW = text(
    """
    INSERT INTO jobs (name, next_due_at, failures) SELECT unnest(CAST(:names AS text[])), :now, 0
    ON CONFLICT (name) DO NOTHING
    """
)
_TAKE = text(
    """
    SELECT name FROM jobs WHERE name = ANY(CAST(:names AS text[])) AND next_due_at <= :now
    ORDER BY next_due_at, name LIMIT 1 FOR UPDATE SKIP LOCKED
    """
)
_DONE = text(
    """
    UPDATE jobs SET last_run_at = :now, last_success_at = :now, failures = 0, last_error = NULL,
        next_due_at = :next WHERE name = :name
    """
)
_FAILED = text(
    """
    UPDATE jobs SET last_run_at = CAST(:now AS timestamptz), failures = failures + 1, last_error = :error,
        next_due_at = CAST(:now AS timestamptz) + least(CAST(:longest AS interval), CAST(:first AS interval) * power(2, least(failures, 20)))
    WHERE name = :name
    """
)


class JobMetrics:
    """How jobs go, for Prometheus."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.succeeded = Gauge(
            "yunhu_job_last_success_timestamp_seconds",
            "When a job last went well in this process.",
            ("job",),
            registry=registry,
        )
        self.failed = Counter("yunhu_job_failures", "Failed steps of jobs.", ("job",), registry=registry)


class JobRunner:
    """Runs what is due, one job after the other."""

    def __init__(self, database: Database, clock: Clock, jobs: Sequence[Job], metrics: JobMetrics) -> None:
        self._database = database
        self._clock = clock
        self._jobs = {job.name: job for job in jobs}
        if len(self._jobs) != len(jobs):
            raise ValueError("two jobs have one name")
        self._metrics = metrics
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for due jobs."""
        self._task = asyncio.create_task(self._run(), name="jobs")

    async def stop(self) -> None:
        """End; a step under way is rolled back and will be done by whoever comes next."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def run_due(self) -> int:
        """Do everything that is due now; how many jobs ran."""
        async with self._database.transaction() as session:
            await session.execute(_KNOW, {"names": sorted(self._jobs), "now": self._clock.now()})
        ran = 0
        while await self._step():
            ran += 1
        return ran

    async def _run(self) -> None:
        while True:
            try:
                await self.run_due()
            except Exception as error:
                log.warning("jobs.database_trouble", error=type(error).__name__, detail=str(error)[:200])
            await asyncio.sleep(_POLL_SECONDS)

    async def _step(self) -> bool:
        """One step of the job that has waited longest; False when none is due (or others are at work)."""
        now = self._clock.now()
        name: str | None = None
        try:
            async with self._database.transaction() as session:
                name = await session.scalar(_TAKE, {"names": list(self._jobs), "now": now})
                if name is None:
                    return False
                job = self._jobs[name]
                more = await job.work(session, now)
                await session.execute(
                    _DONE, {"name": name, "now": now, "next": now if more else now + job.every}
                )
        except Exception as error:
            if name is None:
                raise
            await self._note_failure(name, error)
        else:
            self._metrics.succeeded.labels(name).set(now.timestamp())
        return True

    async def _note_failure(self, name: str, error: Exception) -> None:
        log.exception("job.failed", job=name)
        self._metrics.failed.labels(name).inc()
        async with self._database.transaction() as session:
            values = {
                "name": name,
                "now": self._clock.now(),
                "error": f"{type(error).__name__}: {error}"[:500],
                "first": _FIRST_PAUSE,
                "longest": _LONGEST_PAUSE,
            }
            await session.execute(_FAILED, values)
