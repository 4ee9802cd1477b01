"""What every HTTP endpoint of the house shares: problems, validation, paging, request ids, limits, documentation."""

from yunhu.foundation.http.cursor import Page, decode_cursor, encode_cursor
from yunhu.foundation.http.errors import (
    BadCursorError,
    BodyTooLargeError,
    InvalidRequestError,
    MalformedBodyError,
    RateLimitedError,
)
from yunhu.foundation.http.openapi import problem_responses
from yunhu.foundation.http.problems import FieldProblem, Problem, problem_of
from yunhu.foundation.http.services import Services, provided
from yunhu.foundation.http.validation import decode_json, field_problems

__all__ = [
    "BadCursorError",
    "BodyTooLargeError",
    "FieldProblem",
    "InvalidRequestError",
    "MalformedBodyError",
    "Page",
    "Problem",
    "RateLimitedError",
    "Services",
    "decode_cursor",
    "decode_json",
    "encode_cursor",
    "field_problems",
    "problem_of",
    "problem_responses",
    "provided",
]
