"""Every query about recordings. Calls are read by a query of this slice's own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Ids are UUIDv7: `since` bounds the scan to recent calls.
_UNHASHED = text(
    """
    SELECT c.id, c.tenant_id, c.recording, c.ended_at FROM calls AS c
    WHERE c.id >= :since AND c.id <> ALL(CAST(:skipped AS uuid[]))
      AND c.state = 'ended' AND c.ended_at <= :ended_before
      AND c.recording IS NOT NULL AND NOT EXISTS (SELECT FROM recordings AS r WHERE r.call_id = c.id)
    ORDER BY c.id LIMIT :limit
    """
)

_ADD = text(
    """
    INSERT INTO recordings (call_id, tenant_id, path, sha256, bytes, seconds, created_at)
    VALUES (:call_id, :tenant_id, :path, :sha256, :bytes, :seconds, :now)
    ON CONFLICT (call_id) DO NOTHING
    """
)

_DUE = text(
    """
    SELECT call_id, path, erase_due_at FROM recordings
    WHERE erase_due_at IS NOT NULL AND erased_at IS NULL AND call_id <> ALL(CAST(:skipped AS uuid[]))
    ORDER BY call_id LIMIT :limit
    """
)

# A hold that came while the file went takes the mark away: the file is gone all the same.
_ERASED = text(
    """
    UPDATE recordings SET erased_at = :now, erase_due_at = coalesce(erase_due_at, :now)
    WHERE call_id = :call_id AND erased_at IS NULL
    """
)

_OF_CALL = text("SELECT recording, ended_at FROM calls WHERE id = :call_id AND tenant_id = :tenant_id")


async def unhashed(session: AsyncSession, parameters: dict[str, Any]) -> Sequence[Any]:
    """Ended calls whose recording has no hash yet, oldest first."""
    return (await session.execute(_UNHASHED, parameters)).all()


async def add(session: AsyncSession, row: dict[str, Any], now: datetime) -> None:
    """Put a recording on record, once."""
    await session.execute(_ADD, {**row, "now": now})


async def of_call(session: AsyncSession, tenant_id: UUID, call_id: UUID) -> Any | None:
    """Where the recording of a tenant's call lies, and when the call ended."""
    return (await session.execute(_OF_CALL, {"tenant_id": tenant_id, "call_id": call_id})).one_or_none()


async def due_for_erasure(session: AsyncSession, skipped: Sequence[UUID], limit: int) -> Sequence[Any]:
    """Recordings whose file must go."""
    return (await session.execute(_DUE, {"skipped": list(skipped), "limit": limit})).all()


async def mark_erased(session: AsyncSession, call_id: UUID, now: datetime) -> None:
    """The file is gone."""
    await session.execute(_ERASED, {"call_id": call_id, "now": now})
