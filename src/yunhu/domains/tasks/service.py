"""Use cases of tasks: enqueue, cancel."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.tasks import repository
from yunhu.domains.tasks.errors import TaskFinishedError, TaskNotFoundError
from yunhu.domains.tasks.models import Task, TaskState
from yunhu.foundation.actor import Actor
from yunhu.foundation.db import Database, notify
from yunhu.foundation.ids import new_id

_LOOK_SECONDS = 0.2
TASKS_CHANNEL = "yunhu_tasks"
"""NOTIFY channel: a task waits."""


async def enqueue_task(
    session: AsyncSession,
    *,
    tenant_id: UUID | None,
    kind: str,
    parameters: dict[str, Any],
    actor: Actor,
    now: datetime,
    input_document_id: UUID | None = None,
) -> Task:
    """Add a task in the caller's transaction; a node takes it up when it commits."""
    task = Task(
        id=new_id(),
        tenant_id=tenant_id,
        kind=kind,
        parameters=parameters,
        state=TaskState.QUEUED,
        input_document_id=input_document_id,
        created_by=actor.name,
        created_at=now,
    )
    session.add(task)
    await session.flush()
    await notify(session, TASKS_CHANNEL, kind)
    return task


async def wait_for_task(database: Database, task_id: UUID, seconds: float) -> Task:
    """The task as soon as it has finished, or as it is when the time is over. Raises `TaskNotFoundError`."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while True:
        async with database.transaction() as session:
            task = await repository.find(session, task_id)
        if task is None:
            raise TaskNotFoundError
        if task.finished_at is not None or loop.time() >= until:
            return task
        await asyncio.sleep(_LOOK_SECONDS)


async def cancel_task(
    session: AsyncSession, task_id: UUID, tenant_id: UUID | None, actor: Actor, now: datetime
) -> Task:
    """A waiting task ends at once, a running one at its next step. Who did it is put on record.

    Raises `TaskNotFoundError`, `TaskFinishedError`.
    """
    task = await repository.find(session, task_id, lock=True)
    if task is None or task.tenant_id != tenant_id:
        raise TaskNotFoundError
    if task.finished_at is not None:
        raise TaskFinishedError(state=task.state)
    if task.state == TaskState.QUEUED:
        task.state, task.finished_at = TaskState.CANCELLED, now
    task.cancel_requested = True
    await session.flush()
    await record(
        session,
        actor,
        action="task.cancel",
        subject=("task", task.id),
        tenant_id=tenant_id,
        after={"kind": task.kind, "state": task.state},
        now=now,
    )
    return task
