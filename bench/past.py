"""Fills a database with past calls: notifications, calls, daily counts and timeline, quickly."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

_TABLES = ("notifications", "calls", "callee_days", "timeline_entries")
CALLEES = 400_000
"""Different people among them: each was called again and again."""
_DAYS = 900
_CHUNK = 500_000

# Ids in order of time, as the product's own are (UUID version 7).
_ID = "(lpad(to_hex(g), 12, '0') || '7000' || '8000' || lpad(to_hex(g), 12, '0'))::uuid"
_CALLEE = f"decode(md5((g % {CALLEES})::text), 'hex')"
_AT = f"now() - interval '1 day' * (1 + g % {_DAYS}) - interval '1 second' * (g % 36000)"

_NOTIFICATIONS = f"""
    INSERT INTO notifications (id, tenant_id, purpose, channel, script_version_id, parameters, callee_cipher,
        callee_index, plan, priority, deadline, due_at, state, result, attempts, revision, created_at, finished_at)
    SELECT {_ID}, $1, 'your_turn', 'voice', $2, '{{"window": "3"}}', $3, {_CALLEE}, '{{}}', 5, at, at,
        CASE g % 4 WHEN 0 THEN 'failed' ELSE 'delivered' END, CASE g % 4 WHEN 0 THEN 'no_answer' ELSE 'answered' END,
        1, 2, at, at
    FROM generate_series($4::bigint, $5::bigint) AS g, LATERAL (SELECT {_AT} AS at) AS t
"""
_CALLS = f"""
    INSERT INTO calls (id, tenant_id, notification_id, attempt, callee_cipher, callee_index, day, caller_number,
        caller_number_id, trunk_id, robot_id, node_id, script_version_id, text, verdict, state, reserved_at,
        answered_at, ended_at, result, reason, ended_by)
    SELECT {_ID}, $1, {_ID}, 1, $3, {_CALLEE}, at::date, n.e164, n.id, n.trunk_id, r.id, $6, $2,
        '尊敬的用户，请您到“3”号窗口办理业务，谢谢', '{{"outcome": "allowed", "findings": []}}', 'ended', at, at, at,
        CASE g % 4 WHEN 0 THEN 'no_answer' ELSE 'answered' END, 'done', 'platform'
    FROM generate_series($4::bigint, $5::bigint) AS g, LATERAL (SELECT {_AT} AS at) AS t,
        (SELECT id, e164, trunk_id FROM caller_numbers WHERE tenant_id = $1 LIMIT 1) AS n,
        (SELECT id FROM robots WHERE tenant_id = $1 LIMIT 1) AS r
"""
_CALLEE_DAYS = f"""
    INSERT INTO callee_days (day, callee_index, calls)
    SELECT ({_AT})::date, {_CALLEE}, 1 FROM generate_series($1::bigint, $2::bigint) AS g
    ON CONFLICT DO NOTHING
"""
_TIMELINE = f"""
    INSERT INTO timeline_entries (notification_id, tenant_id, at, kind, detail)
    SELECT {_ID}, $1, at, kind, '{{"attempt": 1, "result": "answered", "answered": true}}'
    FROM generate_series($2::bigint, $3::bigint) AS g, LATERAL (SELECT {_AT} AS at) AS t,
        (VALUES ('created'), ('started'), ('ended')) AS kinds (kind)
"""
_PLAIN_INDEXES = """
    SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
    FROM pg_index AS i WHERE i.indrelid = ANY($1::text[]::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)
"""


@asynccontextmanager
async def indexes_aside(connection: asyncpg.Connection, tables: Sequence[str]) -> AsyncIterator[None]:
    """Rows come in without triggers and foreign keys; the tables' plain indexes are built again at the end."""
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("SET maintenance_work_mem = '512MB'")
    await connection.execute("SET synchronous_commit = off")
    indexes = await connection.fetch(_PLAIN_INDEXES, list(tables))
    for index in indexes:
        await connection.execute(f"DROP INDEX {index['name']}")
    yield
    for index in indexes:
        await connection.execute(index["definition"])


async def fill(
    dsn: str, calls: int, *, tenant_id: UUID, version_id: UUID, node_id: UUID, cipher: bytes
) -> None:
    """Insert so many past calls of the tenant. Indexes are dropped and built again; foreign keys hold by make."""
    connection = await asyncpg.connect(dsn)
    try:
        async with indexes_aside(connection, _TABLES):
            for first in range(1, calls + 1, _CHUNK):
                last = min(calls, first + _CHUNK - 1)
                await connection.execute(_NOTIFICATIONS, tenant_id, version_id, cipher, first, last)
                await connection.execute(_CALLS, tenant_id, version_id, cipher, first, last, node_id)
                await connection.execute(_CALLEE_DAYS, first, last)
                await connection.execute(_TIMELINE, tenant_id, first, last)
        for table in _TABLES:
            await connection.execute(f"VACUUM ANALYZE {table}")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
