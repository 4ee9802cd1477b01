"""The file of a recording: RIFF WAVE, G.711 A-law, two channels.

Layout of Multimedia Programming Interface and Data Specifications 1.0 (IBM, Microsoft 1991) and RFC 2361 §A
(format tag 6): `fmt ` with an empty extension, `fact` with the samples a channel, `data`.
"""

import struct
from typing import Final

from yunhu.telephony.media.g711 import SAMPLE_RATE

CHANNELS: Final = 2
_FORMAT_ALAW: Final = 6
_HEADER: Final = struct.Struct("<4sI4s4sIHHIIHHH4sII4sI")
HEADER_SIZE: Final = _HEADER.size
LARGEST_SAMPLES: Final = (0xFFFFFFFF - HEADER_SIZE) // CHANNELS
"""Samples a channel that the 32-bit sizes can say."""


def header(samples: int) -> bytes:
    """The first 58 octets of a file with `samples` samples in each channel."""
    size = samples * CHANNELS
    return _HEADER.pack(
        b"RIFF",
        HEADER_SIZE - 8 + size,
        b"WAVE",
        b"fmt ",
        18,
        _FORMAT_ALAW,
        CHANNELS,
        SAMPLE_RATE,
        SAMPLE_RATE * CHANNELS,
        CHANNELS,
        8,
        0,
        b"fact",
        4,
        samples,
        b"data",
        size,
    )


def interleave(left: bytes, right: bytes) -> bytearray:
    """Two channels of equal length as the file wants them: left, right, left, …"""
    both = bytearray(CHANNELS * len(left))
    both[0::2] = left
    both[1::2] = right
    return both
