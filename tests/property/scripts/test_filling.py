"""Filling changes nothing outside the placeholders (row C2)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.scripts.errors import ParameterInvalidError
from yunhu.domains.scripts.filling import ApprovedScript, fill
from yunhu.domains.scripts.models import Channel
from yunhu.foundation.ids import new_id
from yunhu.speech.reading import Slot, SlotKind

LITERALS = st.text(st.sampled_from("请您到号窗口办理业务，。“”A1 \\%$"), max_size=12)
VALUES = {
    "window": (SlotKind.WINDOW, st.from_regex(r"\A[A-Z]?[0-9]{1,3}\Z")),
    "ahead": (SlotKind.COUNT, st.from_regex(r"\A[0-9]{1,6}\Z")),
    "matter": (SlotKind.TEXT, st.text(st.sampled_from("社保登记公积金12A"), min_size=1, max_size=20)),
}


@st.composite
def _filled(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=6))
    text = draw(LITERALS) + "".join(f"{{{name}}}{draw(LITERALS)}" for name in names)
    return text, {name: draw(VALUES[name][1]) for name in set(names)}


def _script(text: str, names: set[str]) -> ApprovedScript:
    slots = tuple(Slot(name, VALUES[name][0]) for name in sorted(names))
    return ApprovedScript(new_id(), new_id(), "s", Channel.VOICE, text, slots, "")


@given(_filled())
def test_given_any_filed_text_when_filled_then_no_character_outside_placeholders_changes(case):
    text, values = case

    filled = fill(_script(text, set(values)), values).text

    position = 0
    for part in re.split(r"(\{\w+\})", text):
        expected = values[part[1:-1]] if part.startswith("{") else part
        assert filled[position : position + len(expected)] == expected
        position += len(expected)
    assert position == len(filled)


@given(st.text(max_size=40))
def test_given_any_value_when_it_is_taken_then_it_fits_its_slot_and_stands_once(value):
    script = _script("到{window}号", {"window"})

    details: dict[str, object] = {}
    text = f"到{value}号"
    try:
        text = fill(script, {"window": value}).text
    except ParameterInvalidError as error:
        details = error.details

    assert text == f"到{value}号"
    assert len(value) <= 12 or details["reason"] == "too_long" or not value.strip()
    assert set(details) <= {"parameter", "kind", "reason"}


@pytest.mark.parametrize(
    ("values", "reason"),
    [({}, "missing"), ({"window": "3", "x": "1"}, "unknown"), ({"window": "{x}"}, "format")],
)
def test_given_a_wrong_set_of_parameters_when_filled_then_it_is_refused(values, reason):
    with pytest.raises(ParameterInvalidError) as raised:
        fill(_script("到{window}号", {"window"}), values)

    assert raised.value.details["reason"] == reason
