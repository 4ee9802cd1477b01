"""Cutting texts: what holds for every text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunhu.messaging.text import Alphabet, TextRefusedError, decode, decode_gsm, encode, segment, units

_GSM = "@£$¥èéùìòÇ\nØøΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !#¤%&()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà\f^{}\\[~]|€"
_EMOJI = st.sampled_from(["👨‍👩‍👧", "🇨🇳", "👍🏽", "e\u0301", "❤️", "😀", "中", "\r\n"])
_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=400),
    st.lists(_EMOJI, min_size=1, max_size=120).map("".join),
    st.text(_GSM, min_size=1, max_size=800),
)
_DATA_CODING = {Alphabet.GSM7: 0, Alphabet.UCS2: 8}


@given(_TEXTS, st.integers(min_value=0, max_value=2**31))
def test_given_any_text_when_cut_then_parts_join_to_it_and_keep_their_limits(
    text: str, reference: int
) -> None:
    segments = segment(text, reference=reference, max_parts=255)
    assert "".join(p.text for p in segments.parts) == text
    total = len(segments.parts)
    single = {Alphabet.GSM7: 160, Alphabet.UCS2: 70}[segments.alphabet]
    part_limit = {Alphabet.GSM7: 153, Alphabet.UCS2: 67}[segments.alphabet]
    assert (total == 1) == (units(text, segments.alphabet) <= single)
    for number, part in enumerate(segments.parts, 1):
        assert 0 < units(part.text, segments.alphabet) <= (single if total == 1 else part_limit)
        assert decode(part.content, _DATA_CODING[segments.alphabet]) == part.text
        assert len(part.header + part.content) <= 160
        if total > 1:
            assert part.header == bytes([5, 0, 3, reference % 256, total, number])


@given(st.lists(_EMOJI, min_size=30, max_size=120))
def test_given_clusters_when_cut_then_no_part_begins_inside_one(clusters: list[str]) -> None:
    segments = segment("中" + "中".join(clusters), reference=0, max_parts=255)
    for part in segments.parts[1:]:
        first = part.text[0]
        assert unicodedata.category(first) not in ("Mn", "Me", "Mc", "Sk")
        assert first not in "\u200d\n"
    for part in segments.parts:
        assert not part.text.endswith(("\u200d", "\r"))


@given(st.text(_GSM))
def test_given_the_default_alphabet_when_coded_then_back_is_equal(text: str) -> None:
    assert decode_gsm(encode(text, Alphabet.GSM7)) == text


@given(st.text(st.characters(), max_size=300), st.integers(1, 3))
def test_given_anything_when_cut_then_it_is_parts_or_a_refusal(text: str, max_parts: int) -> None:
    refused = None
    try:
        parts = len(segment(text, reference=0, max_parts=max_parts).parts)
    except TextRefusedError as error:
        refused, parts = error.code, 0
    assert parts <= max_parts
    assert (refused is None) == (parts > 0)
    assert refused in (None, "empty_text", "text_too_long", "invalid_text")


@given(st.binary(max_size=300), st.integers(0, 255))
def test_given_any_octets_when_decoded_then_a_text_comes(octets: bytes, data_coding: int) -> None:
    assert isinstance(decode(octets, data_coding), str)


def test_given_a_surrogate_half_when_cut_then_it_is_refused() -> None:
    with pytest.raises(TextRefusedError):
        segment("a\udc00", reference=0, max_parts=1)
