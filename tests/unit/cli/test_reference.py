"""The generated reference is what the code says now."""

from pathlib import Path

import pytest

from yunhu.entrypoints.commands.reference import pages

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("name", sorted(pages()))
def test_given_the_reference_when_generated_anew_then_it_is_the_same(name):
    assert (REFERENCE / name).read_text(encoding="utf-8") == pages()[name], "run `make docs`"
