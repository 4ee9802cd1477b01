"""What integrators send, and what a Mandarin voice must say for it. The rows are `reading_rows.tsv`."""

from pathlib import Path

import pytest

from yunhu.speech.reading import (
    OneReading,
    ReadingStyle,
    Slot,
    SlotKind,
    SlotValueError,
    read_free_text,
    read_slot,
)

_LINES = (Path(__file__).parent / "reading_rows.tsv").read_text("utf-8").splitlines()
ROWS = [tuple(line.split("\t")) for line in _LINES if not line.startswith("#")]


def test_given_the_table_then_it_covers_every_kind_with_at_least_200_rows() -> None:
    assert len(ROWS) >= 200
    assert {kind for kind, _, _ in ROWS} == {kind.value for kind in SlotKind}


@pytest.mark.parametrize(("kind", "value", "words"), ROWS)
def test_given_a_value_when_read_then_its_words_are_said(kind: str, value: str, words: str) -> None:
    assert read_slot(Slot("x", SlotKind(kind)), value) == words


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("queue_number", "A001", "A零零幺"),
        ("queue_number", "A101", "A幺零幺"),
        ("queue_number", "11", "幺幺"),
        ("window", "A001", "A零零幺"),
        ("window", "1", "一"),
        ("window", "11", "十一"),
        ("window", "A1", "A一"),
        ("window", "1001", "幺零零幺"),
        ("date", "2026-01-01", "二零二六年一月一日"),
        ("count", "1", "一"),
    ],
)
def test_given_a_hall_that_says_yao_when_read_then_only_printed_codes_change(
    kind: str, value: str, words: str
) -> None:
    assert read_slot(Slot("x", SlotKind(kind)), value, ReadingStyle(OneReading.YAO)) == words


@pytest.mark.parametrize(
    ("kind", "value", "following", "words"),
    [
        ("count", "2", "人", "两"),
        ("count", "2", "位", "两"),
        ("count", "12", "人", "十二"),
        ("count", "2", "；", "二"),
        ("money", "1234.50", "元", "一千二百三十四点五零"),
        ("money", "2", "元", "二"),
        ("money", "1234.50", "。", "一千二百三十四元五角"),
    ],
)
def test_given_the_text_after_the_slot_when_read_then_units_are_said_once(
    kind: str, value: str, following: str, words: str
) -> None:
    assert read_slot(Slot("x", SlotKind(kind)), value, following=following) == words


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("queue_number", "", "empty"),
        ("queue_number", "   ", "empty"),
        ("queue_number", "A", "format"),
        ("queue_number", "A001!", "format"),
        ("queue_number", "A0010010010010", "too_long"),
        ("queue_number", "A00\n1", "control_character"),
        ("queue_number", "A00\u200b1", "control_character"),
        ("window", "3号;", "format"),
        ("window", "-3", "format"),
        ("window", "3--4", "format"),
        ("phone", "1381234567", "format"),
        ("phone", "12812345678", "format"),
        ("phone", "+14155552671", "format"),
        ("phone", "not a number", "format"),
        ("money", "-5", "format"),
        ("money", "1.234", "format"),
        ("money", "1,23", "format"),
        ("money", "1e3", "format"),
        ("money", "", "empty"),
        ("date", "2026-02-30", "range"),
        ("date", "2025-02-29", "range"),
        ("date", "2026-13-01", "range"),
        ("date", "2026-2/9", "format"),
        ("date", "tomorrow", "format"),
        ("time", "25:00", "range"),
        ("time", "24:01", "range"),
        ("time", "9:60", "range"),
        ("time", "9:5", "format"),
        ("name", "张三<script>", "format"),
        ("name", "…", "format"),
        ("text", "！？", "format"),
        ("text", "😀", "format"),
        ("count", "-1", "format"),
        ("count", "1.5", "format"),
        ("count", "1000000", "too_long"),
        ("count", "٣", "format"),
    ],
)
def test_given_a_value_of_another_kind_when_read_then_it_is_refused_without_being_repeated(
    kind: str, value: str, reason: str
) -> None:
    with pytest.raises(SlotValueError) as refusal:
        read_slot(Slot("x", SlotKind(kind)), value)
    assert refusal.value.details == {"slot": "x", "kind": kind, "reason": reason}
    assert len(value.strip()) < 2 or value not in str(refusal.value)


def test_given_a_slot_with_its_own_limit_when_the_value_is_longer_then_it_is_refused() -> None:
    slot = Slot("matter", SlotKind.TEXT, max_length=4)
    assert read_slot(slot, "社保登记") == "社保登记"
    with pytest.raises(SlotValueError, match="too_long"):
        read_slot(slot, "社保登记办")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "重听请按1，需要再等十分钟请按2，不再接听此类电话请按9。",
            "重听请按一，需要再等十分钟请按二，不再接听此类电话请按九。",
        ),
        ("好的，十分钟后再提醒您，再见。", "好的，十分钟后再提醒您，再见。"),
        ("请到３楼“社保”窗口", "请到三楼社保窗口"),
        ("办理时间为9:00-17:30", "办理时间为九点整到十七点三十分"),
        ("", ""),
    ],
)
def test_given_free_text_when_read_then_its_numbers_become_words_and_quotes_go(text: str, words: str) -> None:
    assert read_free_text(text) == words
