"""A misspelt filter must not silently list everything: unknown query parameters are refused, and texts with a NUL, which
PostgreSQL cannot hold."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request

from yunhu.foundation.http.errors import InvalidRequestError
from yunhu.foundation.http.problems import FieldProblem


async def refuse_unknown_query(request: Request[Any, Any, Any]) -> None:
    """A `before_request` hook. Raises `InvalidRequestError` naming each parameter that the handler does not have or
    that holds a NUL."""
    if not request.scope["query_string"]:
        return
    known = set()
    for name, field in request.route_handler.parsed_fn_signature.parameters.items():
        definition = field.kwarg_definition
        known.add(getattr(definition, "name", None) or getattr(definition, "query", None) or name)
    given = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    wrong = [(name, "There is no such parameter") for name in sorted({name for name, _ in given} - known)]
    wrong += [(name, "A text holds no NUL") for name, value in given if "\0" in value and name in known]
    if wrong:
        raise InvalidRequestError(
            errors=[
                FieldProblem(pointer=name, message=message, source="query") for name, message in wrong[:20]
            ]
        )
