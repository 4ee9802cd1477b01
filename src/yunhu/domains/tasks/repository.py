"""Every query of tasks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.tasks.models import Task

LOST_AFTER_SECONDS = 20
MOST_ATTEMPTS = 5

# A queued task, or a running one whose worker fell silent. The attempt is counted when it is taken.
_TAKE = text(
    """
    UPDATE tasks SET state = 'running', attempts = attempts + 1, heartbeat_at = clock_timestamp(),
        started_at = coalesce(started_at, clock_timestamp())
    WHERE id = (
        SELECT id FROM tasks
        WHERE kind = ANY(CAST(:kinds AS text[])) AND (state = 'queued'
            OR (state = 'running' AND heartbeat_at < clock_timestamp() - make_interval(secs => :seconds)))
        ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, tenant_id, kind, parameters, checkpoint, input_document_id, created_by, attempts, cancel_requested
    """
)
# The attempt's number makes sure that a worker which was given up for lost changes nothing any more.
_BEAT = text(
    """
    UPDATE tasks SET heartbeat_at = clock_timestamp(), done_units = coalesce(:done, done_units),
        total_units = coalesce(:total, total_units),
        checkpoint = coalesce(CAST(:checkpoint AS jsonb), checkpoint)
    WHERE id = :id AND state = 'running' AND attempts = :attempt
    RETURNING cancel_requested
    """
)
_FINISH = text(
    """
    UPDATE tasks SET state = :state, finished_at = :now, message = :message, report = CAST(:report AS jsonb),
        result_document_id = coalesce(:result, result_document_id)
    WHERE id = :id AND state = 'running' AND attempts = :attempt
    RETURNING id
    """
)
_RELEASE = text(
    "UPDATE tasks SET state = 'queued' WHERE id = :id AND state = 'running' AND attempts = :attempt"
)


async def take(session: AsyncSession, kinds: Sequence[str]) -> Any | None:
    """The task that has waited longest, as ours; None when there is none."""
    values = {"kinds": list(kinds), "seconds": LOST_AFTER_SECONDS}
    return (await session.execute(_TAKE, values)).one_or_none()


async def beat(
    session: AsyncSession,
    task_id: UUID,
    attempt: int,
    *,
    done: int | None = None,
    total: int | None = None,
    checkpoint: dict[str, Any] | None = None,
) -> bool | None:
    """We are at work; whether somebody wants it to end, or None when the task is not ours any more."""
    values = {
        "id": task_id,
        "attempt": attempt,
        "done": done,
        "total": total,
        "checkpoint": msgspec.json.encode(checkpoint).decode() if checkpoint is not None else None,
    }
    row = (await session.execute(_BEAT, values)).one_or_none()
    return None if row is None else bool(row.cancel_requested)


async def finish(
    session: AsyncSession,
    task_id: UUID,
    attempt: int,
    state: str,
    message: str,
    report: dict[str, Any],
    result: UUID | None,
    now: datetime,
) -> bool:
    """Write the end down; False when the task is not ours any more."""
    values = {
        "id": task_id,
        "attempt": attempt,
        "state": state,
        "message": message[:1000],
        "report": msgspec.json.encode(report).decode(),
        "result": result,
        "now": now,
    }
    return (await session.execute(_FINISH, values)).one_or_none() is not None


async def release(session: AsyncSession, task_id: UUID, attempt: int) -> None:
    """Give a task back: another worker goes on with it."""
    await session.execute(_RELEASE, {"id": task_id, "attempt": attempt})


async def find(session: AsyncSession, task_id: UUID, *, lock: bool = False) -> Task | None:
    """One task."""
    query = select(Task).where(Task.id == task_id)
    return await session.scalar(query.with_for_update() if lock else query)


async def tasks_by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Task]:
    """Several tasks."""
    query = select(Task).where(Task.id.in_(ids))
    return {row.id: row for row in await session.scalars(query)} if ids else {}


async def tasks_of(
    session: AsyncSession,
    tenant_id: UUID | None,
    *,
    kind: str | None,
    state: str | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Task]:
    """Newest first; without a tenant the operator's own."""
    query = select(Task).order_by(Task.id.desc()).limit(limit)
    query = query.where(Task.tenant_id == tenant_id if tenant_id else Task.tenant_id.is_(None))
    for column, wanted in ((Task.kind, kind), (Task.state, state)):
        if wanted is not None:
            query = query.where(column == wanted)
    if before is not None:
        query = query.where(Task.id < before)
    return (await session.scalars(query)).all()
