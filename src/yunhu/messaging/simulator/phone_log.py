"""What the simulated phones showed, one JSON object a line, for people to look at."""

import os
from pathlib import Path
from typing import Any

import msgspec


class PhoneLog:
    """Appends lines to a file; several processes may do so at once, because a line is one write."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entry: dict[str, Any]) -> None:
        """Write one entry, marked as simulated."""
        line = msgspec.json.encode({"simulated": True, **entry}) + b"\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)
