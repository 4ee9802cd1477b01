"""Renders prompts before they are needed, so that no call waits for the voice.

Three hints arrive on one channel: a version was approved, a journey's event named its window, a notification was
created. Each is only a hint: what was missed is rendered when the notification is claimed.
"""

import asyncio
import contextlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.dispatch.talks import PromptShelf, UnspeakableError, write_script
from yunhu.domains.notifications.public import DeliveryPlan
from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Database
from yunhu.foundation.errors import YunhuError

log = structlog.get_logger()

_EVERYTHING = "everything"
_BACKLOG = 1000
_MOST_VARIANTS = 100
_LOOK_BACK = timedelta(days=7)

_NOTIFICATION = text(
    """
    SELECT n.parameters, n.plan, v.text AS script_text, v.slots, v.text_hash, s.slug AS script
    FROM notifications AS n JOIN script_versions AS v ON v.id = n.script_version_id
    JOIN scripts AS s ON s.id = v.script_id
    WHERE n.id = :id AND n.channel = 'voice' AND n.state = 'pending'
    """
)

_JOURNEY = text(
    """
    SELECT j.queue_number, j.matter, j.window, j.ahead, sc.plan AS scenario_plan,
        v.text AS script_text, v.slots, v.text_hash, s.slug AS script
    FROM journeys AS j
    JOIN scenarios AS sc ON sc.id = j.scenario_id AND sc.enabled
    JOIN scripts AS s ON s.tenant_id = j.tenant_id AND s.slug = sc.plan -> 'your_turn' ->> 'script'
    JOIN script_versions AS v ON v.script_id = s.id AND v.state = 'approved'
    WHERE j.id = :id AND j.state = 'waiting' AND j.callee_index IS NOT NULL
    """
)

_VERSION = text(
    """
    SELECT v.id, v.text AS script_text, v.slots, v.text_hash, s.slug AS script, s.tenant_id
    FROM script_versions AS v JOIN scripts AS s ON s.id = v.script_id
    WHERE v.id = :id AND v.state = 'approved' AND s.channel = 'voice'
    """
)

_APPROVED = text(
    """
    SELECT v.id FROM script_versions AS v JOIN scripts AS s ON s.id = v.script_id
    WHERE v.state = 'approved' AND s.channel = 'voice' ORDER BY v.approved_at DESC LIMIT :limit
    """
)

# What visitors were called to lately is what they will be called to next.
_RECENT_PARAMETERS = text(
    """
    SELECT parameters FROM notifications
    WHERE tenant_id = :tenant_id AND channel = 'voice' AND created_at > :since
      AND script_version_id IN (SELECT id FROM script_versions WHERE script_id =
          (SELECT script_id FROM script_versions WHERE id = :id))
    GROUP BY parameters ORDER BY count(*) DESC LIMIT :limit
    """
)


class Prerenderer:
    """Works through hints one by one, behind everything else that this node does."""

    def __init__(self, database: Database, clock: Clock, shelf: PromptShelf) -> None:
        self._database = database
        self._clock = clock
        self._shelf = shelf
        self._hints: asyncio.Queue[str] = asyncio.Queue(_BACKLOG)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to work."""
        self._task = asyncio.create_task(self._run(), name="prerenderer")

    async def stop(self) -> None:
        """Drop what waits."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def hint(self, payload: str) -> None:
        """`notification:<id>`, `journey:<id>` or `version:<id>`; dropped when too many wait.

        Empty when hints may have been missed: every approved version is looked at.
        """
        with contextlib.suppress(asyncio.QueueFull):
            self._hints.put_nowait(payload or _EVERYTHING)

    async def _run(self) -> None:
        while True:
            payload = await self._hints.get()
            try:
                await self._render(payload)
            except (YunhuError, DBAPIError, InterfaceError, OSError, ValueError) as error:
                log.info(
                    "prerender.left_out", hint=payload, error=type(error).__name__, detail=str(error)[:200]
                )

    async def _render(self, payload: str) -> None:
        if payload == _EVERYTHING:
            async with self._database.transaction() as session:
                versions = (await session.execute(_APPROVED, {"limit": _BACKLOG // 2})).scalars().all()
            for version in versions:
                self.hint(f"version:{version}")
            return
        kind, _, identifier = payload.partition(":")
        async with self._database.transaction() as session:
            rows = await self._rows(session, kind, UUID(identifier))
            scripts = []
            for row, plan in rows:
                with contextlib.suppress(UnspeakableError):  # not every slot is known yet
                    scripts.append(await write_script(session, row, plan))
        for script in scripts:
            for words in script.missing(self._shelf):
                await self._shelf.render(words)

    async def _rows(
        self, session: AsyncSession, kind: str, identifier: UUID
    ) -> list[tuple[Any, DeliveryPlan]]:
        if kind == "version":
            return await self._version_rows(session, identifier)
        query = {"notification": _NOTIFICATION, "journey": _JOURNEY}[kind]
        row = (await session.execute(query, {"id": identifier})).one_or_none()
        if row is None:
            return []
        if kind == "notification":
            return [(row, msgspec.convert(row.plan, DeliveryPlan))]
        known = {"queue_number": row.queue_number, "matter": row.matter, "window": row.window}
        return [_row(row, {name: value for name, value in known.items() if value is not None})]

    async def _version_rows(self, session: AsyncSession, identifier: UUID) -> list[tuple[Any, DeliveryPlan]]:
        row = (await session.execute(_VERSION, {"id": identifier})).one_or_none()
        if row is None:
            return []
        if not row.slots:
            return [_row(row, {})]
        since = self._clock.now() - _LOOK_BACK
        values = {"tenant_id": row.tenant_id, "id": row.id, "since": since, "limit": _MOST_VARIANTS}
        recent = (await session.execute(_RECENT_PARAMETERS, values)).scalars().all()
        return [_row(row, parameters) for parameters in recent]


class _Filled(msgspec.Struct):
    script_text: str
    slots: list[dict[str, Any]]
    text_hash: str
    script: str
    parameters: dict[str, str]


def _row(row: Any, parameters: dict[str, Any]) -> tuple[Any, DeliveryPlan]:
    wanted = {slot["name"] for slot in row.slots}
    values = {name: str(value) for name, value in parameters.items() if name in wanted}
    filled = _Filled(row.script_text, row.slots, row.text_hash, row.script, values)
    return filled, DeliveryPlan()
