"""Spelling does not count, sounds do."""

import pytest

from yunhu.speech.asr.compare import compare, queue_number_right
from yunhu.speech.asr.syllables import syllables


@pytest.mark.parametrize("spelling", ["A001", "A零零幺", "A 001", "a零零一", "A-001", "Ａ００１"])
def test_given_any_spelling_of_a_queue_number_then_its_syllables_are_the_same(spelling: str) -> None:
    assert syllables(spelling) == ["a", "ling", "ling", "yi"]


@pytest.mark.parametrize(
    ("expected", "heard", "right", "differences"),
    [
        ("办理业务，谢谢", "办理业务谢谢。", 6, 0),
        ("办理业务", "半礼业务", 4, 0),
        ("辦理業務", "办理业务", 4, 0),
        ("十二号", "12号", 3, 0),
        ("十四号", "十字号", 2, 1),
        ("办理业务", "", 0, 1),
        ("", "", 0, 0),
    ],
)
def test_given_what_was_heard_then_right_syllables_are_counted(
    expected: str, heard: str, right: int, differences: int
) -> None:
    result = compare(expected, heard)
    assert (result.right, len(result.differences)) == (right, differences)


def test_given_surplus_syllables_then_the_share_falls() -> None:
    assert compare("谢谢", "谢谢观看").share == 0.5


@pytest.mark.parametrize(
    ("number", "heard", "right"),
    [
        ("三", "请您到3号窗口", True),
        ("三", "请您到13号窗口", False),
        ("三", "请您到30号窗口", False),
        ("十四", "请您到十字号窗口", False),
        ("A零零幺", "请您到A001号窗口", True),
        ("A001", "请您到A零零一号窗口", True),
        ("A零零幺", "请您到A01号窗口", False),
        ("B零零三", "请您到V003号窗口", False),
        ("B十二", "请您到比12号窗口", True),
        ("B十二", "请您到B12号窗口", True),
        ("B一二", "请您到B12号窗口", True),
        ("B十二", "请您到B2号窗口", False),
        ("B十二", "请您到B20号窗口", False),
        ("A幺二三", "请您到A23号窗口", False),
        ("A幺二三", "请民道诶,123号窗口", True),
        ("A幺二三", "请您到诶23号窗口", False),
        ("B零零三", "请您到诶003号窗口", False),
    ],
)
def test_given_a_number_then_it_must_be_heard_whole_and_exact(number: str, heard: str, right: bool) -> None:
    assert queue_number_right(number, heard, before="到", after="号") is right
