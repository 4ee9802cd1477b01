"""Pure tones, and what must not be taken for one."""

import numpy as np
import pytest
from tests.support.speech.voices import tone

from yunhu.speech.tts import g711
from yunhu.speech.tts.telephony import to_pcm16
from yunhu.speech.vad.tones import is_tone


def frame(samples: np.ndarray) -> bytes:
    return g711.encode(to_pcm16(samples[:160]))


def sine(hertz: float, level: float = 0.3, phase: float = 0.0) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hertz * np.arange(160) / 8_000 + phase)).astype(np.float32)


@pytest.mark.parametrize("hertz", [400, 425, 450, 475, 620, 1_000, 1_013, 1_400, 2_000, 2_450])
@pytest.mark.parametrize("level", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("phase", [0.0, 1.0, 2.5])
def test_given_a_sine_within_the_band_when_heard_then_it_is_a_tone(
    hertz: float, level: float, phase: float
) -> None:
    assert is_tone(frame(sine(hertz, level, phase)))


@pytest.mark.parametrize("hertz", [50, 200, 300, 2_600, 3_400])
def test_given_a_sine_outside_the_band_when_heard_then_it_is_none(hertz: float) -> None:
    assert not is_tone(frame(sine(hertz)))


def test_given_a_tone_with_line_noise_when_heard_then_it_is_still_one() -> None:
    noise = np.random.default_rng(3).normal(0, 0.02, 160).astype(np.float32)
    assert is_tone(frame(sine(1_000) + noise))


@pytest.mark.parametrize("seed", range(20))
def test_given_noise_when_heard_then_it_is_none(seed: int) -> None:
    assert not is_tone(frame(np.random.default_rng(seed).normal(0, 0.2, 160).astype(np.float32)))


@pytest.mark.parametrize(("low", "high"), [(697, 1_209), (770, 1_336), (941, 1_477), (852, 1_633)])
def test_given_a_key_when_heard_then_its_two_tones_are_none(low: int, high: int) -> None:
    assert not is_tone(frame(sine(low) + sine(high)))


@pytest.mark.parametrize("pitch", [110, 150, 220, 300])
def test_given_a_vowel_when_heard_then_its_harmonics_are_none(pitch: int) -> None:
    voice = np.sum([sine(pitch * number, 0.3 / number) for number in range(1, 9)], axis=0)
    assert not is_tone(frame(voice))


@pytest.mark.parametrize("level", [0.0, 0.001, 0.01])
def test_given_next_to_nothing_when_heard_then_it_is_none(level: float) -> None:
    assert not is_tone(frame(sine(1_000, level)))


@pytest.mark.parametrize("size", [0, 159, 161, 320])
def test_given_another_size_than_20_ms_then_it_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="160"):
        is_tone(bytes(size))


def test_given_any_codes_when_heard_then_there_is_an_answer() -> None:
    generator = np.random.default_rng(5)
    answers = {is_tone(generator.integers(0, 256, 160, np.uint8).tobytes()) for _ in range(200)}
    assert answers == {False}


def test_given_a_beep_across_frames_when_heard_then_every_whole_frame_is_a_tone() -> None:
    beep = g711.encode(to_pcm16(tone(1_400, 0.4, 8_000)))
    assert all(is_tone(beep[at : at + 160]) for at in range(0, len(beep), 160))
