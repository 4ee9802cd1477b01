"""What a node writes for the monitors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

LIVE_CHANNEL = "yunhu_live"
"""NOTIFY channel: `<node id>`: what this node's calls and trunks look like has changed."""

_UPSERT = """
    INSERT INTO live_calls AS l SELECT * FROM jsonb_populate_recordset(NULL::live_calls, CAST(:rows AS jsonb))
"""
_TRUNKS = """
    INSERT INTO trunk_states AS t (node_id, trunk_id, usable, detail, changed_at)
    SELECT :node_id, trunk_id, usable, detail, :now
    FROM jsonb_to_recordset(CAST(:trunks AS jsonb)) AS seen(trunk_id uuid, usable boolean, detail text)
    ON CONFLICT (node_id, trunk_id) DO UPDATE SET usable = EXCLUDED.usable, detail = EXCLUDED.detail,
        changed_at = CASE WHEN t.usable = EXCLUDED.usable THEN t.changed_at ELSE EXCLUDED.changed_at END
"""
# Nobody waits for the disk: a monitor that missed something looks again within seconds.
_WRITE = text(
    f"""
    WITH quick AS (SELECT set_config('synchronous_commit', 'off', true)),
    written AS ({_UPSERT}
        ON CONFLICT (call_id) DO UPDATE SET version = EXCLUDED.version, trunk_id = EXCLUDED.trunk_id,
            stage = EXCLUDED.stage, stage_at = EXCLUDED.stage_at, answered_at = EXCLUDED.answered_at, ended_at = EXCLUDED.ended_at,
            result = EXCLUDED.result, line = EXCLUDED.line, line_script = EXCLUDED.line_script,
            line_at = EXCLUDED.line_at, line_seconds = EXCLUDED.line_seconds),
    looked AS ({_TRUNKS}),
    removed AS (DELETE FROM live_calls WHERE call_id = ANY(CAST(:over AS uuid[])))
    SELECT pg_notify(:channel, CAST(:node_id AS text)) FROM quick
    """  # noqa: S608 constant text
)

# After a crash of the server the tables are empty; rows of nodes that are gone say nothing any more.
_REPAIR = text(
    f"""
    WITH written AS ({_UPSERT} ON CONFLICT (call_id) DO NOTHING),
    looked AS ({_TRUNKS}),
    dropped AS (DELETE FROM trunk_states WHERE node_id = :node_id
        AND trunk_id NOT IN (SELECT s.trunk_id FROM jsonb_to_recordset(CAST(:trunks AS jsonb)) AS s(trunk_id uuid))),
    gone AS (SELECT n.id FROM nodes AS n WHERE n.state IN ('lost', 'stopped')
        AND n.heartbeat_at > clock_timestamp() - interval '1 day'),
    swept AS (DELETE FROM live_calls WHERE node_id IN (SELECT id FROM gone))
    DELETE FROM trunk_states WHERE node_id IN (SELECT id FROM gone)
    """  # noqa: S608 constant text
)
_CLEAR = text(
    """
    WITH calls AS (DELETE FROM live_calls WHERE node_id = :node_id),
    trunks AS (DELETE FROM trunk_states WHERE node_id = :node_id)
    SELECT pg_notify(:channel, CAST(:node_id AS text))
    """
)


async def write(
    session: AsyncSession,
    node_id: UUID,
    *,
    rows: Sequence[msgspec.Struct],
    over: Sequence[UUID],
    trunks: Sequence[msgspec.Struct],
    now: datetime,
) -> None:
    """Rows that changed, rows that go, trunks that changed; listeners are told."""
    values = {**_values(node_id, rows, trunks, now), "over": list(over), "channel": LIVE_CHANNEL}
    await session.execute(_WRITE, values)


async def repair(
    session: AsyncSession,
    node_id: UUID,
    *,
    rows: Sequence[msgspec.Struct],
    trunks: Sequence[msgspec.Struct],
    now: datetime,
) -> None:
    """Put back what is missing, and drop what nodes that are gone left."""
    await session.execute(_REPAIR, _values(node_id, rows, trunks, now))


async def clear_node(session: AsyncSession, node_id: UUID) -> None:
    """This node carries nothing any more."""
    await session.execute(_CLEAR, {"node_id": node_id, "channel": LIVE_CHANNEL})


def _values(
    node_id: UUID, rows: Sequence[msgspec.Struct], trunks: Sequence[msgspec.Struct], now: datetime
) -> dict[str, Any]:
    return {
        "node_id": node_id,
        "now": now,
        "rows": msgspec.json.encode(rows).decode(),
        "trunks": msgspec.json.encode(trunks).decode(),
    }
