"""Tasks: done once, taken up again when a worker dies, cancelled, failed."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.support.hall.builders import Hall

from yunhu.domains.tasks.public import TaskContext, TaskHandler, TaskWorker, enqueue_task
from yunhu.domains.tasks.repository import MOST_ATTEMPTS
from yunhu.foundation.actor import system
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.db import Database
from yunhu.foundation.errors import InvalidInputError

ACTOR = system("test")


class Tasks:
    """One kind of task, and the means to look at it."""

    def __init__(self, database: Database, clock: ManualClock, tenant_id: Any) -> None:
        self.database, self.clock, self.tenant_id = database, clock, tenant_id

    def worker(self, handler: TaskHandler) -> TaskWorker:
        return TaskWorker(self.database, self.clock, {"count": handler})

    async def add(self) -> Any:
        async with self.database.transaction() as session:
            task = await enqueue_task(
                session,
                tenant_id=self.tenant_id,
                kind="count",
                parameters={"to": 4},
                actor=ACTOR,
                now=self.clock.now(),
            )
        return task.id

    async def row(self) -> Any:
        async with self.database.transaction() as session:
            return (await session.execute(text("SELECT * FROM tasks"))).one()

    async def fall_silent(self) -> None:
        async with self.database.transaction() as session:
            await session.execute(text("UPDATE tasks SET heartbeat_at = now() - interval '1 minute'"))


@pytest.fixture
def tasks(database: Database, clock: ManualClock, hall: Hall) -> Tasks:
    return Tasks(database, clock, hall.tenant_id)


async def count(context: TaskContext) -> None:
    for step in range(context.state.get("done", 0), context.parameters["to"]):
        await context.checkpoint({"done": step + 1}, done=step + 1)
    await context.progress(4, 4)
    context.report["counted"] = context.parameters["to"]


async def test_given_a_task_when_worked_then_its_progress_and_report_are_there(
    tasks: Tasks, client: httpx.AsyncClient
) -> None:
    task_id = await tasks.add()
    worker = tasks.worker(count)
    assert [await worker.run_one(), await worker.run_one()] == [True, False]
    shown = (await client.get(f"/api/v1/tasks/{task_id}")).json()
    assert (shown["state"], shown["done_units"], shown["total_units"]) == ("done", 4, 4)
    assert shown["report"] == {"counted": 4}
    assert [item["id"] for item in (await client.get("/api/v1/tasks")).json()["items"]] == [str(task_id)]


async def test_given_a_worker_that_died_when_it_is_silent_long_enough_then_another_goes_on_from_the_checkpoint(
    tasks: Tasks,
) -> None:
    begun, steps = asyncio.Event(), list[int]()

    async def dies(context: TaskContext) -> None:
        await context.checkpoint({"done": 2}, done=2)
        begun.set()
        await asyncio.Event().wait()

    async def goes_on(context: TaskContext) -> None:
        steps.append(context.state["done"])
        await count(context)

    await tasks.add()
    dead = asyncio.create_task(tasks.worker(dies).run_one())
    await asyncio.wait_for(begun.wait(), 10)
    other = tasks.worker(goes_on)
    assert not await other.run_one(), "it still beats"
    await tasks.fall_silent()
    assert await other.run_one()
    assert steps == [2]
    assert (await tasks.row()).state == "done"
    dead.cancel()
    await asyncio.gather(dead, return_exceptions=True)
    assert (await tasks.row()).state == "done", "who was given up for lost changes nothing"


async def test_given_a_worker_that_is_stopped_when_it_leaves_then_the_task_waits_for_another(
    tasks: Tasks,
) -> None:
    begun = asyncio.Event()

    async def long(context: TaskContext) -> None:
        begun.set()
        await asyncio.Event().wait()

    await tasks.add()
    worker = tasks.worker(long)
    worker.start()
    await asyncio.wait_for(begun.wait(), 10)
    await worker.stop()
    assert (await tasks.row()).state == "queued"


async def test_given_a_running_task_when_cancelled_then_it_ends_at_its_next_step(
    tasks: Tasks, client: httpx.AsyncClient
) -> None:
    task_id = await tasks.add()

    async def cancelled_meanwhile(context: TaskContext) -> None:
        assert (await client.post(f"/api/v1/tasks/{task_id}/cancel")).status_code == 200
        await context.progress(1)
        raise AssertionError("it went on")

    await tasks.worker(cancelled_meanwhile).run_one()
    assert (await tasks.row()).state == "cancelled"
    assert (await client.post(f"/api/v1/tasks/{task_id}/cancel")).status_code == 409
    entries = (
        await client.get("/api/v1/history", params={"subject_kind": "task", "subject_id": str(task_id)})
    ).json()
    assert [entry["action"] for entry in entries["items"]] == ["task.cancel"]


async def test_given_a_waiting_task_when_cancelled_then_nobody_takes_it(
    tasks: Tasks, client: httpx.AsyncClient
) -> None:
    task_id = await tasks.add()
    assert (await client.post(f"/api/v1/tasks/{task_id}/cancel")).json()["state"] == "cancelled"
    assert not await tasks.worker(count).run_one()


async def test_given_an_expected_error_when_worked_then_the_task_failed_with_its_sentence(
    tasks: Tasks,
) -> None:
    async def refuses(_: TaskContext) -> None:
        raise InvalidInputError("line 3 is too long")

    await tasks.add()
    await tasks.worker(refuses).run_one()
    row = await tasks.row()
    assert (row.state, row.message) == ("failed", "line 3 is too long")


async def test_given_a_task_that_kills_its_workers_when_begun_too_often_then_it_is_given_up(
    tasks: Tasks,
) -> None:
    await tasks.add()
    async with tasks.database.transaction() as session:
        await session.execute(
            text("UPDATE tasks SET state = 'running', attempts = :n, heartbeat_at = 'epoch'"),
            {"n": MOST_ATTEMPTS},
        )
    assert await tasks.worker(count).run_one()
    assert (await tasks.row()).state == "failed"
