"""A misspelt filter must not silently list everything: unknown query parameters are refused."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request

from yunhu.foundation.http.errors import InvalidRequestError
from yunhu.foundation.http.problems import FieldProblem


async def refuse_unknown_query(request: Request[Any, Any, Any]) -> None:
    """A `before_request` hook. Raises `InvalidRequestError` naming each parameter that the handler does not have."""
    if not request.scope["query_string"]:
        return
    known = set()
    for name, field in request.route_handler.parsed_fn_signature.parameters.items():
        definition = field.kwarg_definition
        known.add(getattr(definition, "name", None) or getattr(definition, "query", None) or name)
    given = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    unknown = sorted({name for name, _ in given} - known)
    if unknown:
        raise InvalidRequestError(
            errors=[
                FieldProblem(pointer=name, message="There is no such parameter", source="query")
                for name in unknown[:20]
            ]
        )
