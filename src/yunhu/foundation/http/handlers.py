"""Exceptions become problem details."""

from collections.abc import Mapping
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap
from litestar.utils.scope.state import ScopeState

from yunhu.foundation.errors import YunhuError
from yunhu.foundation.http.errors import (
    BodyTooLargeError,
    InvalidRequestError,
    MalformedBodyError,
    MethodNotAllowedError,
    RouteUnknownError,
    UnexpectedError,
)
from yunhu.foundation.http.observe import request_id_of
from yunhu.foundation.http.problems import MEDIA_TYPE, FieldProblem, Problem, problem_of
from yunhu.foundation.http.validation import field_problems

log = structlog.get_logger()

_BY_STATUS: dict[int, type[YunhuError]] = {
    404: RouteUnknownError,
    405: MethodNotAllowedError,
    413: BodyTooLargeError,
}
_SOURCES = {"query": "query", "path": "path", "header": "header", "cookie": "cookie"}


def exception_handlers() -> ExceptionHandlersMap:
    """Litestar's map, for the whole application."""
    return {
        YunhuError: _expected,
        ValidationException: _invalid,
        HTTPException: _of_framework,
        Exception: _unexpected,
    }


def problem_response(request: Request[Any, Any, Any], error: YunhuError) -> Response[Problem]:
    """The answer for an expected error."""
    headers: dict[str, str] = {}
    if "retry_after" in error.details:
        headers["Retry-After"] = str(error.details["retry_after"])
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        problem_of(error, request_id=request_id_of(request.scope)),
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def _expected(request: Request[Any, Any, Any], error: YunhuError) -> Response[Problem]:
    if error.status >= 500:
        log.error("http.failed", error_id=error.id, detail=error.detail)
    return problem_response(request, error)


def _invalid(request: Request[Any, Any, Any], error: ValidationException) -> Response[Problem]:
    problems: list[FieldProblem] = []
    entries = error.extra if isinstance(error.extra, list) else []
    for entry in entries:
        source = str(getattr(entry.get("source"), "value", entry.get("source") or ""))
        if source in _SOURCES:
            name, message = str(entry.get("key", "")), str(entry.get("message", ""))
            problems.append(FieldProblem(pointer=name, message=message, source=_SOURCES[source]))
    if len(problems) < len(entries) or not entries:
        problems += _body_problems(request)
    return problem_response(request, InvalidRequestError(error.detail, errors=problems))


def _body_problems(request: Request[Any, Any, Any]) -> list[FieldProblem]:
    # The framework stops at the first bad field; the parsed body is still at hand to find the others.
    data = request.route_handler.parsed_fn_signature.parameters.get("data")
    state = ScopeState.from_scope(request.scope)
    if data is None or not isinstance(state.body, bytes):
        return []
    value = state.json if not isinstance(state.json, type(state.form)) else None
    return field_problems(value, data.raw)


def _of_framework(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    kind = _BY_STATUS.get(error.status_code)
    if kind is None:
        kind = MalformedBodyError if error.status_code < 500 else UnexpectedError
    detail = "" if kind is UnexpectedError else error.detail
    if kind is UnexpectedError:
        log.error("http.unexpected", exc_info=error)
    response = problem_response(request, kind(detail))
    if isinstance(error.headers, Mapping):
        response.headers.update(error.headers)
    return response


def _unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    log.error("http.unexpected", exc_info=error)
    return problem_response(request, UnexpectedError())
