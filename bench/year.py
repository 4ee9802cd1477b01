"""A hall's year of 1,380,000 calls (row B4), with visits, notifications, texts and sums; filled once a run."""

import atexit
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from tests.support.dispatch.rig import equip
from tests.support.hall.builders import TURN_TEXT, Hall, build_hall

from yunhu.domains.dispatch.models import Node
from yunhu.domains.scripts.models import ScriptVersion, VersionState
from yunhu.domains.scripts.rules import canonical_slots, text_hash
from yunhu.domains.sms.models import SmscAccount
from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.db.embedded import EmbeddedServer, start_embedded
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone
from yunhu.speech.reading import Slot, SlotKind

CALLS = 1_380_000
PHONES = 1000
"""Different people: each was called more than a thousand times, which is worse than any hall."""
NUMBERS = 40
_CHUNK = 345_000
_TABLES = ("journeys", "notifications", "calls", "sms_messages")
# In the order of time and of ids, like the product's own rows.
_AT = "$12::timestamptz - interval '365 days' * (1 - g::float8 / $1)"
_ID = (
    "(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex({kind}), 3, '0') || '8' || "
    "lpad(to_hex(g), 15, '0'))::uuid"
)
_VISIT, _TURN, _NEAR, _CALL, _TEXT = (_ID.format(kind=kind) for kind in range(1, 6))
_SERIES = f"generate_series($2::bigint, $3::bigint) AS g CROSS JOIN LATERAL (SELECT {_AT} AS at) AS t"
# What is rare is old: a page of it lies behind the whole year.
_RESULT = (
    "CASE WHEN g < 200 THEN 'own_line_blocked' WHEN g % 10 < 7 THEN 'answered' WHEN g % 10 = 7 THEN 'busy' "
    "WHEN g % 10 = 8 THEN 'no_answer' ELSE 'rejected' END"
)
_STATE = "CASE WHEN g < 200 THEN 'refused' WHEN g % 10 < 7 THEN 'delivered' WHEN g % 10 < 9 THEN 'failed' ELSE 'expired' END"
_FILL = {
    "journeys": f"""
        INSERT INTO journeys (id, tenant_id, hall, day, queue_number, state, matter, "window", callee_cipher,
            callee_index, judged_at, created_at)
        SELECT {_VISIT}, $4, 'main', (at AT TIME ZONE 'Asia/Shanghai')::date, 'A' || lpad((g % 4000)::text, 4, '0'),
            'served', 'matter ' || g % 20, (g % 30)::text, p.cipher, p.index, at, at
        FROM {_SERIES} JOIN bench_phones AS p ON p.n = g % {PHONES}""",
    "turns": f"""
        INSERT INTO notifications (id, tenant_id, journey_id, purpose, channel, script_version_id, scenario_id, matter,
            "window", parameters, callee_cipher, callee_index, plan, priority, deadline, due_at, state, result, attempts,
            created_at, finished_at)
        SELECT {_TURN}, $4, {_VISIT}, 'your_turn', 'voice', CASE WHEN g < $1 * 0.6 THEN $5::uuid ELSE $6::uuid END,
            $7, 'matter ' || g % 20, (g % 30)::text, '{{}}', p.cipher, p.index, '{{}}', 5, at, at, {_STATE}, {_RESULT},
            1, at, at + interval '30 seconds'
        FROM {_SERIES} JOIN bench_phones AS p ON p.n = g % {PHONES}""",
    "calls": f"""
        INSERT INTO calls (id, tenant_id, notification_id, attempt, callee_cipher, callee_index, day, caller_number,
            caller_number_id, trunk_id, robot_id, node_id, script_version_id, text, verdict, state, reserved_at,
            ringing_at, answered_at, ended_at, result, reason, ended_by)
        SELECT {_CALL}, $4, {_TURN}, 1, p.cipher, p.index, (at AT TIME ZONE 'Asia/Shanghai')::date, n.e164, n.id,
            n.trunk_id, $8, $9, CASE WHEN g < $1 * 0.6 THEN $5::uuid ELSE $6::uuid END,
            '尊敬的用户，请您到“3”号窗口办理业务，谢谢', '{{"outcome": "allowed", "findings": []}}', 'ended', at,
            at + interval '1 second' * (0.3 + g % 3), CASE WHEN g % 10 < 7 THEN at + interval '6 seconds' END,
            at + interval '20 seconds', {_RESULT}, 'done', 'platform'
        FROM {_SERIES} JOIN bench_phones AS p ON p.n = g % {PHONES}
        JOIN bench_numbers AS n ON n.n = CASE WHEN g < 200 THEN 0 ELSE 1 + g % ({NUMBERS} - 1) END""",
    "nears": f"""
        INSERT INTO notifications (id, tenant_id, journey_id, purpose, channel, script_version_id, scenario_id, matter,
            "window", parameters, callee_cipher, callee_index, plan, priority, deadline, due_at, state, result, attempts,
            created_at, finished_at)
        SELECT {_NEAR}, $4, {_VISIT}, 'near_turn', 'sms', $10, $7, 'matter ' || g % 20, NULL, '{{}}', p.cipher, p.index,
            '{{}}', 5, at, at, 'delivered', 'delivered', 1, at, at + interval '5 seconds'
        FROM {_SERIES} JOIN bench_phones AS p ON p.n = g % {PHONES} WHERE g % 5 = 0""",
    "messages": f"""
        INSERT INTO sms_messages (id, tenant_id, notification_id, attempt, account_id, node_id, callee_cipher,
            callee_index, script_version_id, text, verdict, state, created_at, receipt_deadline, final_at)
        SELECT {_TEXT}, $4, {_NEAR}, 1, $11, $9, p.cipher, p.index, $10, 'words', '{{}}',
            CASE WHEN g < 1000 THEN 'rejected' ELSE 'delivered' END, at, at, at + interval '5 seconds'
        FROM {_SERIES} JOIN bench_phones AS p ON p.n = g % {PHONES} WHERE g % 5 = 0""",
}
_PLAIN_INDEXES = """
    SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
    FROM pg_index AS i WHERE i.indrelid = ANY($1::text[]::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)
"""


