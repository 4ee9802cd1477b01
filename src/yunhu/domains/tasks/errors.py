"""Expected errors of tasks."""

from yunhu.foundation.errors import ConflictError, NotFoundError


class TaskNotFoundError(NotFoundError):
    """There is no such task, or it is somebody else's."""

    id = "tasks.not_found"
    title = "There is no such task"
    title_zh = "任务不存在"


class TaskFinishedError(ConflictError):
    """It is over already. Details: `state`."""

    id = "tasks.finished"
    title = "The task is over already"
    title_zh = "任务已结束"
