"""A carrier's table of numbers: read as it stands, or refused by its row; never anything else."""

import contextlib
import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.numbers.errors import NumberInvalidError
from yunhu.domains.numbers.stock import COLUMNS, read_table

_NAMES = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=40)
_COUNTS = st.one_of(st.none(), st.integers(1, 1_000_000))
_ROWS = st.lists(
    st.tuples(st.integers(10_000_000, 99_999_999), _NAMES, st.dates(), _COUNTS), min_size=1, max_size=20
)


@given(_ROWS)
def test_given_any_numbers_when_written_as_a_table_then_the_same_are_read(rows: list[tuple]) -> None:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["number", "trunk", "registered_to", "valid_from", "per_day"])
    for number, name, day, count in rows:
        writer.writerow([f"029-{number}", "ctc", name, day.isoformat(), count if count is not None else ""])
    found = read_table("\ufeff" + written.getvalue())
    assert [(one.number, one.registered_to, one.valid_from) for one in found] == [
        (f"029-{number}", name, day) for number, name, day, _ in rows
    ]
    assert [one.per_day for one in found] == [400 if count is None else count for *_, count in rows]


@given(
    st.one_of(st.text(max_size=300), st.text(max_size=200).map(lambda rest: f"{','.join(COLUMNS)}\n{rest}"))
)
def test_given_any_text_when_read_as_a_table_then_it_is_numbers_or_a_refusal(text: str) -> None:
    with contextlib.suppress(NumberInvalidError):
        assert read_table(text)
