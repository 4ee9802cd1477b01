"""What notifications contribute to an evidence pack: why somebody was to be told, and every step of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications.models import Journey, Notification, TimelineEntry
from yunhu.foundation.evidence import Batch, Column, EvidencePart, Fact

_COLUMNS = (
    Column("purpose", "用途", "Purpose"),
    Column("channel", "渠道", "Channel"),
    Column("parameters", "变量", "Variables"),
    Column("client_reference", "业务流水号", "Client's reference"),
    Column("visit", "到访", "Visit"),
    Column("deadline", "有效截止", "Deadline"),
    Column("state", "状态", "State"),
    Column("result", "结果", "Result"),
    Column("stop_reason", "终止原因", "Stop reason"),
    Column("created_at", "创建时间", "Created"),
    Column("finished_at", "完成时间", "Finished"),
    Column("timeline", "全过程", "Timeline"),
)
_SAME = (
    "purpose", "channel", "parameters", "client_reference", "deadline", "state", "result", "stop_reason", "attempts",
    "created_at", "finished_at", "script_version_id", "plan",
)  # fmt: skip
_VISIT = ("hall", "day", "queue_number", "matter", "window", "state")


async def _read(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    first: dict[UUID, UUID] = {}
    for attempt in batch.attempts:
        first.setdefault(attempt.notification_id, attempt.id)
    if not first:
        return ()
    query = (
        select(Notification, Journey)
        .outerjoin(Journey, Journey.id == Notification.journey_id)
        .where(Notification.tenant_id == batch.tenant_id, Notification.id.in_(first))
        .order_by(Notification.id)
    )
    lines = await _timelines(session, batch, list(first))
    return [
        Fact(
            key=str(row.id),
            attempt=first[row.id],
            values={
                "notification_id": row.id,
                **{name: getattr(row, name) for name in _SAME},
                "visit": {name: getattr(visit, name) for name in _VISIT} if visit else None,
                "timeline": lines.get(row.id, []),
            },
        )
        for row, visit in await session.execute(query)
    ]


async def _timelines(
    session: AsyncSession, batch: Batch, ids: Sequence[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    query = (
        select(TimelineEntry)
        .where(TimelineEntry.notification_id.in_(ids), TimelineEntry.tenant_id == batch.tenant_id)
        .order_by(TimelineEntry.id)
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in await session.scalars(query):
        line = {"at": row.at, "kind": row.kind, "detail": row.detail}
        found.setdefault(row.notification_id, []).append(line)
    return found


EVIDENCE_PART = EvidencePart(
    name="notifications", zh="通知", en="Notifications", columns=_COLUMNS, read=_read
)
