"""Claim, reserve and record one call, with millions of past calls in the tables and with none.

Two databases on one server, measured in turn, through the dispatcher's own transactions. The server does not wait for
the disk at commit, on neither side: the queries are compared, and the disk's moods would hide them.
"""

import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy import text
from tests.support.dispatch.rig import OneTrunk, SilentShelf, equip
from tests.support.hall.builders import build_hall

from bench.past import CALLEES, fill
from bench.protocol import Bench, Row, Setup, share_of
from yunhu.domains.calls.public import Facts
from yunhu.domains.dispatch import repository
from yunhu.domains.dispatch.attempts import Attempts
from yunhu.domains.dispatch.models import Node
from yunhu.domains.dispatch.placed import Placed
from yunhu.domains.dispatch.scribe import Scribe
from yunhu.domains.dispatch.voice import VoiceDispatcher
from yunhu.domains.numbers.public import clock_columns
from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import SealedPhone, Vault
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.db.embedded import EmbeddedServer, start_embedded
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone
from yunhu.telephony.port import EndedBy, ResultClass, Termination

_ROUNDS = 6
_A_ROUND = 80
_BAR = 1.3
_INDEX = "ix_notifications_claim"

_PENDING = text(
    """
    INSERT INTO notifications (id, tenant_id, purpose, channel, script_version_id, parameters, callee_cipher,
        callee_index, plan, priority, deadline, due_at, state, created_at)
    SELECT gen_random_uuid(), :tenant_id, 'your_turn', 'voice', :version_id, '{"window": "3"}', :cipher,
        decode(md5((:first + g)::text), 'hex'), '{}', 5, :deadline, :now, 'pending', :now
    FROM generate_series(1, :count) AS g
    """
)

_CONSENTED = text(
    """
    INSERT INTO consents (id, tenant_id, callee_cipher, callee_index, purpose, source, given_at, recorded_at, recorded_by)
    SELECT gen_random_uuid(), tenant_id, callee_cipher, callee_index, 'queue', 'kiosk', :now, :now, 'bench'
    FROM notifications WHERE tenant_id = :tenant_id AND state = 'pending'
    """
)


class Landing:
    """Takes the place of `Attempts`: keeps what was committed instead of dialling it."""

    def __init__(self) -> None:
        self.call_ids: set[UUID] = set()
        self._placed: Placed | None = None

    def start(self, placed: Placed, _talk: object) -> None:
        """A call that would leave now."""
        self._placed = placed

    def take(self) -> Placed:
        """What was started, once; RuntimeError when nothing was."""
        placed, self._placed = self._placed, None
        if placed is None:
            raise RuntimeError("nothing was claimed")
        return placed


class Side:
    """One database."""

    def __init__(self, database: Database, vault: Vault, sealed: SealedPhone) -> None:
        self.database = database
        self.vault = vault
        self.sealed = sealed
        self.clock = SystemClock()
        self.landing = Landing()
        self.claims: list[float] = []
        """Milliseconds of claim + reserve."""
        self.records: list[float] = []
        """Milliseconds of answered + ended."""
        self._used = 0

    async def prepare(self, folder: Path) -> None:
        """Schema, hall, robots, numbers, dispatcher."""
        await upgrade(self.database)
        now = self.clock.now()
        hall = await build_hall(self.database, self.vault, now)
        self.tenant_id, self.version_id = hall.tenant_id, hall.versions["your-turn"]
        self.trunk_id = await equip(self.database, hall.tenant_id, now, numbers=40, per_day=1_000_000)
        self.node_id = new_id()
        async with self.database.transaction() as session:
            session.add(
                Node(id=self.node_id, name="bench", state="running", started_at=now, heartbeat_at=now)
            )
        self.trunks = OneTrunk(cast("Any", None), self.trunk_id)
        self.dispatcher = VoiceDispatcher(
            database=self.database,
            vault=self.vault,
            clock=self.clock,
            trunks=self.trunks,
            shelf=SilentShelf(),
            attempts=cast("Attempts", self.landing),
            node_id=self.node_id,
            recordings_dir=folder,
        )

    async def add_pending(self, count: int) -> None:
        """So many due notifications, to people who have been called before where there is a past."""
        now = datetime.now(UTC)
        values = {
            "tenant_id": self.tenant_id,
            "version_id": self.version_id,
            "cipher": self.sealed.cipher,
            "first": (self._used * 7919) % (CALLEES - count),
            "deadline": now + timedelta(hours=1),
            "now": now,
            "count": count,
        }
        self._used += count
        async with self.database.transaction() as session:
            await session.execute(_PENDING, values)
            await session.execute(_CONSENTED, {name: values[name] for name in ("tenant_id", "now")})

    async def one_call(self) -> None:
        """Claim, gate, reserve, commit; then answered and ended, as a call node writes them."""
        begun = time.perf_counter()
        await self.dispatcher._dispatch_one(self.tenant_id)
        reserved = time.perf_counter()
        placed = self.landing.take()
        scribe = Scribe(self.database, self.vault, self.clock, placed)
        now = self.clock.now()
        await scribe.answered(Facts(answered_at=now))
        ending = Termination(result=ResultClass.ANSWERED, ended_by=EndedBy.PLATFORM, reason="done")
        await scribe.ended(Facts(answered_at=now, ended_at=now, termination=ending))
        self.claims.append((reserved - begun) * 1000)
        self.records.append((time.perf_counter() - reserved) * 1000)

    @property
    def totals(self) -> list[float]:
        """Milliseconds of a whole call's bookkeeping, sorted."""
        return sorted(claim + record for claim, record in zip(self.claims, self.records, strict=True))

    async def explain(self) -> str:
        """The plan of the claim query, run and rolled back."""
        now = self.clock.now()
        values = {
            **clock_columns(now),
            "tenant_id": self.tenant_id,
            "excluded": [],
            **repository.way_columns(self.trunks.ways()),
        }
        statement = text("EXPLAIN (ANALYZE, BUFFERS) " + repository.PICK_VOICE.text)
        async with self.database.sessions() as session:
            lines = (await session.execute(statement, values)).scalars().all()
            await session.rollback()
        return "\n".join(lines)


