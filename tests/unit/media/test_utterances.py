"""What before the answer is worth a recogniser's time."""

import numpy as np
import pytest
from tests.support.peers.audio import to_alaw

from yunhu.telephony.media.utterances import Utterances

RATE = 8000


def quiet(seconds: float) -> bytes:
    return b"\xd5" * int(seconds * RATE)


def tone(seconds: float, hertz: float = 450.0) -> bytes:
    time = np.arange(int(seconds * RATE)) / RATE
    return to_alaw((0.3 * np.sin(2 * np.pi * hertz * time)).astype(np.float32))


def speech(seconds: float) -> bytes:
    """Noise: many frequencies at once, as speech has."""
    noise = np.random.default_rng(7).normal(0, 0.1, int(seconds * RATE))
    return to_alaw(noise.astype(np.float32))


def cut(audio: bytes) -> list[bytes]:
    listener = Utterances()
    found = []
    for start in range(0, len(audio) // 160 * 160, 1600):
        found += listener.feed(audio[start : start + 1600])
    return found


def test_given_speech_and_a_pause_when_heard_then_it_is_one_utterance() -> None:
    (utterance,) = cut(quiet(1) + speech(2) + quiet(1))
    assert 2.4 <= len(utterance) / RATE <= 2.6


@pytest.mark.parametrize(
    "cadence",
    [(1.0, 4.0), (0.35, 0.35), (0.7, 0.7), (5.0, 0.0)],
    ids=["ringback", "busy", "congestion", "unbroken"],
)
def test_given_tones_of_the_network_when_heard_then_nobody_has_to_listen(
    cadence: tuple[float, float],
) -> None:
    assert cut((tone(cadence[0]) + quiet(cadence[1])) * 6) == []


def test_given_a_short_sound_when_heard_then_nobody_has_to_listen() -> None:
    assert cut((speech(0.8) + quiet(1)) * 4) == []


def test_given_a_short_break_within_a_sentence_when_heard_then_it_stays_one_utterance() -> None:
    assert len(cut(speech(1) + quiet(0.3) + speech(1) + quiet(1))) == 1


def test_given_music_without_end_when_heard_then_three_pieces_of_8_s_are_listened_to_and_no_more() -> None:
    found = cut(speech(40))
    assert [len(piece) / RATE for piece in found] == [8.0, 8.0, 8.0]


def test_given_a_loop_that_begins_after_ringing_when_heard_then_its_first_round_is_found() -> None:
    assert len(cut(tone(1) + quiet(4) + speech(3) + quiet(0.6) + speech(3) + quiet(0.6))) == 2
