"""The picture of a recording: how loud each stretch of each channel is, computed once and kept beside the file."""

import os
import struct
from pathlib import Path

import msgspec

from yunhu.domains.recordings.errors import RecordingUnreadableError

POINTS = 1000
"""Stretches that are kept; a player needs about one a pixel."""
_HEADER_LIMIT = 4096
_ALAW = 6


class Peaks(msgspec.Struct, frozen=True):
    """What a player draws."""

    seconds: float
    channels: list[list[int]]
    """Left (we) and right (the callee): the loudest sample of each stretch, 0 to 255."""


def peaks_path(recording: Path) -> Path:
    """Where the picture of a recording is kept."""
    return recording.with_suffix(".peaks.json")


def peaks_of(recording: Path, *, finished: bool) -> Peaks:
    """The kept picture, or a new one, which is kept once the call is over. Raises `OSError`, `RecordingUnreadableError`."""
    kept = peaks_path(recording)
    if finished and kept.exists():
        try:
            return msgspec.json.decode(kept.read_bytes(), type=Peaks)
        except msgspec.MsgspecError:
            pass  # a torn write of an earlier version: drawn anew
    drawn = draw(recording.read_bytes())
    if finished:
        draft = kept.with_suffix(f".{os.getpid()}.part")
        draft.write_bytes(msgspec.json.encode(drawn))
        draft.replace(kept)
    return drawn


def draw(wav: bytes, points: int = POINTS) -> Peaks:
    """Pure: the picture of a WAV in G.711 A-law. Raises `RecordingUnreadableError`."""
    import numpy as np  # noqa: PLC0415 heavy: loaded with the first picture

    from yunhu.speech.tts import g711  # noqa: PLC0415 needs it, too

    channels, rate, data = _parts(wav)
    samples = np.frombuffer(data[: len(data) // channels * channels], np.uint8).reshape(-1, channels)
    length = len(samples)
    if not length:
        return Peaks(0.0, [[] for _ in range(channels)])
    loudness = np.abs(g711.decode(samples.tobytes()).astype(np.int32)).reshape(-1, channels)
    starts = np.unique(np.linspace(0, length, min(points, length), endpoint=False).astype(np.int64))
    loudest = np.maximum.reduceat(loudness, starts, axis=0)
    scaled = np.minimum(255, loudest * 255 // 32767).astype(int)
    return Peaks(round(length / rate, 3), [scaled[:, at].tolist() for at in range(channels)])


def _parts(wav: bytes) -> tuple[int, int, bytes]:
    """Channels, samples a second, and the samples."""
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise RecordingUnreadableError
    channels = rate = 0
    at = 12
    while at + 8 <= min(len(wav), _HEADER_LIMIT):
        kind, size = struct.unpack_from("<4sI", wav, at)
        if kind == b"fmt " and at + 24 <= len(wav):
            law, channels, rate = struct.unpack_from("<HHI", wav, at + 8)
            if law != _ALAW or not channels or not rate:
                raise RecordingUnreadableError
        if kind == b"data" and channels:
            # A running recording's header still says 0: whatever is there counts.
            end = at + 8 + size if size else len(wav)
            return channels, rate, wav[at + 8 : end]
        at += 8 + size + size % 2
    raise RecordingUnreadableError
