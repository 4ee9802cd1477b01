"""Caller numbers in a query."""

import pytest

from yunhu.foundation.http.filters import stored_number


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("02900000001", "+862900000001"),
        ("029-8888-7001", "+862988887001"),
        ("+862900000001", "+862900000001"),
        ("no number", "no number"),
        (None, None),
    ],
)
def test_given_a_number_as_people_write_it_then_it_is_looked_for_as_it_is_stored(
    written: str | None, stored: str | None
) -> None:
    assert stored_number(written) == stored
