"""What the order of a run names must be there, or it orders nothing."""

from pathlib import Path

import pytest
from tests.support.run.plugin import _SECONDS, _TOGETHER, unit_of

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("unit", sorted({*_SECONDS, *_TOGETHER}))
def test_given_a_unit_of_the_order_when_looked_for_then_it_is_there(unit: str) -> None:
    assert (ROOT / unit).exists()
    assert unit_of(f"{unit}test_one.py::test_it[a::b]" if unit.endswith("/") else f"{unit}::test_it") == unit


def test_given_files_that_share_a_product_when_divided_then_they_stay_together_and_others_do_not() -> None:
    assert unit_of("tests/e2e/console/test_a.py::test_x") == unit_of("tests/e2e/console/test_b.py::test_y[1]")
    assert unit_of("tests/unit/sip/test_a.py::test_x") != unit_of("tests/unit/sip/test_b.py::test_x")
