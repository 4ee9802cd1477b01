"""Import of consents from a sealed CSV file, as a node does it: progress, bad rows, one transaction."""

import asyncio
import resource
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from tests.support.hall.builders import build_hall

from bench.protocol import Bench, Row, Setup
from yunhu.domains.consent.importing import IMPORT
from yunhu.domains.documents.public import DocumentStore, NewDocument, store_document
from yunhu.domains.tasks.public import TaskWorker, enqueue_task
from yunhu.entrypoints.chores import all_handlers
from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.actor import system
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import open_database
from yunhu.foundation.db.embedded import start_embedded
from yunhu.foundation.http import Services
from yunhu.foundation.settings import Settings

_ROWS = 1_000_000
_BAD_EVERY = 100_000
_BAR_SECONDS = 60.0
_ACTOR = system("bench")


async def _file() -> AsyncIterator[bytes]:
    """Every hundred thousandth row names no phone."""
    yield b"phone,given_at,valid_until,reference\r\n"
    for first in range(0, _ROWS, 10_000):
        yield "".join(
            f"{'x' if n % _BAD_EVERY == 7 else 13_000_000_000 + n * 1009 % 999_999_999},"
            f"2026-01-{1 + n % 28:02} {n % 24:02}:00,2027-12-31,F-{n}\r\n"
            for n in range(first, first + 10_000)
        ).encode()


async def measure(setup: Setup) -> list[Row]:
    """Once: the whole task, from taking it up to its end."""
    server = start_embedded(setup.folder / "postgres")
    database = open_database(server.url(), pool_size=4)
    clock, vault = SystemClock(), Vault(bytes(range(32)))
    services = Services(Settings(data_dir=setup.folder), database, vault, clock, CollectorRegistry())
    try:
        await upgrade(database)
        hall = await build_hall(database, vault, clock.now())
        new = NewDocument(
            tenant_id=hall.tenant_id,
            kind="consent_import",
            file_name="consents.csv",
            media_type="text/csv",
            actor=_ACTOR,
            now=datetime.now(UTC),
        )
        async with database.transaction() as session:
            store = DocumentStore(services.settings.documents_dir, vault)
            document = await store_document(session, store, new, _file())
            task = await enqueue_task(
                session,
                tenant_id=hall.tenant_id,
                kind=IMPORT,
                parameters={"purpose": "notice", "skip_bad_rows": True},
                actor=_ACTOR,
                now=clock.now(),
                input_document_id=document.id,
            )
        before = _peak()
        begun, own = time.perf_counter(), time.process_time()
        worker = asyncio.create_task(TaskWorker(database, clock, all_handlers(services)).run_one())
        told = 0
        while not worker.done():
            await asyncio.wait({worker}, timeout=1.0)
            async with database.transaction() as session:
                told = max(told, await session.scalar(text("SELECT done_units FROM tasks")) or 0)
        await worker
        seconds, own = time.perf_counter() - begun, time.process_time() - own
        async with database.transaction() as session:
            report: dict[str, Any] = await session.scalar(
                text("SELECT report FROM tasks WHERE id = :id AND state = 'done'"), {"id": task.id}
            )
            kept = await session.scalar(text("SELECT count(*) FROM consents"))
        return [_row(seconds, own, _peak() - before, report or {}, kept, told)]
    finally:
        await database.close()
        server.release()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _row(seconds: float, own: float, grown: float, report: dict[str, Any], kept: int, told: int) -> Row:
    bad = _ROWS // _BAD_EVERY
    right = report.get("bad") == bad and report.get("imported") == kept == _ROWS - bad
    return Row(
        what=f"consent import of {_ROWS:,} rows",
        bar=f"≤ {_BAR_SECONDS:.0f} s, bad rows reported",
        measured=f"{seconds:.1f} s (own CPU {own:.1f} s), {report.get('bad')} bad, +{grown:.0f} MiB",
        passed=right and told > 0 and seconds <= _BAR_SECONDS,
        values={
            "seconds": seconds,
            "own_cpu": own,
            "memory_mib": grown,
            "kept": kept,
            **msgspec.to_builtins(report),
        },
    )


BENCH = Bench(name="consent_import", title="import of a million consents", limit_seconds=400, measure=measure)
