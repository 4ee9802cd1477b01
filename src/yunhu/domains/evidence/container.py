"""The archive as bytes: a ZIP file in one form only, so that the same files are always the same bytes. Pure.

Stored, not deflated; names in ASCII; every time is 1980-01-01; no comments, no extra fields but ZIP64's where a number
does not fit into 32 bits (APPNOTE 6.3.10, §4.3, §4.5.3). Whoever knows names, sizes, checksums and order can say every
byte that is not a file's: `follow` does, and so finds a flipped bit wherever it is.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import msgspec

CHUNK = 1 << 18
_MAX32, _MAX16 = 0xFFFFFFFF, 0xFFFF
_UTF8 = 0x0800
_DATE = (1 << 5) | 1
_UNIX = 3 << 8
_MODE = 0o100644 << 16
_PLAIN, _BIG = 20, 45
_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_LOCAL_SIGNATURE, _CENTRAL_SIGNATURE = 0x04034B50, 0x02014B50


class Entry(msgspec.Struct, frozen=True):
    """One file of an archive."""

    path: str
    bytes: int
    crc32: int
    offset: int = 0
    """Of its header."""


class ContainerError(Exception):
    """The archive is not the one that was written. `offset` is where it first differs."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def header(entry: Entry) -> bytes:
    """What stands before a file's bytes."""
    name = entry.path.encode("ascii")
    big = entry.bytes >= _MAX32
    size = _MAX32 if big else entry.bytes
    extra = struct.pack("<HHQQ", 1, 16, entry.bytes, entry.bytes) if big else b""
    needed = _BIG if big else _PLAIN
    fixed = _LOCAL.pack(
        _LOCAL_SIGNATURE, needed, _UTF8, 0, 0, _DATE, entry.crc32, size, size, len(name), len(extra)
    )
    return fixed + name + extra


def tail(entries: Iterable[Entry], offset: int) -> Iterator[bytes]:
    """What stands behind the last file: the directory, which begins at `offset`, and its end."""
    count = length = 0
    for entry in entries:
        record = _directory_record(entry)
        count, length = count + 1, length + len(record)
        yield record
    if count >= _MAX16 or length >= _MAX32 or offset >= _MAX32:
        yield struct.pack(
            "<IQHHIIQQQQ", 0x06064B50, 44, _UNIX | _BIG, _BIG, 0, 0, count, count, length, offset
        )
        yield struct.pack("<IIQI", 0x07064B50, 0, offset + length, 1)
    yield struct.pack(
        "<IHHHHIIH",
        0x06054B50,
        0,
        0,
        min(count, _MAX16),
        min(count, _MAX16),
        min(length, _MAX32),
        min(offset, _MAX32),
        0,
    )


def _directory_record(entry: Entry) -> bytes:
    name = entry.path.encode("ascii")
    big = [number for number in (entry.bytes, entry.bytes, entry.offset) if number >= _MAX32]
    extra = struct.pack(f"<HH{len(big)}Q", 1, 8 * len(big), *big) if big else b""
    size, needed = min(entry.bytes, _MAX32), _BIG if big else _PLAIN
    fixed = _CENTRAL.pack(
        _CENTRAL_SIGNATURE, _UNIX | needed, needed, _UTF8, 0, 0, _DATE, entry.crc32, size, size, len(name),
        len(extra), 0, 0, 0, _MODE, min(entry.offset, _MAX32),
    )  # fmt: skip
    return fixed + name + extra


def follow(file: BinaryIO, note: Callable[[Entry], None]) -> int:
    """Read an archive from its first byte to its last and name every file; how many bytes it has.

    Raises `ContainerError` at the first byte that `header` and `tail` would not have written. Memory: one record a file.
    """
    entries: list[Entry] = []
    offset = 0
    while (start := file.read(_LOCAL.size))[:4] == _LOCAL_SIGNATURE.to_bytes(4, "little"):
        entry = _read_header(file, start, offset)
        _read_content(file, entry)
        entries.append(entry)
        note(entry)
        offset += len(header(entry)) + entry.bytes
    found = _Reader(file, start)
    place = offset
    for record in tail(entries, offset):
        if found.take(len(record)) != record:
            raise ContainerError("the directory of the archive differs", place)
        place += len(record)
    if found.take(1):
        raise ContainerError("there is something behind the end of the archive", place)
    return place


class _Reader:
    def __init__(self, file: BinaryIO, waiting: bytes) -> None:
        self._file, self._waiting = file, waiting

    def take(self, size: int) -> bytes:
        while len(self._waiting) < size and (more := self._file.read(CHUNK)):
            self._waiting += more
        taken, self._waiting = self._waiting[:size], self._waiting[size:]
        return taken


def _read_header(file: BinaryIO, start: bytes, offset: int) -> Entry:
    if len(start) < _LOCAL.size:
        raise ContainerError("the archive is cut off", offset)
    *_, crc32, _, size, name_length, extra_length = _LOCAL.unpack(start)
    rest = file.read(name_length + extra_length)
    if extra_length == 20 and len(rest) == name_length + extra_length:
        (size,) = struct.unpack_from("<Q", rest, name_length + 4)
    try:
        entry = Entry(rest[:name_length].decode("ascii"), size, crc32, offset)
    except UnicodeDecodeError:
        raise ContainerError("a file's header differs", offset) from None
    if header(entry) != start + rest:
        raise ContainerError("a file's header differs", offset)
    return entry


def _read_content(file: BinaryIO, entry: Entry) -> None:
    left, crc32 = entry.bytes, 0
    while left and (data := file.read(min(left, CHUNK))):
        left -= len(data)
        crc32 = zlib.crc32(data, crc32)
    if left:
        raise ContainerError(f"{entry.path} is cut off", entry.offset)
    if crc32 != entry.crc32:
        raise ContainerError(f"the bytes of {entry.path} differ", entry.offset)
