"""The example hall behind the product's own API process, for the examples of the documents."""

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
import msgspec
import pytest
from sqlalchemy import text

from yunhu.domains.identity.public import TENANT_SCOPES, KeyWish, create_api_key
from yunhu.entrypoints.apply import ApplyContext, apply_file
from yunhu.entrypoints.apply_file import read_tenant_file
from yunhu.entrypoints.up_first_start import example_text
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import load_vault
from yunhu.foundation.db import open_database
from yunhu.foundation.db.embedded import EmbeddedServer

_DATABASE = "docs_examples"


class ExampleHall(msgspec.Struct, frozen=True):
    """Where the API of the example hall is."""

    url: str
    key_file: Path
    database_url: str
    data_dir: Path

    @property
    def key(self) -> str:
        """With every scope."""
        return self.key_file.read_text().strip()


@pytest.fixture(scope="module")
def example_hall(postgres: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExampleHall]:
    """A real server process; no call node, so that nothing changes what an example shows."""
    directory = tmp_path_factory.mktemp("example")
    token = asyncio.run(_prepare(postgres, directory / "data"))
    key_file = directory / "key"
    key_file.write_text(f"{token}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "YUNHU_DATABASE_URL": postgres.url(_DATABASE),
        "YUNHU_DATA_DIR": str(directory / "data"),
        "YUNHU_HTTP_PORT": str(port),
        "YUNHU_CALLBACKS_TO_PRIVATE": "true",
    }
    log = directory / "api.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "yunhu.entrypoints.cli", "api"],
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_ready(url, log)
        yield ExampleHall(url, key_file, postgres.url(_DATABASE), directory / "data")
    finally:
        process.terminate()
        process.wait(timeout=20)


async def _prepare(postgres: EmbeddedServer, data_dir: Path) -> str:
    connection = await asyncpg.connect(postgres.url("postgres"))
    await connection.execute(f"DROP DATABASE IF EXISTS {_DATABASE} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {_DATABASE} TEMPLATE yunhu_template STRATEGY file_copy")
    await connection.close()
    database = open_database(postgres.url(_DATABASE))
    vault = load_vault(data_dir / "keys")
    context = ApplyContext(database, vault, SystemClock(), {}, callbacks_to_private=True)
    await apply_file(context, read_tenant_file(example_text()), dry_run=False)
    async with database.transaction() as session:
        tenant_id = await session.scalar(text("SELECT id FROM tenants"))
        wish = KeyWish(name="docs", scopes=sorted(TENANT_SCOPES))
        token, _ = await create_api_key(session, vault, tenant_id, wish, datetime.now(UTC))
    await database.close()
    return token


def _wait_ready(url: str, log: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the API did not become ready: {log.read_text()}")
