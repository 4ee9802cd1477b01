"""A peer as a child process: its output goes to a file, and it dies with the test."""

import asyncio
import os
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.support.peers.waiting import wait_until


class PeerProcess:
    """One child. It is ended by its own pid, and by the kernel when the test runner dies."""

    def __init__(self, name: str, argv: list[str], log: Path) -> None:
        self.name = name
        self.log = log
        self._argv = _with_parent_death_signal(argv)
        self._child: asyncio.subprocess.Process | None = None

    @property
    def returncode(self) -> int | None:
        """Exit code, once it has ended."""
        return self._child.returncode if self._child else None

    async def start(self, ready: Callable[[], bool], limit: float = 20.0) -> None:
        """Start and wait until `ready` says so; raises with the log's tail when the child ends before."""
        environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8", "TERM": "dumb"}
        with self.log.open("ab") as output:
            self._child = await asyncio.create_subprocess_exec(
                *self._argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=self.log.parent,
            )
        try:
            await wait_until(lambda: ready() or self.returncode is not None, f"{self.name} was ready", limit)
        except BaseException:
            await self.stop()
            raise
        if self.returncode is not None:
            raise RuntimeError(f"{self.name} ended at once with {self.returncode}: {self._tail()}")

    def send_signal(self, number: signal.Signals) -> None:
        """Signal the child by its pid; nothing when it has ended."""
        if self._child is not None and self._child.returncode is None:
            with suppress(ProcessLookupError):
                self._child.send_signal(number)

    async def wait(self, limit: float) -> int:
        """Its exit code, or TimeoutError."""
        if self._child is None:
            raise RuntimeError(f"{self.name} was never started")
        async with asyncio.timeout(limit):
            return await self._child.wait()

    async def stop(self, first: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end, then make it."""
        if self._child is None:
            return
        self.send_signal(first)
        try:
            await self.wait(2)
        except TimeoutError:
            self.send_signal(signal.SIGKILL)
            await self.wait(5)

    def _tail(self) -> str:
        return self.log.read_text(errors="replace")[-1500:]


def _with_parent_death_signal(argv: list[str]) -> list[str]:
    """setpriv(1) lets the kernel kill the child when the runner is gone, however that came about."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *argv] if setpriv else argv
