"""A call node as a process of its own, to be killed."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Self

from yunhu.foundation.settings import Settings, environment_of

_MAIN = (
    "import sys; from yunhu.entrypoints.node import main; from yunhu.foundation.settings import load_settings;"
    "from yunhu.foundation.logging import configure_logging; s = load_settings();"
    "configure_logging(level=s.log_level, format_=s.log_format); main(s, s.database_url)"
)


class NodeProcess:
    """One node; its log is beside the test's files."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self._settings = settings
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    async def start(self) -> None:
        """Start; it is ready some seconds later."""
        environment = {**os.environ, **environment_of(self._settings)}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", _MAIN, env=environment, stdout=log, stderr=log
            )

    async def kill(self, number: int = signal.SIGKILL) -> int:
        """Send a signal and wait for the end; the exit status."""
        process = self._process
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(number)
        return await process.wait()

    @property
    def log_text(self) -> str:
        """What it said so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""
