"""What goes over the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from yunhu.domains.tasks.models import Task


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """Long work and how far it is."""

    id: UUID
    kind: str
    state: str
    done_units: int
    total_units: int | None
    report: dict[str, Any]
    message: str
    result_document_id: UUID | None
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def task_view(row: Task) -> TaskView:
    """The wire form of a task."""
    return TaskView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        done_units=row.done_units or 0,
        total_units=row.total_units,
        report=row.report or {},
        message=row.message or "",
        result_document_id=row.result_document_id,
        created_by=row.created_by,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
