"""Evidence packs: one call's, and a long period's; how long each takes, and how much the process grows."""

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from tests.support.hall.builders import build_hall
from tests.support.hall.equipment import equip_hall

from bench.past import fill
from bench.processes import resident_kib
from bench.protocol import Bench, Row, Setup
from yunhu.domains.documents.public import DocumentStore
from yunhu.domains.evidence.public import (
    EvidenceRequest,
    KeyFolder,
    PackBuilder,
    Requester,
    build_pack,
    request_pack,
    verify_pack,
)
from yunhu.domains.evidence.tasks import Places
from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.actor import system
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.db.embedded import start_embedded
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone

_CALLS = 290_000
"""Spread over 900 days: a year has about 117,000 of them, as many as a month of the contract."""
_CALL_BAR, _GROWN_BAR = 2.0, 200.0
_REQUESTER = Requester(actor=system("bench"), of_operator=False, may_see_phones=True, may_hear=True)


class _House:
    def __init__(self, database: Database, vault: Vault, setup: Setup, tenant_id: UUID) -> None:
        self.database, self.vault, self.tenant_id = database, vault, tenant_id
        self.clock = SystemClock()
        self.places = Places(
            keys_dir=setup.folder / "keys",
            documents_dir=setup.folder / "documents",
            recordings_dir=setup.folder / "recordings",
        )
        self.store = DocumentStore(self.places.documents_dir, vault)

    async def make(self, wish: EvidenceRequest) -> tuple[int, int]:
        """Calls in the pack, and its bytes."""
        now = self.clock.now()
        async with self.database.transaction() as session:
            pack = await request_pack(
                session, self.vault, _REQUESTER, self.tenant_id, wish, now, enqueue=False
            )
        builder = PackBuilder(self.database, self.vault, self.clock, self.places)
        made = await build_pack(self.database, builder, self.store, pack.id, self.tenant_id, now, _quiet)
        path = self.places.documents_dir / "pack.zip"
        with path.open("wb") as file:
            async for piece in self.store.read(made.document_id or pack.id):
                file.write(piece)
        return made.attempts, path.stat().st_size


async def _quiet(_done: int, _total: int) -> None:
    """Nobody watches."""


async def measure(setup: Setup) -> list[Row]:
    """Make both packs over a database with past calls, and verify them."""
    server = start_embedded(setup.folder / "postgres")
    database = open_database(server.url(), pool_size=4)
    vault = Vault(bytes(range(32)))
    try:
        await upgrade(database)
        now = datetime.now(UTC)
        hall = await build_hall(database, vault, now)
        async with database.transaction() as session:
            await equip_hall(session, hall.tenant_id, now)
        await fill(
            database.dsn,
            _CALLS,
            tenant_id=hall.tenant_id,
            version_id=hall.versions["your-turn"],
            node_id=new_id(),
            cipher=vault.seal_phone(Phone("+8613800000000")).cipher,
        )
        return await _measured(_House(database, vault, setup, hall.tenant_id))
    finally:
        await database.close()
        server.release()


async def _measured(house: _House) -> list[Row]:
    async with house.database.transaction() as session:
        call_id = await session.scalar(text("SELECT id FROM calls ORDER BY id DESC LIMIT 1"))
    await house.make(EvidenceRequest(reason="warm up", call_id=call_id))
    begun = time.perf_counter()
    await house.make(EvidenceRequest(reason="bench", call_id=call_id))
    one = time.perf_counter() - begun
    last = house.clock.now().date() - timedelta(days=1)
    wish = EvidenceRequest(reason="bench", first_day=last - timedelta(days=364), last_day=last)
    before = peak = resident_kib(os.getpid())
    begun = time.perf_counter()
    making = asyncio.create_task(house.make(wish))
    while not making.done():
        await asyncio.sleep(0.1)
        peak = max(peak, resident_kib(os.getpid()))
    calls, size = await making
    whole = time.perf_counter() - begun
    grown = (peak - before) / 1024
    keys = KeyFolder(house.places.keys_dir).public()
    begun = time.perf_counter()
    report = await asyncio.to_thread(verify_pack, house.places.documents_dir / "pack.zip", keys)
    verified = time.perf_counter() - begun
    return [
        Row(
            what="one call's pack, from the request to the last byte",
            bar=f"≤ {_CALL_BAR:.0f} s",
            measured=f"{one:.2f} s",
            passed=one <= _CALL_BAR,
            values={"seconds": one},
        ),
        Row(
            what=f"pack of a period with {calls:,} calls",
            bar=f"grows ≤ {_GROWN_BAR:.0f} MiB",
            measured=f"{whole:.0f} s, {size / 1e6:.0f} MB, grew {grown:.0f} MiB, verified in {verified:.1f} s",
            passed=grown <= _GROWN_BAR and report.sound,
            values={"seconds": whole, "bytes": size, "grown_mib": grown, "verify_seconds": verified},
        ),
    ]


BENCH = Bench(name="evidence", title="evidence packs", limit_seconds=900, measure=measure)
