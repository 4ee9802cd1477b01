"""A misspelt filter must not silently list everything: unknown query parameters are refused, texts with a NUL, which
PostgreSQL cannot hold, and numbers where a moment is wanted."""

import re
from datetime import datetime
from typing import Any, get_args
from urllib.parse import parse_qsl

from litestar import Request

from yunhu.foundation.http.errors import InvalidRequestError
from yunhu.foundation.http.problems import FieldProblem

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?$")
"""As RFC 3339 §5.6: a number would be taken for seconds since 1970 otherwise. `filters.aware` asks for the offset."""
_MOMENT_WANTED = "A moment is written with its offset: 2026-11-26T08:00:00+08:00"


async def refuse_unknown_query(request: Request[Any, Any, Any]) -> None:
    """A `before_request` hook. Raises `InvalidRequestError` naming each parameter that the handler does not have or
    that holds a NUL, or is no moment where one is wanted."""
    if not request.scope["query_string"]:
        return
    known, moments = set(), set()
    for name, field in request.route_handler.parsed_fn_signature.parameters.items():
        definition = field.kwarg_definition
        said = getattr(definition, "name", None) or getattr(definition, "query", None) or name
        known.add(said)
        if datetime in (field.annotation, *get_args(field.annotation)):
            moments.add(said)
    given = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    wrong = [(name, "There is no such parameter") for name in sorted({name for name, _ in given} - known)]
    wrong += [(name, "A text holds no NUL") for name, value in given if "\0" in value and name in known]
    wrong += [(name, _MOMENT_WANTED) for name, value in given if name in moments and not _MOMENT.match(value)]
    if wrong:
        raise InvalidRequestError(
            errors=[
                FieldProblem(pointer=name, message=message, source="query") for name, message in wrong[:20]
            ]
        )
