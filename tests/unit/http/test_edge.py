"""Cursors, buckets and field problems."""

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunhu.foundation.http import BadCursorError, decode_cursor, encode_cursor, field_problems
from yunhu.foundation.http.rate import TokenBuckets


@given(st.integers(-(2**40), 2**40))
def test_given_a_position_when_encoded_then_it_comes_back(position: int) -> None:
    assert decode_cursor(encode_cursor(position), int) == position


@given(st.text(max_size=600))
def test_given_any_text_when_decoded_then_it_is_a_position_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(BadCursorError):
        assert isinstance(decode_cursor(text, int), int)


def test_given_a_full_bucket_when_emptied_then_it_refills_evenly() -> None:
    now = 0.0
    buckets = TokenBuckets(lambda: now, processes=2)
    answers = [buckets.take("key", 120) for _ in range(61)]
    assert [answer.allowed for answer in answers] == [True] * 60 + [False]
    assert (answers[0].limit, answers[60].retry_after, answers[60].reset_seconds) == (60, 1, 60)
    now = 1.0
    assert buckets.take("key", 120).allowed
    assert not buckets.take("key", 120).allowed
    assert buckets.take("other", 120).allowed


class _Inner(msgspec.Struct, forbid_unknown_fields=True):
    number: int


class _Outer(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    inner: list[_Inner]


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        ({"name": "x", "inner": []}, set()),
        ({}, {"/name", "/inner"}),
        (
            {"name": 1, "inner": [{"number": 1}, {"number": "x", "a/b": 0}]},
            {"/name", "/inner/1/number", "/inner/1/a~1b"},
        ),
        ([], {""}),
    ],
)
def test_given_a_value_when_checked_then_every_bad_field_has_its_pointer(
    value: object, pointers: set[str]
) -> None:
    assert {problem.pointer for problem in field_problems(value, _Outer)} == pointers
