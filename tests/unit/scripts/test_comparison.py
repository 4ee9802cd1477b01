"""Comparison word by word, and patterns of slots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.scripts.comparison import Run, RunKind, compare_words
from yunhu.domains.scripts.models import Channel
from yunhu.domains.scripts.patterns import matches, pattern_fault
from yunhu.domains.scripts.rules import canonical_slots, faults_of
from yunhu.speech.reading import Slot, SlotKind


def test_given_one_word_exchanged_when_compared_then_whole_words_are_marked() -> None:
    runs = compare_words("请您到{window}号窗口办理业务", "请您到{window}号房间办理业务")

    assert runs == [
        Run(RunKind.SAME, "请您到{window}号"),
        Run(RunKind.REMOVED, "窗口"),
        Run(RunKind.ADDED, "房间"),
        Run(RunKind.SAME, "办理业务"),
    ]


def test_given_another_placeholder_when_compared_then_it_is_one_word() -> None:
    runs = compare_words("到{window}号", "到{window_name}号")

    assert Run(RunKind.REMOVED, "{window}") in runs
    assert Run(RunKind.ADDED, "{window_name}") in runs


@given(st.text(alphabet="请您到窗口办理业务{}window12ab，。 ", max_size=40), st.text(max_size=40))
def test_given_any_two_texts_when_compared_then_the_runs_give_both_back(before: str, after: str) -> None:
    runs = compare_words(before, after)

    assert "".join(run.text for run in runs if run.kind is not RunKind.ADDED) == before
    assert "".join(run.text for run in runs if run.kind is not RunKind.REMOVED) == after


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ("[0-9]{1,3}", "12", True),
        ("[0-9]{1,3}", "1234", False),
        ("A|B", "AB", False),
        (r"\p{Han}+", "办理", True),
        ("(a+)+b", "a" * 60, False),
        ("(x+x+)+y", "x" * 200, False),
    ],
)
def test_given_a_pattern_when_a_value_is_tried_then_it_decides_in_time(
    pattern: str, value: str, fits: bool
) -> None:
    assert matches(pattern, value) is fits


@pytest.mark.parametrize("pattern", ["[", "(?P<a", "a" * 101, "*"])
def test_given_a_broken_pattern_when_declared_then_it_cannot_be_filed(pattern: str) -> None:
    assert pattern_fault(pattern)
    slot = Slot("a", SlotKind.TEXT, 10, pattern)
    assert any("pattern" in fault for fault in faults_of("到{a}", [slot], Channel.VOICE))


def test_given_slots_without_pattern_when_stored_then_their_form_is_as_before() -> None:
    assert canonical_slots([Slot("a", SlotKind.COUNT)]) == [{"name": "a", "kind": "count", "max_length": 6}]
    assert canonical_slots([Slot("a", SlotKind.COUNT, None, "[0-9]")])[0]["pattern"] == "[0-9]"
