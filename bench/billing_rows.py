"""A year of charged pieces and of calls for the benches of billing, inserted set by set."""

from datetime import date
from uuid import UUID

import asyncpg

from bench.past import indexes_aside
from yunhu.foundation.crypto import Vault
from yunhu.foundation.phone import Phone

CALLEES = 400_000
DAYS = 365
CALLER = "+862988880000"
_ID = "(lpad(to_hex(g), 12, '0') || '7000' || '8000' || lpad(to_hex(g), 12, '0'))::uuid"

# Everyone is called at the same second of another day, so that each start belongs to one call.
_CALLS = f"""
    INSERT INTO calls (id, tenant_id, notification_id, attempt, callee_cipher, callee_index, day, caller_number,
        caller_number_id, trunk_id, robot_id, node_id, script_version_id, text, verdict, state, reserved_at,
        answered_at, ended_at, result)
    SELECT {_ID}, $1, {_ID}, 1, '', c.callee, d.day, '{CALLER}', {_ID}, {_ID}, {_ID}, {_ID}, {_ID}, '', '{{}}', 'ended',
        at, at, at + interval '1 second' * (5 + g % 40), 'answered'
    FROM generate_series(1, $2::int) AS g
    JOIN bench_callees AS c ON c.n = g % {CALLEES}
    CROSS JOIN LATERAL (SELECT $3::date + (g % {DAYS})::int AS day) AS d
    CROSS JOIN LATERAL (SELECT (d.day + interval '8 hours' + interval '1 second' * (g % 36000))
        AT TIME ZONE 'Asia/Shanghai' AS at) AS t
"""
_PIECES = f"""
    INSERT INTO meter_entries (call_id, kind, tenant_id, contract_id, quota_id, charging, state, day, held_amount,
        amount, held_at, settled_at)
    SELECT {_ID}, 'voice_notification', $1, $2, $3, 'on_answer', 'charged',
        $4::date + ((g - 1)::bigint * {DAYS} / $5)::int, 10, 10, now(), now() FROM generate_series(1, $5::int) AS g
"""


def phone_of(number: int) -> str:
    """The mobile of a callee."""
    return f"138{number:08d}"


async def fill_calls(dsn: str, vault: Vault, tenant_id: UUID, calls: int, first: date) -> None:
    """Ended calls of a year."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE UNLOGGED TABLE bench_callees (n int, callee bytea)")
        rows = [(n, vault.index_of(Phone(f"+86{phone_of(n)}"))) for n in range(CALLEES)]
        await connection.copy_records_to_table("bench_callees", records=rows)
        await connection.execute("ANALYZE bench_callees")
        async with indexes_aside(connection, ("calls",)):
            await connection.execute(_CALLS, tenant_id, calls, first)
        await connection.execute("VACUUM ANALYZE calls")
    finally:
        await connection.close()


async def fill_pieces(
    dsn: str, tenant_id: UUID, contract_id: UUID, quota_id: UUID, first: date, count: int
) -> None:
    """Charged pieces of a year in the order of time, as they come, none posted."""
    connection = await asyncpg.connect(dsn)
    try:
        async with indexes_aside(connection, ("meter_entries",)):
            await connection.execute(_PIECES, tenant_id, contract_id, quota_id, first, count)
        await connection.execute("UPDATE quota_periods SET used = $1 WHERE id = $2", count, quota_id)
        await connection.execute("VACUUM ANALYZE meter_entries")
    finally:
        await connection.close()
