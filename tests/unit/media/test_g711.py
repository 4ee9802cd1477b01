import numpy as np
import pytest

from yunhu.telephony.media.g711 import ALAW_SILENCE, ALAW_TO_ULAW, ULAW_TO_ALAW, decode_alaw


@pytest.mark.parametrize(
    ("octet", "level"),
    [(0xD5, 8), (0x55, -8), (0xAA, 32256), (0x2A, -32256), (0x80, 5504), (0x00, -5504), (0xC5, 264)],
)
def test_given_an_alaw_octet_when_decoded_then_it_has_the_level_of_the_recommendation(
    octet: int, level: int
) -> None:
    assert decode_alaw(bytes([octet])).tolist() == [level]


@pytest.mark.parametrize(
    ("ulaw", "alaw"),
    # ITU-T G.711 table 4: loudest and softest of each sign
    [(0x80, 0xAA), (0x00, 0x2A), (0xFF, 0xD5), (0x7F, 0x55)],
)
def test_given_the_ends_of_ulaw_when_translated_then_they_meet_those_of_alaw(ulaw: int, alaw: int) -> None:
    assert bytes([ulaw]).translate(ULAW_TO_ALAW) == bytes([alaw])


def test_given_silence_when_translated_then_it_is_the_ulaw_code_of_the_same_level() -> None:
    # ITU-T G.711 table 3: A-law decoder value 1 is µ-law value 1, one above zero
    assert bytes([ALAW_SILENCE]).translate(ALAW_TO_ULAW) == b"\xfe"


def test_given_every_alaw_octet_when_sent_as_ulaw_and_back_then_the_level_hardly_changes() -> None:
    every = bytes(range(256))
    before = decode_alaw(every)
    after = decode_alaw(every.translate(ALAW_TO_ULAW).translate(ULAW_TO_ALAW))
    assert np.all(np.abs(after - before) <= np.maximum(np.abs(before) * 0.04, 16))
