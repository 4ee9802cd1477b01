"""A job that looks when it is woken, and now and then by itself."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError

log = structlog.get_logger()

_AFTER_FAILURE_SECONDS = 1.0

Look = Callable[[], Awaitable[float]]
"""Does what there is to do and returns how many seconds it wants to be left alone at most."""


class WokenLoop:
    """Runs `look` again and again. A database that is away is waited for, never given up."""

    def __init__(self, name: str, look: Look) -> None:
        self._name = name
        self._look = look
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look now, and from then on."""
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """Stop between or within looks; a transaction under way is rolled back."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def wake(self) -> None:
        """Look soon."""
        self._woken.set()

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                seconds = await self._look()
            except (DBAPIError, InterfaceError, OSError) as error:
                log.warning(f"{self._name}.database_away", error=str(error))
                seconds = _AFTER_FAILURE_SECONDS
            except Exception:
                log.exception(f"{self._name}.failed")
                seconds = _AFTER_FAILURE_SECONDS
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._woken.wait()
