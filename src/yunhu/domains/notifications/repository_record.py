"""What is told about notifications: timeline lines, outbox events, wake-ups. Gathered, then written set-based."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications.events import notification_event
from yunhu.foundation.outbox import CHANNEL as OUTBOX_CHANNEL
from yunhu.foundation.outbox import Event, fact_columns, publish

INSERT_LINES = """
    INSERT INTO timeline_entries (notification_id, tenant_id, at, kind, detail)
    SELECT * FROM unnest(
        CAST(:line_notifications AS uuid[]), CAST(:line_tenants AS uuid[]), CAST(:line_moments AS timestamptz[]),
        CAST(:line_kinds AS text[]), CAST(:line_details AS text[])::jsonb[]
    )
"""
SEND_WAKES = """
    SELECT count(pg_notify(channel, payload))
    FROM unnest(CAST(:wake_channels AS text[]), CAST(:wake_payloads AS text[])) AS wake(channel, payload)
"""
_WRITE = text(f"WITH told AS ({INSERT_LINES}) {SEND_WAKES}")


class Record:
    """Collects what one transaction has to tell; `write` costs two statements at most, for any number of lines."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._lines: list[tuple[UUID, UUID, str, str]] = []
        self._events: list[Event] = []
        self._wakes: dict[tuple[str, str], None] = {}

    def line(self, notification_id: UUID, tenant_id: UUID, kind: str, detail: Mapping[str, Any]) -> None:
        """A line of a notification's timeline."""
        self._lines.append((notification_id, tenant_id, kind, msgspec.json.encode(detail).decode()))

    def event(self, type_: str, row: Any, **more: Any) -> None:
        """An outbox event; `row` has the columns of `Notification`."""
        self._events.append(notification_event(type_, row, at=self.now, **more))

    def wake(self, channel: str, payload: str) -> None:
        """A NOTIFY, sent when the transaction commits; equal ones are folded."""
        self._wakes[channel, payload] = None

    async def write(self, session: AsyncSession) -> None:
        """Write everything gathered so far, in the caller's transaction."""
        await publish(session, self._events)
        if self._lines or self._wakes:
            await session.execute(_WRITE, self._told())
        self._lines, self._events, self._wakes = [], [], {}

    def columns(self) -> dict[str, list[Any]]:
        """Parameters of `INSERT_LINES`, `SEND_WAKES` and the outbox's `INSERT_FACTS`, to write all in one statement."""
        if self._events:
            self.wake(OUTBOX_CHANNEL, "")
        return {**self._told(), **fact_columns(self._events)}

    def _told(self) -> dict[str, list[Any]]:
        notifications, tenants, kinds, details = _columns(self._lines, 4)
        channels, payloads = _columns(self._wakes, 2)
        return {
            "line_notifications": notifications,
            "line_tenants": tenants,
            "line_moments": [self.now] * len(notifications),
            "line_kinds": kinds,
            "line_details": details,
            "wake_channels": channels,
            "wake_payloads": payloads,
        }


def _columns(rows: Iterable[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
