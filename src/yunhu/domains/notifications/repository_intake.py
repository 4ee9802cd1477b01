"""Every query of the intake: two statements for one event or a thousand, on the bare connection.

A third one stops what an event makes pointless (`stop.py`); it must begin after the visits are locked, to see what the
transaction before has created.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications.consents import KEEP_KIOSK, Evidence, evidence_columns
from yunhu.domains.notifications.create import INSERT_DRAFTS, Draft, draft_columns
from yunhu.domains.notifications.repository_record import INSERT_LINES, SEND_WAKES, Record
from yunhu.domains.notifications.states import JourneyState
from yunhu.foundation.db import BareStatement
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import INSERT_FACTS

_REFUSALS = """
    SELECT callee_index FROM refusals
    WHERE tenant_id = :tenant_id AND callee_index = ANY({callees}) AND lifted_at IS NULL
    UNION SELECT yunhu_refusing_all({callees})
"""
_REFUSED_CALLEES = text(_REFUSALS.format(callees="CAST(:callees AS bytea[])"))

# Visits that are there are locked in the order in which they are asked for, so that batches with common visits wait
# for each other in a line and never in a ring. The lateral query keeps the planner at the unique index, whatever it
# knows of a table that grows by thousands of rows a minute.
_LOOK = BareStatement(
    f"""
    WITH locked AS MATERIALIZED (
        SELECT j.* FROM unnest(CAST(:halls AS text[]), CAST(:days AS date[]), CAST(:numbers AS text[]))
            AS visit(hall, day, queue_number)
        CROSS JOIN LATERAL (
            SELECT id, hall, day, queue_number, state, matter, "window", ahead, callee_cipher, callee_index,
                   calls_announced, near_announced, nullif(judged_at, 'epoch') AS judged_at
            FROM journeys
            WHERE tenant_id = CAST(:tenant_id AS uuid) AND hall = visit.hall AND day = visit.day
              AND queue_number = visit.queue_number
            FOR UPDATE
        ) AS j
    ), asked AS MATERIALIZED (
        SELECT callee_index FROM locked WHERE callee_index IS NOT NULL
        UNION SELECT unnest(CAST(:callees AS bytea[]))
    )
    SELECT
        ARRAY(SELECT ROW(event_id, body_hash, answer::text) FROM queue_events
              WHERE tenant_id = :tenant_id AND event_id = ANY(CAST(:event_ids AS text[]))) AS known,
        ARRAY(SELECT ROW(l.*) FROM locked AS l) AS visits,
        ARRAY({_REFUSALS.format(callees="ARRAY(SELECT callee_index FROM asked)")}) AS refused
    """  # noqa: S608 constant text
)

_VISIT_COLUMNS = {
    "id": "uuid",
    "hall": "text",
    "day": "date",
    "queue_number": "text",
    "scenario_id": "uuid",
    "state": "text",
    "matter": "text",
    "window": "text",
    "ahead": "int",
    "callee_cipher": "bytea",
    "callee_index": "bytea",
    "calls_announced": "int",
    "near_announced": "boolean",
    "judged_at": "timestamptz",
}


def _visits(prefix: str) -> str:
    arrays = ", ".join(f"CAST(:{prefix}_{name} AS {kind}[])" for name, kind in _VISIT_COLUMNS.items())
    return f"unnest({arrays}) AS v({', '.join(_quoted(_VISIT_COLUMNS))})"


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]


# All writes in one statement: on the way of a single event every round trip counts. 'epoch' stands for: no event has
# counted yet.
_KEEP = BareStatement(
    f"""
    WITH begun AS (
        INSERT INTO journeys (tenant_id, created_at, {", ".join(_quoted(_VISIT_COLUMNS))})
        SELECT CAST(:tenant_id AS uuid), CAST(:now AS timestamptz), {", ".join(_quoted(_VISIT_COLUMNS)[:-1])},
               coalesce(judged_at, 'epoch')
        FROM {_visits("new")}
        ON CONFLICT (tenant_id, hall, day, queue_number) DO NOTHING
        RETURNING 1
    ), consented AS ({KEEP_KIOSK}), saved AS (
        UPDATE journeys AS j
        SET scenario_id = coalesce(v.scenario_id, j.scenario_id), state = v.state, matter = v.matter,
            "window" = v."window", ahead = v.ahead, callee_cipher = v.callee_cipher,
            callee_index = v.callee_index, calls_announced = v.calls_announced,
            near_announced = v.near_announced, judged_at = coalesce(v.judged_at, 'epoch')
        FROM {_visits("old")}
        WHERE j.id = v.id
    ), owed AS ({INSERT_DRAFTS}), told AS ({INSERT_LINES}), published AS ({INSERT_FACTS}), kept AS (
        INSERT INTO queue_events
            (id, tenant_id, event_id, body_hash, event, hall, journey_id, occurred_at, received_at, facts, answer)
        SELECT id, :tenant_id, event_id, body_hash, event, hall, journey_id, occurred_at, :now, facts::jsonb,
               answer::jsonb
        FROM unnest(
            CAST(:row_ids AS uuid[]), CAST(:event_ids AS text[]), CAST(:hashes AS bytea[]),
            CAST(:kinds AS text[]), CAST(:event_halls AS text[]), CAST(:journeys AS uuid[]),
            CAST(:moments AS timestamptz[]), CAST(:facts AS text[]), CAST(:answers AS text[])
        ) AS said(id, event_id, body_hash, event, hall, journey_id, occurred_at, facts, answer)
        ON CONFLICT (tenant_id, event_id) DO NOTHING
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM begun) AS visits, (SELECT count(*) FROM kept) AS events, ({SEND_WAKES}) AS woken
    """  # noqa: S608 constant text
)
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

VisitKey = tuple[str, date, str]
"""Hall, day, queue number."""


class KnownEvent(msgspec.Struct, frozen=True, gc=False):
    """An event that came in before."""

    digest: bytes
    answer: str
    """JSON"""


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
    """A visit as it was found, or is to be written back."""

    id: UUID
    hall: str
    day: date
    queue_number: str
    scenario_id: UUID | None = None
    state: str = JourneyState.WAITING.value
    matter: str | None = None
    window: str | None = None
    ahead: int | None = None
    callee_cipher: bytes | None = None
    callee_index: bytes | None = None
    calls_announced: int = 0
    near_announced: bool = False
    judged_at: datetime | None = None

    @property
    def journey_key(self) -> VisitKey:
        """Which visit."""
        return self.hall, self.day, self.queue_number


class Seen(msgspec.Struct, frozen=True):
    """What the database knows of a batch, and holds locked for it."""

    known: dict[str, KnownEvent]
    visits: dict[VisitKey, JourneyRow]
    """Those that are there."""
    refused: frozenset[bytes]
    """Blind indexes, among the batch's people, of those who want no more calls and texts."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch leaves behind."""

    new: Sequence[JourneyRow]
    old: Sequence[JourneyRow]
    events: Sequence[EventRow]
    consents: Sequence[Evidence]
    drafts: Sequence[Draft]


