"""Audio for the tests, made of sines and noise."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from yunhu.telephony.media.g711 import decode_alaw

Samples = npt.NDArray[np.float64]
_LEVELS = decode_alaw(bytes(range(256)))
_ORDER = np.argsort(_LEVELS)
_SORTED = _LEVELS[_ORDER]


def encode_alaw(samples: Samples) -> bytes:
    """The nearest A-law octet of each sample on the 16-bit scale, cut to whole frames of 160."""
    middles = (_SORTED[1:] + _SORTED[:-1]) / 2
    octets = _ORDER[np.searchsorted(middles, samples)].astype(np.uint8)
    return octets[: len(octets) // 160 * 160].tobytes()


def sine(milliseconds: float, hertz: float = 450.0, amplitude: float = 5000.0) -> Samples:
    time = np.arange(round(milliseconds * 8)) / 8000
    return amplitude * np.sin(2 * np.pi * hertz * time)


def silence(milliseconds: float) -> Samples:
    return np.zeros(round(milliseconds * 8))


def cadence(*milliseconds: float, hertz: float = 450.0, amplitude: float = 5000.0) -> Samples:
    """Tone and gap in turn, tone first."""
    parts: Iterable[Samples] = (
        silence(length) if index % 2 else sine(length, hertz, amplitude)
        for index, length in enumerate(milliseconds)
    )
    return np.concatenate(list(parts))


def with_noise(samples: Samples, amplitude: float, seed: int) -> Samples:
    return samples + np.random.default_rng(seed).normal(0, amplitude, len(samples))


def melody(seconds: float, seed: int) -> Samples:
    """Notes of random length and pitch with overtones and a decay, as colour ringback has."""
    rng = np.random.default_rng(seed)
    notes: list[Samples] = []
    length = 0
    while length < seconds * 8000:
        milliseconds = float(rng.choice([120, 250, 350, 400, 700, 1000]))
        pitch = float(rng.choice([262, 330, 392, 440, 450, 523, 659]))
        time = np.arange(round(milliseconds * 8)) / 8000
        note = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in (1, 2, 3)) * 4000 * np.exp(-time * 1.5)
        notes.append(np.asarray(note))
        length += len(time)
    return np.concatenate(notes)
