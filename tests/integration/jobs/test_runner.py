"""Jobs: due, done, failed, and never by two processes at once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.foundation.clock import ManualClock
from yunhu.foundation.db import Database
from yunhu.foundation.jobs import Job, JobMetrics, JobRunner, Work

HOUR = timedelta(hours=1)


def runner(database: Database, clock: ManualClock, *jobs: Job) -> tuple[JobRunner, CollectorRegistry]:
    registry = CollectorRegistry()
    return JobRunner(database, clock, jobs, JobMetrics(registry)), registry


def counting(seen: list[datetime], more: int = 0) -> Work:
    async def work(_: AsyncSession, now: datetime) -> bool:
        seen.append(now)
        return len(seen) <= more

    return work


async def rows(database: Database) -> Any:
    async with database.transaction() as session:
        return (await session.execute(text("SELECT * FROM jobs ORDER BY name"))).all()


async def test_given_a_job_when_time_passes_then_it_runs_once_an_interval(
    database: Database, clock: ManualClock
) -> None:
    seen: list[datetime] = []
    jobs, registry = runner(database, clock, Job("a.b", HOUR, counting(seen)))
    assert [await jobs.run_due(), await jobs.run_due()] == [1, 0]
    clock.advance(HOUR)
    assert await jobs.run_due() == 1
    assert len(seen) == 2
    assert (
        registry.get_sample_value("yunhu_job_last_success_timestamp_seconds", {"job": "a.b"})
        == clock.now().timestamp()
    )


async def test_given_work_in_steps_when_there_is_more_then_it_goes_on_at_once_each_step_its_own_transaction(
    database: Database, clock: ManualClock
) -> None:
    seen: list[datetime] = []
    jobs, _ = runner(database, clock, Job("a.b", HOUR, counting(seen, more=3)))
    assert await jobs.run_due() == 4


async def test_given_a_failing_job_when_run_then_it_is_noted_rolled_back_and_comes_again_later_and_later(
    database: Database, clock: ManualClock
) -> None:
    async def fail(session: AsyncSession, now: datetime) -> bool:
        await session.execute(
            text("INSERT INTO jobs VALUES ('trace', :now, NULL, NULL, 0, NULL)"), {"now": now}
        )
        raise ValueError("no")

    jobs, registry = runner(database, clock, Job("a.b", timedelta(seconds=1), fail))
    await jobs.run_due()
    (row,) = await rows(database)
    assert (row.failures, row.last_error, row.last_success_at) == (1, "ValueError: no", None)
    first = row.next_due_at - clock.now()
    clock.advance(first)
    await jobs.run_due()
    (row,) = await rows(database)
    assert row.next_due_at - clock.now() == 2 * first
    assert registry.get_sample_value("yunhu_job_failures_total", {"job": "a.b"}) == 2


async def test_given_two_processes_when_a_job_is_due_then_one_does_it_and_the_other_does_others(
    database: Database, clock: ManualClock
) -> None:
    begun, go_on, other = asyncio.Event(), asyncio.Event(), list[datetime]()
    runs = 0

    async def slow(_: AsyncSession, __: datetime) -> bool:
        nonlocal runs
        runs += 1
        begun.set()
        await go_on.wait()
        return False

    jobs = (Job("a.slow", HOUR, slow), Job("b.quick", HOUR, counting(other)))
    one, _ = runner(database, clock, *jobs)
    two, _ = runner(database, clock, *jobs)
    first = asyncio.create_task(one.run_due())
    await asyncio.wait_for(begun.wait(), 10)
    assert await two.run_due() == 1
    go_on.set()
    await first
    assert (runs, len(other)) == (1, 1)