async def look(
    connection: asyncpg.Connection,
    tenant_id: UUID,
    event_ids: Sequence[str],
    visits: Collection[VisitKey],
    callees: Collection[bytes],
) -> Seen:
    """What is known of a batch; its visits stay locked until the transaction ends.

    After waiting for a lock, the visits are as the other transaction left them, but of events and refusals only those
    from before the wait are seen: what that misses clashes when it is kept.
    """
    halls, days, numbers = (list(column) for column in zip(*sorted(visits), strict=True))
    values = {"tenant_id": tenant_id, "event_ids": event_ids, "callees": list(callees)}
    row = await _LOOK.one(connection, {**values, "halls": halls, "days": days, "numbers": numbers})
    return Seen(
        known={event_id: KnownEvent(digest, answer) for event_id, digest, answer in row["known"]},
        visits={visit.journey_key: visit for visit in map(_found, row["visits"])},
        refused=frozenset(row["refused"]),
    )


async def refused_callees(session: AsyncSession, tenant_id: UUID, callees: Collection[bytes]) -> set[bytes]:
    """Which of these people want no more calls and texts from the tenant."""
    return set(await session.scalars(_REFUSED_CALLEES, {"tenant_id": tenant_id, "callees": list(callees)}))


async def keep(connection: asyncpg.Connection, tenant_id: UUID, kept: Kept, record: Record) -> bool:
    """Write everything; whether all visits and events that were taken for new were new. If not: roll back."""
    # Sorted: transactions with ids in common wait for each other in a line.
    events = sorted(kept.events, key=lambda row: row.event_id)
    columns: dict[str, list[Any]] = {
        name: [getattr(row, field) for row in events] for name, field in _EVENT_FIELDS.items()
    }
    values: dict[str, Any] = {
        **columns,
        **_visit_columns("new", sorted(kept.new, key=lambda row: row.journey_key)),
        **_visit_columns("old", kept.old),
        **evidence_columns(kept.consents),
        **draft_columns(kept.drafts),
        **record.columns(),
        "row_ids": [new_id() for _ in events],
        "tenant_id": tenant_id,
        "now": record.now,
    }
    try:
        counted = await _KEEP.one(connection, values)
    except asyncpg.ForeignKeyViolationError as error:
        if error.constraint_name != "fk_notifications_journey_id":
            raise
        return False  # the visit began in another transaction, under an id of its own
    return bool(counted["visits"] == len(kept.new) and counted["events"] == len(events))


_FOUND = tuple(name for name in _VISIT_COLUMNS if name != "scenario_id")
"""The columns of `_LOOK`'s visits, in its order."""


def _found(values: Sequence[Any]) -> JourneyRow:
    return JourneyRow(**dict(zip(_FOUND, values, strict=True)))


def _visit_columns(prefix: str, rows: Sequence[JourneyRow]) -> dict[str, list[Any]]:
    return {f"{prefix}_{name}": [getattr(row, name) for row in rows] for name in _VISIT_COLUMNS}
