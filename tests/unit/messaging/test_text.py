"""Choice of alphabet and cutting, by examples."""

import pytest

from yunhu.messaging.text import (
    Alphabet,
    TextRefusedError,
    choose_alphabet,
    decode,
    decode_gsm,
    encode,
    segment,
    units,
)

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "alphabet", "length"),
    [
        ("hello", Alphabet.GSM7, 5),
        ("€", Alphabet.GSM7, 2),
        ("[]{}^~|\\\f", Alphabet.GSM7, 18),
        ("@£$¥èéùìòÇ\nØø\rÅå", Alphabet.GSM7, 16),
        ("`", Alphabet.UCS2, 1),
        ("ç", Alphabet.UCS2, 1),
        ("\x1b", Alphabet.UCS2, 1),
        ("您好", Alphabet.UCS2, 2),
        ("😀", Alphabet.UCS2, 2),
        (FAMILY, Alphabet.UCS2, 11),
    ],
)
def test_given_a_text_when_measured_then_as_the_network_counts(
    text: str, alphabet: Alphabet, length: int
) -> None:
    assert choose_alphabet(text) is alphabet
    assert units(text, alphabet) == length


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 306, [153, 153]),
        ("a" * 307, [153, 153, 1]),
        ("a" * 152 + "€" + "a" * 10, [152, 12]),
        ("中" * 70, [70]),
        ("中" * 71, [67, 4]),
        ("中" * 135, [67, 67, 1]),
        ("中" * 66 + "😀" + "中" * 5, [66, 7]),
        ("中" * 60 + FAMILY + "中" * 5, [60, 16]),
        ("中" * 66 + "e\u0301" + "中" * 5, [66, 7]),
        ("中" * 64 + "🇨🇳" + "中" * 5, [64, 9]),
    ],
)
def test_given_a_text_when_cut_then_parts_are_full_but_no_character_is_broken(
    text: str, sizes: list[int]
) -> None:
    segments = segment(text, reference=0x1F7, max_parts=10)
    assert [units(p.text, segments.alphabet) for p in segments.parts] == sizes
    for number, part in enumerate(segments.parts, 1):
        assert part.header == (bytes([5, 0, 3, 0xF7, len(sizes), number]) if len(sizes) > 1 else b"")


def test_given_marks_longer_than_a_part_when_cut_then_it_still_ends() -> None:
    text = "e" + "\u0301" * 200
    segments = segment(text, reference=1, max_parts=10)
    assert "".join(p.text for p in segments.parts) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_text"),
        ("\ud83d", "invalid_text"),
        ("中" * 202, "text_too_long"),
        ("a" * 10_000_000, "text_too_long"),
        ("中" * 66 + FAMILY * 13, "text_too_long"),
    ],
)
def test_given_what_cannot_be_sent_when_cut_then_it_is_refused_by_code(text: str, code: str) -> None:
    with pytest.raises(TextRefusedError) as caught:
        segment(text, reference=0, max_parts=3)
    assert caught.value.code == code


def test_given_known_octets_when_coded_then_they_match_the_standard() -> None:
    assert encode("@Δ_€A", Alphabet.GSM7) == bytes([0x00, 0x10, 0x11, 0x1B, 0x65, 0x41])
    assert encode("中😀", Alphabet.UCS2).hex() == "4e2dd83dde00"
    assert decode_gsm(b"\x00\x1b\x65\x1b\x01\xff\x1b") == "@€ \ufffd"


@pytest.mark.parametrize(
    ("octets", "data_coding", "text"),
    [
        (b"\x00A", 0, "@A"),
        (b"\x00A", 0x10, "@A"),
        (b"\x4e\x2d", 8, "中"),
        (b"\x4e\x2d", 0x18, "中"),
        (b"\x4e\x2d\xd8", 8, "中\ufffd"),
        (b"\xe9", 3, "é"),
        (b"\xe9", 0xF4, "é"),
        (b"\x00", 0xF0, "@"),
        ("退订".encode("gb18030"), 15, "退订"),
    ],
)
def test_given_received_octets_when_decoded_then_by_their_coding(
    octets: bytes, data_coding: int, text: str
) -> None:
    assert decode(octets, data_coding) == text
