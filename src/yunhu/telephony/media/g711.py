"""G.711 (ITU-T G.711): the companding laws as tables.

A-law is the house's form of audio: prompts, recordings and detectors all speak it. µ-law exists on the wire
only and is translated at the border, octet by octet (G.711 §4.2, tables 3 and 4 are the exact form; here each
octet maps to the nearest level of the other law, which differs from them by at most one quantum).
"""

from typing import Final

import numpy as np
import numpy.typing as npt

SAMPLE_RATE: Final = 8000
"""Samples a second of both laws."""
FRAME_SAMPLES: Final = 160
"""Samples, and octets, of one packet of 20 ms."""
ALAW_SILENCE: Final = 0xD5
"""The A-law octet of the smallest positive level."""
SILENT_FRAME: Final = bytes([ALAW_SILENCE]) * FRAME_SAMPLES
"""20 ms of A-law silence."""


def _alaw_level(octet: int) -> int:
    """Level of an A-law octet on the 16-bit scale."""
    code = octet ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    level = (mantissa << 4) + 8
    if exponent:
        level = (level + 0x100) << (exponent - 1)
    return level if code & 0x80 else -level


def _ulaw_level(octet: int) -> int:
    """Level of a µ-law octet on the 16-bit scale."""
    code = octet ^ 0xFF
    level = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return -level if code & 0x80 else level


_ALAW_LEVELS: Final = tuple(_alaw_level(octet) for octet in range(256))
_ULAW_LEVELS: Final = tuple(_ulaw_level(octet) for octet in range(256))


def _nearest(levels: tuple[int, ...], target: int, *, negative: bool) -> int:
    """The octet of `levels` closest to `target` and of its sign."""
    half = range(0x80) if negative else range(0x80, 0x100)
    return min(half, key=lambda octet: (abs(levels[octet] - target), abs(levels[octet])))


ULAW_TO_ALAW: Final = bytes(
    _nearest(_ALAW_LEVELS, _ULAW_LEVELS[octet], negative=octet < 0x80) for octet in range(256)
)
"""Translation table for `bytes.translate`."""
ALAW_TO_ULAW: Final = bytes(
    _nearest(_ULAW_LEVELS, _ALAW_LEVELS[octet], negative=octet < 0x80) for octet in range(256)
)
"""Translation table for `bytes.translate`."""

_LINEAR: Final[npt.NDArray[np.float32]] = np.array(_ALAW_LEVELS, dtype=np.float32)


def decode_alaw(alaw: bytes) -> npt.NDArray[np.float32]:
    """Samples on the 16-bit scale, shape (len(alaw),)."""
    return _LINEAR[np.frombuffer(alaw, dtype=np.uint8)]
