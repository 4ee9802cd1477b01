"""Rendered prompts as files: written whole or not at all, shared by processes, bounded in size."""

import os
import tempfile
import time
from pathlib import Path

_SUFFIX = ".alaw"
_AFTER_EVICTION = 0.9
"""Share of the bound that eviction leaves, so that it does not run at every write."""
_ABANDONED = 3600.0
"""Seconds after which a temporary file belongs to a process that died."""


class PromptStore:
    """`<key>.alaw` files in one directory; the least recently used go first when they exceed `max_bytes`."""

    def __init__(self, directory: Path, max_bytes: int) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        directory.mkdir(parents=True, exist_ok=True)

    def read(self, key: str) -> bytes | None:
        """The audio, or None. Marks it as used. Tens of microseconds: fit for the call path."""
        path = self._path(key)
        try:
            alaw = path.read_bytes()
            os.utime(path)
        except FileNotFoundError:
            return None
        return alaw or None

    def write(self, key: str, alaw: bytes) -> None:
        """Put the audio in place at once, then evict. The newest file itself is never evicted."""
        descriptor, name = tempfile.mkstemp(dir=self._directory, prefix=".new-")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(alaw)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path(key))
        finally:
            temporary.unlink(missing_ok=True)
        self._evict(keep=self._path(key))

    def _path(self, key: str) -> Path:
        return self._directory / f"{key}{_SUFFIX}"

    def _evict(self, keep: Path) -> None:
        used = sorted(self._used())
        total = sum(size for _, size, _ in used)
        if total <= self._max_bytes:
            return
        for _, size, path in used:
            if total <= self._max_bytes * _AFTER_EVICTION:
                return
            if path != keep:
                path.unlink(missing_ok=True)
                total -= size

    def _used(self) -> list[tuple[float, int, Path]]:
        """(last use, bytes, path) of every prompt; other processes may delete files meanwhile."""
        used: list[tuple[float, int, Path]] = []
        with os.scandir(self._directory) as entries:
            for entry in entries:
                try:
                    status = entry.stat()
                except FileNotFoundError:
                    continue
                if entry.name.endswith(_SUFFIX):
                    used.append((status.st_mtime, status.st_size, Path(entry.path)))
                elif entry.name.startswith(".new-") and status.st_mtime < time.time() - _ABANDONED:
                    Path(entry.path).unlink(missing_ok=True)
        return used
