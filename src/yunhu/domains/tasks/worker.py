"""Does tasks: one at a time in a node, with a heartbeat; what a dead node was doing is taken up again."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import structlog

from yunhu.domains.tasks import repository
from yunhu.domains.tasks.models import TaskState
from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Database
from yunhu.foundation.errors import YunhuError

log = structlog.get_logger()

_POLL_SECONDS = 2.0
_BEAT_SECONDS = 4.0


class TaskCancelledError(Exception):
    """Somebody wants the task to end: the handler lets this pass."""


class TaskLostError(Exception):
    """The task was given to another worker: the handler lets this pass and commits nothing more."""


class TaskContext:
    """What a handler works with. It may be called again from its last checkpoint: whatever it does is repeatable."""

    def __init__(self, database: Database, row: Any) -> None:
        self.task_id: UUID = row.id
        self.tenant_id: UUID | None = row.tenant_id
        self.parameters: dict[str, Any] = row.parameters
        self.input_document_id: UUID | None = row.input_document_id
        self.created_by: str = row.created_by
        self.state: dict[str, Any] = row.checkpoint
        """The last checkpoint; empty at the first attempt."""
        self.report: dict[str, Any] = {}
        """Kept with the task when it is done."""
        self.result_document_id: UUID | None = None
        self._database = database
        self._attempt: int = row.attempts

    async def progress(self, done: int, total: int | None = None) -> None:
        """How far it is, in units of its own. Raises `TaskCancelledError`, `TaskLostError`."""
        await self._beat(done=done, total=total)

    async def checkpoint(self, state: dict[str, Any], *, done: int | None = None) -> None:
        """From here on it goes on after a crash. Raises `TaskCancelledError`, `TaskLostError`."""
        self.state = state
        await self._beat(done=done, checkpoint=state)

    async def alive(self) -> None:
        """Only the heartbeat. Raises `TaskCancelledError`, `TaskLostError`."""
        await self._beat()

    async def _beat(self, **values: Any) -> None:
        async with self._database.transaction() as session:
            wanted = await repository.beat(session, self.task_id, self._attempt, **values)
        if wanted is None:
            raise TaskLostError
        if wanted:
            raise TaskCancelledError


TaskHandler = Callable[[TaskContext], Awaitable[None]]


class TaskWorker:
    """Takes what waits, in any number of nodes."""

    def __init__(self, database: Database, clock: Clock, handlers: Mapping[str, TaskHandler]) -> None:
        self._database = database
        self._clock = clock
        self._handlers = dict(handlers)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="tasks")

    def wake(self) -> None:
        """A task may wait."""
        self._wake.set()

    async def stop(self) -> None:
        """End; a task under way is given back and goes on elsewhere from its checkpoint."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def run_one(self) -> bool:
        """Do the task that has waited longest; False when there is none."""
        async with self._database.transaction() as session:
            row = await repository.take(session, sorted(self._handlers))
        if row is None:
            return False
        with structlog.contextvars.bound_contextvars(task_id=str(row.id), task=row.kind):
            await self._do(row)
        return True

    async def _run(self) -> None:
        while True:
            try:
                while await self.run_one():
                    pass
            except Exception as error:
                log.warning("tasks.trouble", error=type(error).__name__, detail=str(error)[:200])
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL_SECONDS):
                    await self._wake.wait()
            self._wake.clear()

    async def _do(self, row: Any) -> None:
        context = TaskContext(self._database, row)
        if row.cancel_requested or row.attempts > repository.MOST_ATTEMPTS:
            state = TaskState.CANCELLED if row.cancel_requested else TaskState.FAILED
            message = "" if row.cancel_requested else "it was begun too often and never came to an end"
            await self._finish(row, context, state, message)
            return
        beating = asyncio.create_task(self._keep_beating(context), name="task-heartbeat")
        try:
            await self._handlers[row.kind](context)
        except asyncio.CancelledError:
            async with self._database.transaction() as session:
                await repository.release(session, row.id, row.attempts)
            raise
        except TaskLostError:
            log.warning("task.lost")
        except TaskCancelledError:
            await self._finish(row, context, TaskState.CANCELLED, "")
        except YunhuError as error:
            await self._finish(row, context, TaskState.FAILED, error.detail or error.title)
        except Exception as error:
            log.exception("task.failed")
            await self._finish(row, context, TaskState.FAILED, f"{type(error).__name__}: {error}")
        else:
            await self._finish(row, context, TaskState.DONE, "")
        finally:
            beating.cancel()

    async def _keep_beating(self, context: TaskContext) -> None:
        # For handlers that work long without saying how far they are; what it is told is the handler's to hear.
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            with contextlib.suppress(TaskCancelledError, TaskLostError, OSError):
                await context.alive()

    async def _finish(self, row: Any, context: TaskContext, state: TaskState, message: str) -> None:
        async with self._database.transaction() as session:
            await repository.finish(
                session,
                row.id,
                row.attempts,
                state,
                message,
                context.report,
                context.result_document_id,
                self._clock.now(),
            )
