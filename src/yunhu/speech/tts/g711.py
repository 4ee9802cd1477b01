"""G.711 A-law (ITU-T G.711 §3.2, table 1), as look-up tables over whole arrays."""

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 8_000
"""Hz."""
SILENCE = 0xD5
"""The code of the smallest positive value."""
_INVERTED = 0x55
"""Every other bit is inverted on the line (G.711 §3.2)."""


def _decoding_table() -> NDArray[np.int16]:
    codes = np.arange(256) ^ _INVERTED
    exponent, mantissa = (codes >> 4) & 7, codes & 15
    linear = np.where(
        exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0)
    )
    table = np.where(codes & 0x80, linear, -linear).astype(np.int16)
    table.flags.writeable = False
    return table


def _encoding_table() -> NDArray[np.uint8]:
    """Indexed by the 16-bit sample seen as unsigned."""
    samples = np.arange(65_536).astype(np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.where(samples >= 0, samples >> 3, -(samples >> 3) - 1)
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4, 0)
    mantissa = (magnitude >> np.maximum(exponent, 1)) & 15
    sign = np.where(samples >= 0, 0x80, 0)
    table: NDArray[np.uint8] = ((sign | (exponent << 4) | mantissa) ^ _INVERTED).astype(np.uint8)
    table.flags.writeable = False
    return table


_DECODE = _decoding_table()
_ENCODE = _encoding_table()


def encode(samples: NDArray[np.int16]) -> bytes:
    """16-bit samples, shape (n,) → n bytes of A-law."""
    return _ENCODE[np.ascontiguousarray(samples, np.int16).view(np.uint16)].tobytes()


def decode(alaw: bytes) -> NDArray[np.int16]:
    """n bytes of A-law → 16-bit samples, shape (n,)."""
    return _DECODE[np.frombuffer(alaw, np.uint8)]