@dataclass(frozen=True)
class Year:
    """A filled database."""

    server: EmbeddedServer
    vault: Vault
    hall: Hall
    script_id: UUID
    """Of the call to the window; it has an old version and one in force."""
    node_id: UUID
    calls: int


_kept: list[Year] = []


async def the_year(calls: int) -> Year:
    """The year of this process, filled when it is first wanted."""
    if not _kept:
        folder = tempfile.TemporaryDirectory(prefix="yunhu-bench-year-")
        server = start_embedded(Path(folder.name) / "postgres")
        atexit.register(folder.cleanup)
        atexit.register(server.release)
        _kept.append(await _fill(server, calls))
    return _kept[0]


async def _fill(server: EmbeddedServer, calls: int) -> Year:
    database, vault = open_database(server.url(), pool_size=4), Vault(bytes(range(32)))
    try:
        await upgrade(database)
        now = SystemClock().now()
        hall = await build_hall(database, vault, now)
        await equip(database, hall.tenant_id, now, numbers=NUMBERS)
        year = await _furnish(database, server, vault, hall, calls)
    finally:
        await database.close()
    return year


async def _furnish(database: Database, server: EmbeddedServer, vault: Vault, hall: Hall, calls: int) -> Year:
    now, node_id, account_id = SystemClock().now(), new_id(), new_id()
    slots = [Slot("window", SlotKind.WINDOW)]
    async with database.transaction() as session:
        session.add(Node(id=node_id, name="bench", state="running", started_at=now, heartbeat_at=now))
        session.add(
            SmscAccount(
                id=account_id,
                tenant_id=hall.tenant_id,
                name="bench",
                kind="sandbox",
                config={},
                enabled=True,
                created_at=now,
                updated_at=now,
            )
        )
        found = (
            await session.execute(
                text(
                    "SELECT v.script_id, s.id AS scenario_id, r.id AS robot_id FROM script_versions AS v, "
                    "scenarios AS s, robots AS r WHERE v.id = :id LIMIT 1"
                ),
                {"id": hall.versions["your-turn"]},
            )
        ).one()
        old = ScriptVersion(
            id=new_id(),
            script_id=found.script_id,
            tenant_id=hall.tenant_id,
            number=2,
            text=TURN_TEXT,
            slots=canonical_slots(slots),
            text_hash=text_hash(TURN_TEXT, slots),
            state=VersionState.RETIRED.value,
            created_at=now,
            approved_at=now,
            approved_by="bench",
        )
        session.add(old)
    values = [
        hall.tenant_id,
        old.id,
        hall.versions["your-turn"],
        found.scenario_id,
        found.robot_id,
        node_id,
        hall.versions["near-turn"],
        account_id,
        now,
    ]
    await _insert(server.url(), vault, values, calls)
    return Year(server, vault, hall, found.script_id, node_id, calls)


async def _insert(dsn: str, vault: Vault, values: list[Any], calls: int) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET maintenance_work_mem = '512MB'")
        await connection.execute("SET synchronous_commit = off")
        await connection.execute("CREATE UNLOGGED TABLE bench_phones (n int, cipher bytea, index bytea)")
        sealed = [(n, vault.seal_phone(Phone(f"+86138{n:08d}"))) for n in range(PHONES)]
        await connection.copy_records_to_table(
            "bench_phones", records=[(n, phone.cipher, phone.index) for n, phone in sealed]
        )
        await connection.execute(
            "CREATE UNLOGGED TABLE bench_numbers AS SELECT row_number() OVER (ORDER BY e164) - 1 AS n, e164, id, "
            "trunk_id FROM caller_numbers"
        )
        await connection.execute("ANALYZE bench_phones, bench_numbers")
        indexes = await connection.fetch(_PLAIN_INDEXES, list(_TABLES))
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['name']}")
        for first in range(1, calls + 1, _CHUNK):
            bounds = [float(calls), first, min(calls, first + _CHUNK - 1), *values]
            for statement in _FILL.values():
                # $5 and $6 are the versions, $7 the scenario, $8 the robot, $9 the node, $10 the text, $11 the account.
                await connection.execute(_with_all(statement), *bounds)
        for index in indexes:
            await connection.execute(index["definition"])
        for table in _TABLES:
            await connection.execute(f"VACUUM ANALYZE {table}")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def _with_all(statement: str) -> str:
    """Every statement takes every value: those that it does not need are named in a condition that always holds."""
    types = ("float8", "bigint", "bigint", *["uuid"] * 8, "timestamptz")
    named = " AND ".join(f"(${n}::{kind} IS NOT NULL OR true)" for n, kind in enumerate(types, 1))
    return f"{statement} {'AND' if ' WHERE ' in statement else 'WHERE'} {named}"
