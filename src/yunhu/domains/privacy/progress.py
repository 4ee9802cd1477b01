"""One step of removal: which tenant and kind is next, one batch of it, and what is remembered."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.privacy.holds import count_saved
from yunhu.domains.privacy.kinds import OF_OPERATOR, DataKind, kept_days
from yunhu.domains.privacy.removal import BATCH, Window, oldest_left, remove_batch
from yunhu.foundation.clock import day_start, natural_day
from yunhu.foundation.ids import new_id

log = structlog.get_logger()

_TERMS = text("SELECT tenant_id, kind, days FROM retention_terms")
_TENANTS = text("SELECT id FROM tenants ORDER BY id")
_PROGRESS = text("SELECT tenant_id, kind, done_before, first_left FROM retention_progress")

_REMEMBER = text(
    """
    INSERT INTO retention_progress AS p (id, tenant_id, kind, done_before, first_left, removed, updated_at)
    VALUES (:id, :tenant_id, :kind, coalesce(CAST(:done_before AS timestamptz), 'epoch'), :first_left, :removed, :now)
    ON CONFLICT (tenant_id, kind) DO UPDATE SET
        done_before = coalesce(CAST(:done_before AS timestamptz), p.done_before), first_left = EXCLUDED.first_left,
        removed = p.removed + EXCLUDED.removed, updated_at = EXCLUDED.updated_at
    """
)

_ORDER = (
    # What hangs on something goes before it.
    DataKind.QUEUE_EVENTS,
    DataKind.CALLBACK_DELIVERIES,
    DataKind.TIMELINE,
    DataKind.SMS_MESSAGES,
    DataKind.RECORDINGS,
    DataKind.CALLS,
    DataKind.NOTIFICATIONS,
    DataKind.JOURNEYS,
    DataKind.CONSENTS,
    DataKind.EVIDENCE_PACKS,
    DataKind.AUDIT,
    DataKind.OUTBOX,
)


async def prune_step(session: AsyncSession, now: datetime, *, limit: int = BATCH) -> bool:
    """Remove one batch of what is due next; False when nothing is due before tomorrow."""
    windows = await due_windows(session, now)
    if not windows:
        return False
    window = windows[0]
    removed = await remove_batch(session, window, now, limit=limit)
    finished = removed == 0
    if finished:
        await count_saved(session, window)
    await session.execute(
        _REMEMBER,
        {
            "id": new_id(),
            "tenant_id": window.tenant_id,
            "kind": window.kind.value,
            "done_before": window.before if finished else None,
            "first_left": await oldest_left(session, window) if finished else window.first,
            "removed": removed,
            "now": now,
        },
    )
    if removed:
        log.info("retention.removed", kind=window.kind.value, tenant_id=str(window.tenant_id), rows=removed)
    return not finished or len(windows) > 1


async def due_windows(session: AsyncSession, now: datetime) -> list[Window]:
    """Every tenant and kind with a day more to look through than at the last complete look."""
    terms = (await session.execute(_TERMS)).all()
    done = {(row.tenant_id, row.kind): row for row in await session.execute(_PROGRESS)}
    minima = _terms_of(terms, None)
    owners: list[UUID | None] = [*(await session.scalars(_TENANTS)), None]
    today = day_start(natural_day(now))
    windows = []
    for owner in owners:
        days = kept_days(minima, _terms_of(terms, owner) if owner else {})
        for kind in _ORDER:
            if (owner is None) != (kind in OF_OPERATOR) and not (owner is None and kind is DataKind.AUDIT):
                continue
            before = today - timedelta(days=days[kind])
            last = done.get((owner, kind.value))
            if last is None or last.done_before < before:
                windows.append(Window(owner, kind, last.first_left if last else UUID(int=0), before))
    return windows


def _terms_of(rows: Any, owner: UUID | None) -> dict[DataKind, int]:
    return {DataKind(row.kind): row.days for row in rows if row.tenant_id == owner}
