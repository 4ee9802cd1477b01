"""Files that are written whole or not at all, in directories that several processes share.

Every temporary file is locked (flock) by its writer as long as that lives, so one without a lock was left by a
process that died, however long ago that was.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_PREFIX = ".new-"


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """A file to write to that takes `target`'s place when the block ends, and vanishes when the block fails."""
    file, temporary = _locked_file(target.parent)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def sweep(directory: Path) -> None:
    """Delete what killed writers left; files that are being written stay."""
    for path in directory.glob(f"{_PREFIX}*"):
        try:
            with path.open("rb+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
        except OSError:
            continue  # its writer lives, has just finished, or is another user's


def _locked_file(directory: Path) -> tuple[BinaryIO, Path]:
    while True:
        descriptor, name = tempfile.mkstemp(dir=directory, prefix=_PREFIX)
        file = os.fdopen(descriptor, "wb")
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return file, Path(name)
        file.close()  # a sweep came between creation and lock
