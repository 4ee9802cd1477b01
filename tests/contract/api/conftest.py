"""A live API on a free port for schemathesis, which speaks plain HTTP."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
import pytest
from tests.support.hall.builders import build_hall

from yunhu.foundation.crypto import load_vault
from yunhu.foundation.db import open_database
from yunhu.foundation.db.embedded import EmbeddedServer

_DATABASE = "contract_api"


class LiveApi:
    """Where it is, and a key with every scope."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token


@pytest.fixture(scope="session")
def live_api(postgres: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApi]:
    """The real server process over a database of its own."""
    directory = tmp_path_factory.mktemp("api")
    token = asyncio.run(_prepare(postgres, directory))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-access-log", "yunhu.entrypoints.api:app_from_environment"]
    environment = {**os.environ, "YUNHU_DATABASE_URL": postgres.url(_DATABASE), "YUNHU_LOG_LEVEL": "error"}
    log = directory / "api.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=directory, env=environment, stdout=output, stderr=output)
    try:
        _wait_ready(f"http://127.0.0.1:{port}", log)
        yield LiveApi(f"http://127.0.0.1:{port}", token)
    finally:
        process.terminate()
        process.wait(timeout=60)


async def _prepare(postgres: EmbeddedServer, directory: Path) -> str:
    connection = await asyncpg.connect(postgres.url("postgres"))
    await connection.execute(f"CREATE DATABASE {_DATABASE} TEMPLATE yunhu_template STRATEGY file_copy")
    await connection.close()
    database = open_database(postgres.url(_DATABASE))
    hall = await build_hall(database, load_vault(directory / "data" / "keys"), datetime.now(UTC))
    await database.close()
    return hall.token


def _wait_ready(url: str, log: Path) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the API did not become ready: {log.read_text()}")
