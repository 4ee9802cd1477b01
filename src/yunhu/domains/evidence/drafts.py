"""Files of a pack before they are in it: small ones in memory, big ones on the disk in a file without a name."""

import asyncio
import hashlib
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from yunhu.domains.evidence.container import CHUNK, Entry
from yunhu.domains.evidence.manifest import FileLine

_IN_MEMORY = 1 << 16
T = TypeVar("T")


class Draft:
    """One file, written from its first byte to its last, measured on the way."""

    def __init__(self, path: str, folder: Path) -> None:
        self.path = path
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=str(folder))  # noqa: SIM115 closed by `close`
        self._sha256 = hashlib.sha256()
        self._crc32 = 0
        self._bytes = 0

    def write(self, data: str | bytes) -> None:
        """Add to it."""
        raw = data.encode() if isinstance(data, str) else data
        self._file.write(raw)
        self._sha256.update(raw)
        self._crc32 = zlib.crc32(raw, self._crc32)
        self._bytes += len(raw)

    @property
    def line(self) -> FileLine:
        """As the manifest lists it."""
        return FileLine(self.path, self._bytes, self._sha256.hexdigest())

    @property
    def sha256(self) -> bytes:
        """Of what was written."""
        return self._sha256.digest()

    def entry(self, offset: int) -> Entry:
        """As the archive lists it."""
        return Entry(self.path, self._bytes, self._crc32, offset)

    def copy_to(self, other: "Draft") -> None:
        """Add all of it to another one."""
        for data in self._pieces():
            other.write(data)

    async def content(self) -> AsyncIterator[bytes]:
        """The whole of it, read off the loop."""
        pieces = self._pieces()
        while (data := await asyncio.to_thread(next, pieces, None)) is not None:
            yield data

    def close(self) -> None:
        """Nothing stays on the disk."""
        self._file.close()

    def _pieces(self) -> Iterator[bytes]:
        self._file.seek(0)
        while data := self._file.read(CHUNK):
            yield data
        self._file.seek(0, 2)


class Rows:
    """Any number of small values, kept like a draft and read in their order."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=str(folder))  # noqa: SIM115 closed by `close`

    def add(self, value: msgspec.Struct) -> None:
        """Append one."""
        self._file.write(msgspec.json.encode(value) + b"\n")

    def read(self, kind: type[T]) -> Iterator[T]:
        """All of them."""
        decoder = msgspec.json.Decoder(kind)
        self._file.seek(0)
        for line in self._file:
            yield decoder.decode(line)
        self._file.seek(0, 2)

    def close(self) -> None:
        """Nothing stays on the disk."""
        self._file.close()
