"""Texts that no spreadsheet takes for a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.exports.cells import neutralised


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u3000=1", "%0A=1"]
)
def test_given_a_text_that_begins_like_a_formula_then_an_apostrophe_stands_before_it(text: str) -> None:
    assert neutralised(text) == f"'{text}"


@pytest.mark.parametrize("text", ["+8613800000000", "-12.5", "社保", "138****0000", "A001", ""])
def test_given_a_harmless_text_then_it_stays(text: str) -> None:
    assert neutralised(text) == text


@given(st.text())
def test_given_any_text_when_saved_as_csv_and_read_back_then_no_cell_begins_like_a_formula(text: str) -> None:
    kept = neutralised(text)
    file = io.StringIO()
    csv.writer(file).writerow([kept])
    (row,) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    cell = row[0].lstrip() if row else ""
    dangerous = cell[:1] in {"=", "+", "-", "@", "|", "%"}
    assert not dangerous or cell.lstrip("+-").replace(" ", "").replace(".", "").isdigit()
