"""The product's own processes for a bench: embedded PostgreSQL, the API under granian, a call node."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
from tests.support.hall.builders import ALWAYS, MENU_TEXT, TURN_TEXT, build_hall
from tests.support.hall.equipment import equip_hall

from bench.processes import free_tcp_port
from yunhu.domains.notifications.plans import KeyAction, KeyActionKind, ScenarioPlan, YourTurn
from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.crypto import load_vault
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.db.embedded import start_embedded

__all__ = ["MENU_TEXT", "TURN_TEXT", "House", "running_house"]

_PLAN = ScenarioPlan(
    your_turn=YourTurn(
        script="your-turn",
        menu="menu",
        keys=(
            KeyAction(key="1", action=KeyActionKind.REPEAT),
            KeyAction(key="9", action=KeyActionKind.REFUSE, confirmation="confirmation"),
        ),
    ),
    windows=ALWAYS,
)
"""The robot call of the example hall, without repeats: every event makes one INVITE."""
_READY_SECONDS = 60


@dataclass(frozen=True)
class House:
    """Running processes."""

    api: tuple[str, int]
    token: str
    database: Database
    node_pid: int


@asynccontextmanager
async def running_house(
    folder: Path, sip_port: int, *, robots: int = 100, numbers: int = 40
) -> AsyncIterator[House]:
    """A hall whose trunk leads to 127.0.0.1:`sip_port`, with one API process and one call node."""
    server = start_embedded(folder / "postgres")
    database = open_database(server.url(), pool_size=4)
    children: list[subprocess.Popen[bytes]] = []
    try:
        await upgrade(database)
        data = folder / "data"
        hall = await build_hall(database, load_vault(data / "keys"), datetime.now(UTC), plan=_PLAN)
        await _equip(database, hall.tenant_id, sip_port, robots=robots, numbers=numbers)
        api_port, node_port = free_tcp_port(), free_tcp_port()
        environment = {
            **os.environ,
            "YUNHU_DATABASE_URL": server.url(),
            "YUNHU_DATA_DIR": str(data),
            "YUNHU_LOG_LEVEL": "warning",
            "YUNHU_METRICS_PORT": str(node_port),
            "YUNHU_SIP_BIND": "127.0.0.1",
            "YUNHU_SIP_PORT": "0",
        }
        children += [
            _start(command, environment, folder / "house.log")
            for command in (_api_command(api_port), [sys.executable, "-m", "bench.call_node"])
        ]
        for port in (api_port, node_port):
            await _wait_ready(port, folder / "house.log")
        yield House(("127.0.0.1", api_port), hall.token, database, children[1].pid)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            await asyncio.to_thread(_reap, child)
        await database.close()
        server.release()


def _start(command: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(command, env=environment, stdout=output, stderr=output)


def _api_command(port: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--loop", "uvloop",
        "--host", "127.0.0.1", "--port", str(port), "--no-access-log",
        "yunhu.entrypoints.api:app_from_environment",
    ]  # fmt: skip


def _reap(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(timeout=15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


async def _wait_ready(port: int, log: Path) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        for _ in range(_READY_SECONDS * 10):
            try:
                if (await http.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise TimeoutError(f"not ready within {_READY_SECONDS} s: {_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-800:]


async def _equip(database: Database, tenant_id: UUID, sip_port: int, *, robots: int, numbers: int) -> None:
    now = datetime.now(UTC)
    config = {"host": "127.0.0.1", "port": sip_port, "options_seconds": 0, "max_concurrent": 1000}
    async with database.transaction() as session:
        await equip_hall(
            session,
            tenant_id,
            now,
            kind="sip",
            config=config,
            robots=robots,
            numbers=numbers,
            limit=1_000_000,
        )
