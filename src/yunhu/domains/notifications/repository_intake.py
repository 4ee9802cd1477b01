"""Every query of the intake. Each takes arrays: one event or a thousand cost the same number of statements."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications.consents import KEEP_KIOSK, Evidence, evidence_columns
from yunhu.foundation.ids import new_id

_KNOWN = text(
    """
    SELECT event_id, body_hash, answer FROM queue_events
    WHERE tenant_id = :tenant_id AND event_id = ANY(CAST(:event_ids AS text[]))
    """
)

# 'epoch' stands for: no event has counted yet. New rows go in, and rows that exist are locked by an update that
# changes nothing, in one fixed order, so that batches with common visits wait for each other in a line and never
# in a ring.
_LOCK_JOURNEYS = text(
    """
    INSERT INTO journeys AS j (id, tenant_id, hall, day, queue_number, state, judged_at, created_at)
    SELECT id, :tenant_id, hall, day, queue_number, 'waiting', 'epoch', :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:halls AS text[]), CAST(:days AS date[]), CAST(:numbers AS text[]))
         AS visit(id, hall, day, queue_number)
    ORDER BY hall, day, queue_number
    ON CONFLICT (tenant_id, hall, day, queue_number) DO UPDATE SET queue_number = excluded.queue_number
    RETURNING j.id, j.hall, j.day, j.queue_number, j.state, j.matter, j.window, j.ahead, j.callee_cipher,
              j.callee_index, j.calls_announced, j.near_announced, nullif(j.judged_at, 'epoch') AS judged_at
    """
)

_REFUSALS = text(
    """
    SELECT callee_index FROM refusals
    WHERE tenant_id = :tenant_id AND callee_index = ANY(CAST(:callees AS bytea[])) AND lifted_at IS NULL
    UNION SELECT yunhu_refusing_all(CAST(:callees AS bytea[]))
    """
)

# All writes in one statement: on the way of a single event every round trip counts.
_KEEP = text(
    f"""
    WITH consented AS ({KEEP_KIOSK}), saved AS (
        UPDATE journeys AS j
        SET scenario_id = coalesce(v.scenario_id, j.scenario_id), state = v.state, matter = v.matter,
            "window" = v.window_, ahead = v.ahead, callee_cipher = v.callee_cipher,
            callee_index = v.callee_index, calls_announced = v.calls_announced,
            near_announced = v.near_announced, judged_at = coalesce(v.judged_at, 'epoch')
        FROM unnest(
            CAST(:ids AS uuid[]), CAST(:scenarios AS uuid[]), CAST(:states AS text[]),
            CAST(:matters AS text[]), CAST(:windows AS text[]), CAST(:aheads AS int[]),
            CAST(:ciphers AS bytea[]), CAST(:callees AS bytea[]), CAST(:calls AS int[]),
            CAST(:nears AS boolean[]), CAST(:judged AS timestamptz[])
        ) AS v(id, scenario_id, state, matter, window_, ahead, callee_cipher, callee_index, calls_announced,
               near_announced, judged_at)
        WHERE j.id = v.id
    )
    INSERT INTO queue_events
        (id, tenant_id, event_id, body_hash, event, hall, journey_id, occurred_at, received_at, facts, answer)
    SELECT id, :tenant_id, event_id, body_hash, event, hall, journey_id, occurred_at, :now, facts::jsonb,
           answer::jsonb
    FROM unnest(
        CAST(:row_ids AS uuid[]), CAST(:event_ids AS text[]), CAST(:hashes AS bytea[]), CAST(:kinds AS text[]),
        CAST(:event_halls AS text[]), CAST(:journeys AS uuid[]), CAST(:moments AS timestamptz[]),
        CAST(:facts AS text[]), CAST(:answers AS text[])
    ) AS said(id, event_id, body_hash, event, hall, journey_id, occurred_at, facts, answer)
    ORDER BY event_id
    ON CONFLICT (tenant_id, event_id) DO NOTHING
    """  # noqa: S608 constant text
)


class KnownEvent(msgspec.Struct, frozen=True):
    """An event that came in before."""

    digest: bytes
    answer: dict[str, Any]


class EventRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event to be kept, with its answer."""

    event_id: str
    digest: bytes
    kind: str
    hall: str
    journey_id: UUID
    occurred_at: datetime
    facts: str
    answer: str


class JourneyRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A visit to be written back."""

    id: UUID
    scenario_id: UUID | None
    state: str
    matter: str | None
    window: str | None
    ahead: int | None
    callee_cipher: bytes | None
    callee_index: bytes | None
    calls_announced: int
    near_announced: bool
    judged_at: datetime | None


async def known_events(
    session: AsyncSession, tenant_id: UUID, event_ids: Sequence[str]
) -> dict[str, KnownEvent]:
    """Events of these ids that were recorded before."""
    rows = await session.execute(_KNOWN, {"tenant_id": tenant_id, "event_ids": event_ids})
    return {row.event_id: KnownEvent(row.body_hash, row.answer) for row in rows}


async def lock_journeys(
    session: AsyncSession, tenant_id: UUID, keys: Collection[tuple[str, date, str]], now: datetime
) -> Sequence[Any]:
    """The visits of these keys, made where they are new, locked until the transaction ends."""
    halls, days, numbers = (list(column) for column in zip(*keys, strict=True))
    visits = {"tenant_id": tenant_id, "halls": halls, "days": days, "numbers": numbers}
    ids = [new_id() for _ in keys]
    return (await session.execute(_LOCK_JOURNEYS, {**visits, "ids": ids, "now": now})).all()


async def refused_callees(session: AsyncSession, tenant_id: UUID, callees: Collection[bytes]) -> set[bytes]:
    """Which of these people want no more calls and texts from the tenant."""
    if not callees:
        return set()
    return set(await session.scalars(_REFUSALS, {"tenant_id": tenant_id, "callees": list(callees)}))


_JOURNEY_FIELDS = {
    "ids": "id",
    "scenarios": "scenario_id",
    "states": "state",
    "matters": "matter",
    "windows": "window",
    "aheads": "ahead",
    "ciphers": "callee_cipher",
    "callees": "callee_index",
    "calls": "calls_announced",
    "nears": "near_announced",
    "judged": "judged_at",
}
_EVENT_FIELDS = {
    "event_ids": "event_id",
    "hashes": "digest",
    "kinds": "kind",
    "event_halls": "hall",
    "journeys": "journey_id",
    "moments": "occurred_at",
    "facts": "facts",
    "answers": "answer",
}


async def keep(
    session: AsyncSession,
    tenant_id: UUID,
    journeys: Iterable[JourneyRow],
    events: Sequence[EventRow],
    consents: Sequence[Evidence],
    now: datetime,
) -> int:
    """Write visits back, keep evidence of consent, and events with their answers; how many events were new."""
    visits = sorted(journeys, key=lambda row: row.id)
    columns: dict[str, list[Any]] = {
        name: [getattr(row, field) for row in visits] for name, field in _JOURNEY_FIELDS.items()
    }
    for name, field in _EVENT_FIELDS.items():
        columns[name] = [getattr(row, field) for row in events]
    columns["row_ids"] = [new_id() for _ in events]
    values = {**columns, **evidence_columns(consents), "tenant_id": tenant_id, "now": now}
    result = await session.execute(_KEEP, values)
    return int(result.rowcount)  # type: ignore[attr-defined]
