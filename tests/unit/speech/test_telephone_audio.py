"""A-law, band limits, loudness and peaks of what goes to the telephone."""

import av
import numpy as np
import pytest
from tests.support.speech.voices import tone

from yunhu.speech.port import Audio
from yunhu.speech.tts import g711
from yunhu.speech.tts.splice import Part, splice
from yunhu.speech.tts.telephony import (
    Loudness,
    at_telephone_rate,
    from_pcm16,
    integrated_loudness,
    limit_true_peak,
    normalise,
    to_telephone,
    trim_silence,
    true_peaks,
)

EVERY_SAMPLE = np.arange(-32_768, 32_768).astype(np.int16)


def test_given_every_code_when_decoded_and_encoded_then_it_is_itself() -> None:
    codes = bytes(range(256))
    assert g711.encode(g711.decode(codes)) == codes


def test_given_every_code_when_decoded_then_ffmpeg_agrees() -> None:
    codes = bytes(range(256))
    decoder = av.CodecContext.create("pcm_alaw", "r")
    decoder.sample_rate, decoder.layout = 8_000, "mono"
    (frame,) = decoder.decode(av.Packet(codes))
    assert np.array_equal(frame.to_ndarray().ravel(), g711.decode(codes))


def test_given_every_sample_when_coded_then_it_comes_back_within_half_a_step() -> None:
    back = g711.decode(g711.encode(EVERY_SAMPLE)).astype(np.int32)
    linear = EVERY_SAMPLE.astype(np.int32)
    step = np.maximum(16, 2.0 ** (np.floor(np.log2(np.maximum(np.abs(linear), 256))) - 4))
    assert (np.abs(back - linear) <= step / 2 + 1).all()


def test_given_silence_when_coded_then_it_is_the_idle_code() -> None:
    assert g711.encode(np.zeros(3, np.int16)) == bytes([g711.SILENCE] * 3)


def test_given_a_sweep_above_4_khz_when_resampled_then_nothing_folds_back() -> None:
    time = np.arange(48_000) / 24_000
    sweep = (0.5 * np.sin(2 * np.pi * (4_300 * time + (11_500 - 4_300) / 4 * time**2))).astype(np.float32)
    heard = at_telephone_rate(sweep, 24_000)[400:-400]
    assert 20 * np.log10(np.sqrt(np.mean(heard**2)) / np.sqrt(np.mean(sweep**2))) < -60


def test_given_a_tone_within_the_band_when_resampled_then_its_level_stays() -> None:
    heard = at_telephone_rate(tone(3_300, 1.0), 24_000)[400:-400]
    assert np.sqrt(np.mean(heard**2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.02)


def _bursts(level: float) -> np.ndarray:
    """Something with the ups and downs of speech."""
    carrier = np.random.default_rng(7).normal(size=3 * 24_000) * np.repeat(
        [1.0, 0.2, 0.6, 0.05, 1.0, 0.4], 12_000
    )
    return (level * carrier).astype(np.float32)


@pytest.mark.parametrize("synthetic", [True, False])
@pytest.mark.parametrize("level", [0.002, 0.05, 0.3])
def test_given_any_level_when_made_for_the_telephone_then_it_is_as_loud_as_all_others(
    level: float, synthetic: bool
) -> None:
    loudness = Loudness(lead=0.0, tail=0.0)
    heard = from_pcm16(
        g711.decode(to_telephone(Audio(_bursts(level), 24_000), loudness, synthetic=synthetic))
    )
    assert integrated_loudness(heard, 8_000) == pytest.approx(loudness.target_lufs, abs=1.0)
    assert 20 * np.log10(true_peaks(heard, 8_000).max()) < loudness.true_peak_db + 0.5


def test_given_one_short_word_when_normalised_then_it_has_a_loudness() -> None:
    assert integrated_loudness(normalise(tone(440, 0.15, 8_000), 8_000, Loudness()), 8_000) == pytest.approx(
        -16, abs=1.0
    )


def test_given_silence_or_nothing_when_made_for_the_telephone_then_only_the_frame_is_left() -> None:
    loudness = Loudness(lead=0.1, tail=0.1)
    for samples in (np.zeros(24_000, np.float32), np.zeros(0, np.float32)):
        for synthetic in (True, False):
            heard = to_telephone(Audio(samples, 24_000), loudness, synthetic=synthetic)
            assert heard == bytes([g711.SILENCE]) * 1_600


def test_given_peaks_when_limited_then_none_is_above_the_ceiling_and_the_rest_is_untouched() -> None:
    loud = tone(700, 0.5, 8_000, level=0.2)
    loud[2_000:2_100] *= 8
    limited = limit_true_peak(loud, 8_000, -1.0)
    assert true_peaks(limited, 8_000).max() <= 10 ** (-1.0 / 20) * 1.01
    assert np.array_equal(limited[:1_500], loud[:1_500])


def test_given_silence_around_speech_when_trimmed_then_only_a_breath_is_left() -> None:
    padded = np.concatenate([np.zeros(24_000, np.float32), tone(500, 1.0), np.zeros(24_000, np.float32)])
    assert 24_000 <= len(trim_silence(padded, 24_000)) <= 24_000 + 2 * 0.08 * 24_000


def test_given_parts_of_unlike_level_and_rate_when_spliced_then_they_are_equally_loud_with_a_gap() -> None:
    parts = [
        Part(Audio(tone(400, 1.0, level=0.02), 24_000), synthetic=True),
        Part(Audio(tone(400, 1.0, 16_000, level=0.6), 16_000), synthetic=False),
    ]
    heard = from_pcm16(g711.decode(splice(parts, Loudness(lead=0.0, tail=0.0), gap=0.1)))
    first, second = heard[800:7_200], heard[-7_200:-800]
    assert len(heard) == pytest.approx(2.1 * 8_000, abs=80)
    assert np.std(first) == pytest.approx(np.std(second), rel=0.05)
    assert np.abs(heard[8_160:8_640]).max() < 0.001


def _balance(heard: np.ndarray) -> float:
    """Level of 3,000 Hz over that of 400 Hz."""
    spectrum = np.abs(np.fft.rfft(heard))
    low, high = (spectrum[round(hertz * len(heard) / 8_000)] for hertz in (400, 3_000))
    return float(high / low)


CHORD = Audio(tone(400, 1.0, level=0.2) + tone(3_000, 1.0, level=0.1), 24_000)


@pytest.mark.parametrize(("synthetic", "balance"), [(False, 0.5), (True, 1.04)])
def test_given_an_origin_when_made_for_the_telephone_then_only_synthetic_speech_is_brightened(
    synthetic: bool, balance: float
) -> None:
    heard = g711.decode(to_telephone(CHORD, Loudness(lead=0.0, tail=0.0), synthetic=synthetic))
    assert _balance(heard[800:7_200]) == pytest.approx(balance, rel=0.05)


def test_given_parts_of_both_origins_when_spliced_then_only_the_synthetic_ones_are_brightened() -> None:
    parts = [Part(CHORD, synthetic=synthetic) for synthetic in (True, False, True)]
    heard = g711.decode(splice(parts, Loudness(lead=0.0, tail=0.0), gap=0.1))
    balances = [_balance(heard[start + 800 : start + 7_200]) for start in (0, 8_800, 17_600)]
    assert balances == pytest.approx([1.04, 0.5, 1.04], rel=0.05)
