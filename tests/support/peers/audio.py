"""Audio to recognise: a sweep that is like nothing else, and where it lies in what a peer heard."""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from yunhu.telephony.port import Prompt

RATE = 8000
"""Samples a second."""
Samples = npt.NDArray[np.float64]
"""Mono, between -1 and 1."""


def sweep(seconds: float, first: float = 400.0, last: float = 2800.0) -> Samples:
    """A tone that rises from `first` to `last` Hz; two sweeps correlate only where they truly agree."""
    time = np.arange(int(seconds * RATE)) / RATE
    return 0.4 * np.sin(2 * np.pi * (first * time + (last - first) / (2 * seconds) * time**2))


def to_alaw(samples: Samples) -> bytes:
    """G.711 A-law, by the segments of ITU-T G.711 table 1."""
    linear = np.clip(samples * 32767, -32767, 32767).astype(np.int32)
    magnitude = np.minimum(np.abs(linear) >> 3, 4095)
    exponent = np.where(magnitude < 32, 0, np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4)
    mantissa = np.where(exponent == 0, magnitude >> 1, magnitude >> np.maximum(exponent, 1)) & 15
    code = (exponent << 4) | mantissa | np.where(linear >= 0, 0x80, 0)
    return (code ^ 0x55).astype(np.uint8).tobytes()


def from_alaw(alaw: bytes) -> Samples:
    """The inverse of `to_alaw`, up to quantisation."""
    code = np.frombuffer(alaw, dtype=np.uint8).astype(np.int32) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    level = np.where(
        exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0)
    )
    return np.where(code & 0x80, level, -level) / 32768


def sweep_prompt(name: str, seconds: float, first: float = 400.0, last: float = 2800.0) -> Prompt:
    """A sweep, ready for the wire."""
    return Prompt(prompt_id=name, alaw=to_alaw(sweep(seconds, first, last)))


def write_wav(path: Path, samples: Samples) -> Path:
    """16 bit, mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def frames(path: Path) -> int:
    """Samples that the header of a 16-bit WAV promises; 0 while it is being written."""
    try:
        with wave.open(str(path)) as file:
            return file.getnframes()
    except (EOFError, wave.Error):
        return 0


def read_wav(path: Path) -> Samples:
    """A 16-bit mono WAV at 8,000 samples a second."""
    with wave.open(str(path)) as file:
        if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
            raise ValueError(f"{path.name} is not 16 bit, mono, 8 kHz: {file.getparams()}")
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / 32768


def read_stereo_alaw(path: Path) -> tuple[Samples, Samples]:
    """Both channels (left: we; right: the callee) of a recording of the product."""
    octets = path.read_bytes()
    if octets[:4] != b"RIFF" or octets[8:16] != b"WAVEfmt " or octets[20:24] != b"\x06\x00\x02\x00":
        raise ValueError(f"{path.name} is not a stereo A-law WAV")
    start = octets.index(b"data") + 8
    size = int.from_bytes(octets[start - 4 : start], "little")
    both = octets[start : start + size]
    return from_alaw(both[0::2]), from_alaw(both[1::2])


def likeness(heard: Samples, expected: Samples) -> float:
    """Highest normalised cross-correlation, 0 to 1; an unhurt copy through A-law gives about 0.99."""
    if heard.size < expected.size:
        heard = np.pad(heard, (0, expected.size - heard.size))
    size = 1 << int(np.ceil(np.log2(heard.size + expected.size)))
    product = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(expected, size))
    correlation = np.fft.irfft(product, size)[: heard.size - expected.size + 1]
    energy = np.concatenate(([0.0], np.cumsum(heard**2)))
    window = np.sqrt(np.maximum(energy[expected.size :] - energy[: heard.size - expected.size + 1], 1e-9))
    return float(np.max(np.abs(correlation) / (window * np.linalg.norm(expected))))
