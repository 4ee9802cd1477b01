"""From a studio signal to the telephone: silence off, 8 kHz, one loudness, no clipping, A-law."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from yunhu.speech.port import Audio, Samples
from yunhu.speech.resampling import resample
from yunhu.speech.tts import g711

VERSION = "tel-4"
"""Raise it whenever the same samples would become other bytes: cached prompts depend on it."""
_FRAME = 0.01
_GATE_DB = -45.0
"""Below the loudest frame by this much is silence."""
_KEEP = 0.06
"""Seconds kept around the speech, so that soft onsets stay."""
_SHORTEST_BLOCK = 0.4
"""Seconds; ITU-R BS.1770-4 measures in blocks of this length."""
_OVERSAMPLING = 4
"""Finds peaks between samples (ITU-R BS.1770-4 annex 2)."""
_EMPHASIS = 0.4
"""Measured: of 0, 0.4 and 0.7 the one whose A-law was transcribed best."""
_LOOK_AHEAD = 0.004


class Loudness(msgspec.Struct, frozen=True):
    """What every prompt is brought to."""

    target_lufs: float = -16.0
    """Integrated loudness by ITU-R BS.1770-4, measured on the 8 kHz signal."""
    true_peak_db: float = -1.0
    """dBTP, the ceiling of the limiter."""
    lead: float = 0.2
    """Seconds of silence before the first word: the first packets of a call are easily lost."""
    tail: float = 0.2
    """Seconds of silence after the last word."""


def to_telephone(audio: Audio, loudness: Loudness, *, synthetic: bool) -> bytes:
    """A-law at 8,000 samples a second, trimmed, normalised and framed by silence. See `spoken`."""
    return framed(spoken(audio, loudness, synthetic=synthetic), loudness)


def spoken(audio: Audio, loudness: Loudness, *, synthetic: bool) -> Samples:
    """8 kHz samples without silence around them, at the loudness wanted.

    Only what is `synthetic` is brightened: a recording sounds as its hall made it.
    """
    samples = trim_silence(at_telephone_rate(audio.samples, audio.sample_rate), g711.SAMPLE_RATE)
    return normalise(brighten(samples) if synthetic else samples, g711.SAMPLE_RATE, loudness)


def framed(spoken: Samples, loudness: Loudness) -> bytes:
    """8 kHz samples between their silences, as A-law."""
    lead, tail = (
        np.zeros(int(seconds * g711.SAMPLE_RATE), np.float32) for seconds in (loudness.lead, loudness.tail)
    )
    return g711.encode(to_pcm16(np.concatenate([lead, spoken, tail])))


def at_telephone_rate(samples: Samples, sample_rate: int) -> Samples:
    """Band-limited resampling to 8 kHz: nothing above 4 kHz folds back."""
    if sample_rate == g711.SAMPLE_RATE:
        return samples
    return resample(samples, sample_rate, g711.SAMPLE_RATE)


def brighten(samples: Samples) -> Samples:
    """First-order pre-emphasis of synthetic speech: what tells z from s and s from sh lies just below 4 kHz."""
    return np.concatenate([samples[:1], samples[1:] - np.float32(_EMPHASIS) * samples[:-1]])


def trim_silence(samples: Samples, sample_rate: int) -> Samples:
    """Without the silence at both ends; shape (m,) with m ≤ n. Pure silence becomes empty."""
    size = max(1, int(_FRAME * sample_rate))
    frames = -(-len(samples) // size)
    if frames == 0:
        return samples
    padded = np.zeros(frames * size, np.float32)
    padded[: len(samples)] = samples
    level = np.sqrt(np.mean(padded.reshape(frames, size) ** 2, axis=1))
    loud = np.flatnonzero(level > max(level.max() * 10 ** (_GATE_DB / 20), 1e-5))
    if not len(loud):
        return samples[:0]
    keep = int(_KEEP * sample_rate)
    return samples[max(0, loud[0] * size - keep) : (loud[-1] + 1) * size + keep]


def integrated_loudness(samples: Samples, sample_rate: int) -> float:
    """LUFS (ITU-R BS.1770-4); −inf for silence. A signal shorter than one block is measured repeated."""
    shortest = int(_SHORTEST_BLOCK * sample_rate) + 1
    if not len(samples):
        return -np.inf
    if len(samples) < shortest:
        samples = np.tile(samples, -(-shortest // len(samples)))
    import pyloudnorm  # noqa: PLC0415 it brings scipy.signal, see resampling

    return float(pyloudnorm.Meter(sample_rate).integrated_loudness(samples.astype(np.float64)))


def normalise(samples: Samples, sample_rate: int, loudness: Loudness) -> Samples:
    """Gain to the target, then the limiter; again once, for what the limiter took away."""
    for _ in range(2):
        measured = integrated_loudness(samples, sample_rate)
        if not np.isfinite(measured):
            return samples
        gain = 10 ** ((loudness.target_lufs - measured) / 20)
        samples = limit_true_peak(samples * np.float32(gain), sample_rate, loudness.true_peak_db)
    return samples


def limit_true_peak(samples: Samples, sample_rate: int, ceiling_db: float) -> Samples:
    """No peak, also none between samples, above the ceiling; a smooth gain that looks ahead of each peak."""
    ceiling = 10 ** (ceiling_db / 20)
    allowed = np.minimum(1.0, ceiling / np.maximum(true_peaks(samples, sample_rate), 1e-9))
    if not len(samples) or allowed.min() >= 1.0:
        return samples
    reach = max(1, int(_LOOK_AHEAD * sample_rate))
    held = _windows(allowed, 2 * reach).min(axis=1)
    kernel = np.hanning(2 * reach + 3)[1:-1]
    gain = _windows(held, reach) @ (kernel / kernel.sum())
    return np.asarray(samples * gain, np.float32)


def true_peaks(samples: Samples, sample_rate: int) -> NDArray[np.float64]:
    """The highest magnitude around each sample, shape (n,), found by oversampling."""
    if not len(samples):
        return np.zeros(0)
    fine = np.abs(resample(samples, sample_rate, sample_rate * _OVERSAMPLING))
    fine = np.pad(fine, (0, max(0, len(samples) * _OVERSAMPLING - len(fine))))[: len(samples) * _OVERSAMPLING]
    return np.asarray(np.maximum(fine.reshape(-1, _OVERSAMPLING).max(axis=1), np.abs(samples)), np.float64)


def to_pcm16(samples: Samples) -> NDArray[np.int16]:
    """−1 … 1 → 16 bits, clipped."""
    return np.round(np.clip(samples, -1.0, 1.0) * 32_767).astype(np.int16)


def from_pcm16(samples: NDArray[np.int16]) -> Samples:
    """16 bits → −1 … 1."""
    return (samples / np.float32(32_768)).astype(np.float32)


def _windows(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """Every value with `reach` neighbours on both sides, shape (n, 2·reach + 1); the ends are repeated."""
    padded = np.pad(values, reach, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
