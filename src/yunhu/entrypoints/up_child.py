"""A child process that is kept running: started again with backoff when it dies, never left behind."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence

import structlog

_PR_SET_PDEATHSIG = 1
_FIRST_DELAY = 1.0
_LONGEST_DELAY = 30.0
_SETTLED_SECONDS = 60.0
"""A child that lived so long starts its delays anew."""

log = structlog.get_logger()


class Child:
    """One process group, led by `python -m yunhu.entrypoints.cli <arguments>`."""

    def __init__(self, name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._command = (sys.executable, "-m", "yunhu.entrypoints.cli", *arguments)
        self._environment = dict(environment)
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def keep_running(self) -> None:
        """Return only after `stop`."""
        delay = _FIRST_DELAY
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._run_once()
            if self._stopping.is_set():
                return
            delay = _FIRST_DELAY if time.monotonic() - started > _SETTLED_SECONDS else delay
            log.warning("child.ended", child=self.name, code=code, again_in=delay)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)
            delay = min(2 * delay, _LONGEST_DELAY)

    async def stop(self, limit: float) -> None:
        """SIGTERM, and SIGKILL to whatever of the group is left after `limit` seconds."""
        self._stopping.set()
        if self._process is None or self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), limit)
        except TimeoutError:
            log.error("child.killed", child=self.name, after_seconds=limit)
        self.kill()

    def kill(self) -> None:
        """End the whole group at once."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _run_once(self) -> int:
        # A session of its own keeps the terminal's Ctrl-C from it: the parent says when to drain.
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        if self._stopping.is_set():
            self.kill()
        code = await self._process.wait()
        self.kill()  # workers that outlived their leader would hold its port
        return code


def _end_with_parent() -> None:
    """Ask Linux for SIGTERM when the parent dies, however it dies (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
