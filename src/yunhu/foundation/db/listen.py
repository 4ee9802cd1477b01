"""LISTEN/NOTIFY. A notification is a hint to look, never the only carrier of a fact: it can be lost."""

import asyncio
import contextlib
from collections.abc import Callable

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.foundation.db.engine import Database

_RECONNECT_SECONDS = 1.0
_PROBE_SECONDS = 10.0

log = structlog.get_logger()


async def notify(session: AsyncSession, channel: str, payload: str = "") -> None:
    """Tell listeners when (and only if) this transaction commits."""
    await session.execute(
        text("SELECT pg_notify(:channel, :payload)"), {"channel": channel, "payload": payload}
    )


class Listener:
    """Keeps one connection listening, through restarts of the server."""

    def __init__(self, database: Database, handlers: dict[str, Callable[[str], None]]) -> None:
        self._database = database
        self._handlers = handlers
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def start(self) -> None:
        """Return once the first LISTEN is in force."""
        self._task = asyncio.create_task(self._run(), name="listener")
        await self._listening.wait()

    async def stop(self) -> None:
        """Close the connection."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self._listen_until_broken()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("listener.lost", error=str(error))
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen_until_broken(self) -> None:
        connection = await self._database.connect()
        try:
            for channel in self._handlers:
                await connection.add_listener(channel, self._on_notification)
            self._listening.set()
            self._wake_everyone()
            while not connection.is_closed():
                await asyncio.sleep(_PROBE_SECONDS)
                await connection.execute("SELECT 1")
        finally:
            connection.terminate()

    def _wake_everyone(self) -> None:
        # What was notified while nobody listened is found by looking once.
        for handler in self._handlers.values():
            handler("")

    def _on_notification(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        self._handlers[channel](str(payload))
