"""Reads stereo A-law files chunk by chunk, strictly, as a player would."""

import struct
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class StereoAlaw:
    left: bytes
    right: bytes

    @property
    def seconds(self) -> float:
        return len(self.left) / 8000


def read_stereo_alaw(path: Path) -> StereoAlaw:
    data = path.read_bytes()
    assert data[:4] == b"RIFF"
    assert data[8:12] == b"WAVE"
    end = 8 + struct.unpack_from("<I", data, 4)[0]
    assert end <= len(data), "the header promises more than the file holds"
    chunks: dict[bytes, bytes] = {}
    position = 12
    while position < end:
        name, size = struct.unpack_from("<4sI", data, position)
        chunks[name] = data[position + 8 : position + 8 + size]
        position += 8 + size + size % 2
    assert position == end
    assert struct.unpack("<HHIIHHH", chunks[b"fmt "]) == (6, 2, 8000, 16000, 2, 8, 0)
    audio = chunks[b"data"]
    assert struct.unpack("<I", chunks[b"fact"]) == (len(audio) // 2,)
    return StereoAlaw(audio[0::2], audio[1::2])
