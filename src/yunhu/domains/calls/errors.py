"""Errors of calls."""

from yunhu.foundation.errors import NotFoundError


class CallNotFoundError(NotFoundError):
    """There is no such call of this tenant."""

    id = "calls.not_found"
    title = "There is no such call"
    title_zh = "通话不存在"
