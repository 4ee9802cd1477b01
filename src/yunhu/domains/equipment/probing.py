"""Tests of trunks, accounts and the ways of cards: asked for here, done by a call node, which is where calls and texts leave from."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from yunhu.domains.equipment.errors import TestNotFoundError
from yunhu.domains.equipment.schemas import TestView
from yunhu.domains.tasks.public import Task, TaskState, enqueue_task, wait_for_task
from yunhu.foundation.actor import Actor
from yunhu.foundation.http import Services
from yunhu.foundation.probes import ProbeStep

TRUNK_TEST = "equipment.test_trunk"
SMSC_TEST = "equipment.test_smsc"
WAIT_SECONDS = 20.0


async def run_test(services: Services, kind: str, subject_id: UUID, actor: Actor) -> TestView:
    """Ask for a test and wait for it a while."""
    async with services.database.transaction() as session:
        task = await enqueue_task(
            session,
            tenant_id=None,
            kind=kind,
            parameters={"id": str(subject_id)},
            actor=actor,
            now=services.clock.now(),
        )
    return test_view(await wait_for_task(services.database, task.id, WAIT_SECONDS))


async def find_test(
    services: Services,
    task_id: UUID,
    kinds: Collection[str] = (TRUNK_TEST, SMSC_TEST),
    *,
    subject_id: UUID | None = None,
) -> TestView:
    """A test of these kinds that was asked for, where a subject is named of that one. Raises `TestNotFoundError`."""
    async with services.database.transaction() as session:
        task = await session.get(Task, task_id)
    if task is None or task.kind not in kinds:
        raise TestNotFoundError
    if subject_id is not None and task.parameters.get("id") != str(subject_id):
        raise TestNotFoundError
    return test_view(task)


def test_view(task: Task) -> TestView:
    """A test as its task tells it."""
    report: dict[str, Any] = task.report or {}
    steps = msgspec.convert(report.get("steps", []), list[ProbeStep])
    done = task.state == TaskState.DONE
    return TestView(
        id=task.id,
        state=task.state,
        ok=all(step.ok for step in steps) if done else None,
        node=report.get("node"),
        steps=steps,
        message=task.message or "",
    )
