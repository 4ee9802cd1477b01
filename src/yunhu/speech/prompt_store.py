"""Rendered prompts as files: written whole or not at all, shared by processes, bounded in size."""

import os
from pathlib import Path

from yunhu.speech.whole_files import replacing, sweep

_SUFFIX = ".alaw"
_AFTER_EVICTION = 0.9
"""Share of the bound that eviction leaves, so that it does not run at every write."""


class PromptStore:
    """`<key>.alaw` files in one directory; the least recently used go first when they exceed `max_bytes`."""

    def __init__(self, directory: Path, max_bytes: int) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        directory.mkdir(parents=True, exist_ok=True)
        sweep(directory)

    def read(self, key: str) -> bytes | None:
        """The audio, or None. Marks it as used. Tens of microseconds: fit for the call path."""
        try:
            with open(self._name(key), "rb", buffering=0) as file:
                os.utime(file.fileno())
                return file.readall() or None
        except FileNotFoundError:
            return None

    def write(self, key: str, alaw: bytes) -> None:
        """Put the audio in place at once, then evict. The newest file itself is never evicted."""
        path = Path(self._name(key))
        with replacing(path) as file:
            file.write(alaw)
        self._evict(keep=path)

    def _name(self, key: str) -> str:
        return f"{self._directory}/{key}{_SUFFIX}"

    def _evict(self, keep: Path) -> None:
        used = sorted(self._used())
        total = sum(size for _, size, _ in used)
        if total <= self._max_bytes:
            return
        sweep(self._directory)
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
                if not entry.name.endswith(_SUFFIX):
                    continue
                try:
                    status = entry.stat()
                except FileNotFoundError:
                    continue
                used.append((status.st_mtime, status.st_size, Path(entry.path)))
        return used
