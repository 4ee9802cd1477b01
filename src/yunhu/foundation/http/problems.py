"""RFC 9457 problem details: the one form of every error answer."""

from typing import Any

import msgspec

from yunhu.foundation.errors import YunhuError

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:yunhu:error:"


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field."""

    pointer: str
    """JSON pointer (RFC 6901) into the body, or the name of a parameter."""
    message: str
    source: str = "body"
    """`body`, `query`, `path`, `header` or `cookie`."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """An error, for programs (`id`, `status`) and for people in two languages."""

    type: str
    """`urn:yunhu:error:<id>`"""
    id: str
    """Stable for ever: switch on it."""
    status: int
    title: str
    title_zh: str
    detail: str
    details: dict[str, Any] = {}
    request_id: str | None = None


def problem_of(error: YunhuError, *, request_id: str | None = None) -> Problem:
    """The wire form of an expected error."""
    return Problem(
        type=f"{TYPE_PREFIX}{error.id}",
        id=error.id,
        status=error.status,
        title=error.title,
        title_zh=error.title_zh,
        detail=error.detail or error.title,
        details=error.details,
        request_id=request_id,
    )