async def measure(setup: Setup) -> list[Row]:
    """The ratio of the medians, and whether the claim uses its partial index."""
    server = start_embedded(setup.folder / "postgres")
    sides: list[Side] = []
    try:
        empty, full = [await _side(server, name, setup.folder) for name in ("bench_none", "bench_past")]
        sides = [empty, full]
        begun = time.monotonic()
        await fill(
            full.database.dsn,
            setup.past_calls,
            tenant_id=full.tenant_id,
            version_id=full.version_id,
            node_id=full.node_id,
            cipher=full.sealed.cipher,
        )
        filled = time.monotonic() - begun
        for _ in range(_ROUNDS):
            for side in sides:
                await side.add_pending(_A_ROUND)
                for _ in range(_A_ROUND):
                    await side.one_call()
        await full.add_pending(_A_ROUND)
        plan = await full.explain()
    finally:
        for side in sides:
            await side.database.close()
        server.release()
    if setup.keep is not None:
        setup.keep.mkdir(parents=True, exist_ok=True)
        (setup.keep / "claim-plan.txt").write_text(plan + "\n", encoding="utf-8")
    return _rows(empty, full, setup.past_calls, filled, plan)


async def _side(server: EmbeddedServer, name: str, folder: Path) -> Side:
    admin = open_database(server.url())
    async with admin.engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        await connection.exec_driver_sql("ALTER SYSTEM SET synchronous_commit = off")
        await connection.exec_driver_sql("SELECT pg_reload_conf()")
        await connection.exec_driver_sql(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        )
    await admin.close()
    vault = Vault(bytes(range(32)))
    side = Side(
        open_database(server.url(name), pool_size=4), vault, vault.seal_phone(Phone("+8613812345678"))
    )
    await side.prepare(folder)
    return side


def _rows(empty: Side, full: Side, calls: int, filled: float, plan: str) -> list[Row]:
    ratio = statistics.median(full.totals) / statistics.median(empty.totals)
    figures = {
        f"{name}_{part}_ms": statistics.median(values)
        for name, side in (("none", empty), ("past", full))
        for part, values in (("claim", side.claims), ("record", side.records), ("total", side.totals))
    }
    return [
        Row(
            what=f"claim + reserve + record, {calls:,} past calls",
            bar=f"≤ {_BAR}× of none",
            measured=f"{ratio:.2f}× ({figures['past_total_ms']:.1f} ms; p99 {share_of(full.totals, 0.99):.1f} ms)",
            peer=f"none: {figures['none_total_ms']:.1f} ms; p99 {share_of(empty.totals, 0.99):.1f} ms",
            passed=ratio <= _BAR,
            values={"ratio": ratio, **figures, "fill_seconds": filled},
        ),
        Row(
            what="claim query's index",
            bar=_INDEX,
            measured="used" if _INDEX in plan else "not used (see claim-plan.txt)",
            passed=_INDEX in plan,
        ),
    ]


BENCH = Bench(name="claim", title="Claim with a past", limit_seconds=900, measure=measure)
