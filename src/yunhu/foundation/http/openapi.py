"""How endpoints say in the OpenAPI document which problems they answer with."""

from typing import Any, Self

from litestar.openapi.datastructures import ResponseSpec

from yunhu.foundation.http.problems import MEDIA_TYPE, Problem

_MEANINGS = {
    400: "The request does not match its schema.",
    401: "No valid API key and no session.",
    403: "The caller may not do this.",
    404: "There is no such object.",
    409: "The request contradicts what is already recorded.",
    410: "It was good once and is so no longer.",
    413: "The body is too large.",
    415: "This kind of content is not taken.",
    422: "The request is well-formed but says something impossible.",
    429: "Too many requests; see `Retry-After`.",
    500: "Something went wrong on our side; quote the request id.",
    503: "Not ready.",
}


class _ProblemSpec(ResponseSpec):
    """Nothing changes it, so that the copy of a handler that the framework makes shares it."""

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        return self


def problem_responses(*statuses: int) -> dict[int, ResponseSpec]:
    """`responses=` of a handler: these statuses as problem details, besides those that every endpoint has."""
    return {
        status: _ProblemSpec(
            data_container=Problem,
            generate_examples=False,
            description=_MEANINGS[status],
            media_type=MEDIA_TYPE,
        )
        for status in sorted({*statuses, 400, 401, 403, 429, 500})
    }
