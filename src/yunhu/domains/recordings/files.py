"""Where recordings lie, and what is in a finished one."""

import hashlib
import struct
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

_CHUNK = 1 << 20
_HEADER_LIMIT = 4096
SETTLED = timedelta(seconds=5)
"""After the call's end: the writer has flushed by then."""


def recording_name(day: date, call_id: UUID) -> str:
    """Path of a call's recording below the recordings directory."""
    return f"{day:%Y-%m-%d}/{call_id}.wav"


def recording_path(recordings_dir: Path, name: str) -> Path | None:
    """The file of a stored name; None for a name that would lead out of the directory."""
    root = recordings_dir.resolve()
    path = (root / name).resolve()
    return path if path.is_relative_to(root) else None


class Fingerprint(msgspec.Struct, frozen=True):
    """What identifies a file."""

    sha256: bytes
    bytes: int
    seconds: float
    """0 when the header does not say."""


def fingerprint(path: Path) -> Fingerprint:
    """Read a file through. Raises `OSError`."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        head = file.read(_HEADER_LIMIT)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Fingerprint(digest.digest(), size, _seconds(head, size))


def _seconds(head: bytes, size: int) -> float:
    """Length by the RIFF header; the standard library's reader does not know A-law."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return 0.0
    rate, at = 0, 12
    while at + 8 <= len(head):
        kind, length = struct.unpack_from("<4sI", head, at)
        if kind == b"fmt " and at + 24 <= len(head):
            (rate,) = struct.unpack_from("<I", head, at + 16)  # bytes a second
        if kind == b"data":
            return min(length, size - at - 8) / rate if rate else 0.0
        at += 8 + length + length % 2
    return 0.0
