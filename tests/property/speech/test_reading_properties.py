"""What holds for every text an integrator may send."""

import contextlib
import datetime
import re

from hypothesis import given
from hypothesis import strategies as st

from yunhu.speech.reading import (
    ReadingError,
    Slot,
    SlotKind,
    SlotValueError,
    placeholders,
    read_free_text,
    read_slot,
    render_text,
    render_words,
)

HAN_DIGIT = re.compile("[零一二三四五六七八九幺]")
kinds = st.sampled_from(list(SlotKind))
likely = st.text(alphabet="0123456789AZaz-/:.,年月日点分元¥ ２三，“{}", max_size=20)


@given(kinds, st.text(max_size=120) | likely)
def test_given_any_text_when_read_as_any_kind_then_it_becomes_words_or_a_refusal(
    kind: SlotKind, text: str
) -> None:
    try:
        words = read_slot(Slot("x", kind), text)
    except SlotValueError:
        return
    assert words
    assert not re.search(r"[0-9]", words)


@given(st.text(max_size=200) | likely)
def test_given_any_free_text_when_read_then_no_ascii_digit_is_left(text: str) -> None:
    assert not re.search(r"[0-9]", read_free_text(text))


@given(st.from_regex(r"[A-Z]{0,3}[0-9]{1,8}", fullmatch=True))
def test_given_a_queue_number_when_read_then_its_digits_and_letters_are_all_there(number: str) -> None:
    words = read_slot(Slot("x", SlotKind.QUEUE_NUMBER), number)
    assert len(words) == len(number)
    assert len(HAN_DIGIT.findall(words)) == sum(character.isdigit() for character in number)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_given_a_mobile_number_when_read_then_eleven_digits_are_said(number: str) -> None:
    try:
        words = read_slot(Slot("x", SlotKind.PHONE), number)
    except SlotValueError:
        return  # a prefix that the numbering plan does not know
    assert "".join(HAN_DIGIT.findall(words)) == number.translate(
        str.maketrans("0123456789", "零幺二三四五六七八九")
    )


@given(st.dates(min_value=datetime.date(1900, 1, 1)))
def test_given_any_day_when_written_padded_or_not_then_it_is_read_the_same(day: datetime.date) -> None:
    slot = Slot("x", SlotKind.DATE)
    padded, plain = day.isoformat(), f"{day.year:04}/{day.month}/{day.day}"
    assert read_slot(slot, padded) == read_slot(slot, plain)


@given(st.integers(0, 10**12 - 1))
def test_given_any_amount_when_written_with_and_without_commas_then_it_is_read_the_same(fen: int) -> None:
    slot = Slot("x", SlotKind.MONEY, max_length=30)
    yuan, cents = divmod(fen, 100)
    assert read_slot(slot, f"{yuan}.{cents:02}") == read_slot(slot, f"¥{yuan:,}.{cents:02}元")


@given(
    st.text(max_size=80), st.dictionaries(st.from_regex(r"[a-z]{1,3}", fullmatch=True), st.text(max_size=10))
)
def test_given_any_template_when_rendered_then_it_is_text_or_a_refusal(
    template: str, values: dict[str, str]
) -> None:
    slots = [Slot(name, SlotKind.TEXT) for name in values]
    for render in (lambda: render_text(template, values), lambda: render_words(template, slots, values)):
        with contextlib.suppress(ReadingError):
            assert "\x00" not in render() or "\x00" in template + "".join(values.values())


@given(
    st.lists(st.sampled_from(["文字", "，", "{a}", "{b}"]), max_size=12),
    st.text(max_size=9),
    st.text(max_size=9),
)
def test_given_any_filling_then_the_literal_text_is_untouched(
    parts: list[str], first: str, second: str
) -> None:
    template = "".join(parts)
    values = {
        name: value for name, value in {"a": first, "b": second}.items() if name in placeholders(template)
    }
    expected = "".join({"{a}": first, "{b}": second}.get(part, part) for part in parts)
    assert render_text(template, values) == expected
