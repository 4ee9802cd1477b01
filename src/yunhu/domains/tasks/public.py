"""What other slices and the entrypoints may use of tasks."""

from yunhu.domains.tasks.models import Task, TaskState
from yunhu.domains.tasks.repository import tasks_by_id
from yunhu.domains.tasks.schemas import TaskView, task_view
from yunhu.domains.tasks.service import TASKS_CHANNEL, cancel_task, enqueue_task, wait_for_task
from yunhu.domains.tasks.worker import (
    TaskCancelledError,
    TaskContext,
    TaskHandler,
    TaskLostError,
    TaskWorker,
)

__all__ = [
    "TASKS_CHANNEL",
    "Task",
    "TaskCancelledError",
    "TaskContext",
    "TaskHandler",
    "TaskLostError",
    "TaskState",
    "TaskView",
    "TaskWorker",
    "cancel_task",
    "enqueue_task",
    "task_view",
    "tasks_by_id",
    "wait_for_task",
]
