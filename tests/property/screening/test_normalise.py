"""Undoing disguise never fails, and undoing it twice changes nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from yunhu.domains.screening.contacts import has_link, has_messenger_id, has_phone_number
from yunhu.domains.screening.normalise import plain, squeezed
from yunhu.domains.screening.public import Screen, WordList
from yunhu.speech.reading import Slot, SlotKind

SCREEN = Screen(1, {"gambling": WordList(("澳门赌场", "网上赌场"))})
TEXT = Slot("matter", SlotKind.TEXT)
NOISE = st.text(alphabet=" -_.*·|\u200b\u200d，。！", max_size=3)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_given_any_text_when_normalised_twice_then_the_second_time_changes_nothing(text: str) -> None:
    once = plain(text)

    assert plain(once) == once
    assert squeezed(squeezed(text)) == squeezed(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=100))
def test_given_any_text_when_screened_then_it_answers(text: str) -> None:
    for judge in (has_link, has_messenger_id, has_phone_number):
        assert judge(text) in {True, False}
    SCREEN.text_findings(text)
    SCREEN.variable_findings(TEXT, text)


@settings(max_examples=200, deadline=None)
@given(st.lists(NOISE, min_size=4, max_size=4), st.text(alphabet="办理业务登记", max_size=5))
def test_given_noise_between_the_characters_when_screened_then_the_word_is_found(
    noise: list[str], before: str
) -> None:
    text = before + "".join(a + b for a, b in zip("澳门赌场", noise, strict=True))

    assert "gambling" in {hit.category for hit in SCREEN.variable_findings(TEXT, text)}


@settings(max_examples=200, deadline=None)
@given(
    st.from_regex(r"\A1[3-9][0-9]{9}\Z"),
    st.lists(st.sampled_from(["", " ", "-", ".", "\u200b", "，"]), min_size=11, max_size=11),
    st.lists(st.integers(0, 3), min_size=11, max_size=11),
)
def test_given_a_mobile_number_in_any_dress_when_screened_then_it_is_found(
    number: str, gaps: list[str], dress: list[int]
) -> None:
    forms = ("0123456789", "０１２３４５６７８９", "零一二三四五六七八九", "⓪①②③④⑤⑥⑦⑧⑨")
    text = "".join(
        forms[form][int(digit)] + gap for digit, gap, form in zip(number, gaps, dress, strict=True)
    )

    assert has_phone_number(f"到{text}办理")
