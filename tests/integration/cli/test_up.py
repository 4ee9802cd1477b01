"""`yunhu up` as a process: ready, supervised, and gone without a trace."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

READY_SECONDS = 120


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _processes_of(data_dir: Path) -> dict[int, str]:
    """Every process that was given this data directory, with its command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environ = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(data_dir).encode() in environ or f"{data_dir}/postgres" in command:
                found[int(entry.name)] = command
    return found


def _children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class _Up:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.api = f"http://127.0.0.1:{_free_port()}"
        self.node = f"http://127.0.0.1:{_free_port()}"
        self.process: asyncio.subprocess.Process

    async def start(self) -> None:
        environ = {
            **os.environ,
            "YUNHU_DATA_DIR": str(self.data_dir),
            "YUNHU_HTTP_PORT": self.api.rpartition(":")[2],
            "YUNHU_METRICS_PORT": self.node.rpartition(":")[2],
            "YUNHU_DRAIN_SECONDS": "2",
        }
        with (self.data_dir / "up.log").open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "yunhu.entrypoints.cli", "up", env=environ, stdout=log, stderr=log
            )

    async def ready(self) -> None:
        async with asyncio.timeout(READY_SECONDS), httpx.AsyncClient(trust_env=False) as client:
            for base in (self.api, self.node):
                while not await _answers(client, base):
                    assert self.process.returncode is None, (self.data_dir / "up.log").read_text()
                    await asyncio.sleep(0.1)


async def _answers(client: httpx.AsyncClient, base: str) -> bool:
    try:
        return (await client.get(f"{base}/readyz")).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
async def up(tmp_path: Path) -> AsyncIterator[_Up]:
    running = _Up(tmp_path)
    await running.start()
    yield running
    if running.process.returncode is None:
        running.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(running.process.wait(), 60)


async def test_given_a_first_start_when_ready_then_it_survives_a_dead_child_and_leaves_nothing(up):
    await up.ready()
    key = up.data_dir / "keys" / "example-hall.key"
    assert key.stat().st_mode & 0o777 == 0o600
    (api,) = (pid for pid in _children_of(up.process.pid) if "cli api" in _processes_of(up.data_dir)[pid])

    os.kill(api, signal.SIGKILL)
    async with asyncio.timeout(60):
        while api in _processes_of(up.data_dir):
            await asyncio.sleep(0.1)
    await up.ready()

    up.process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(up.process.wait(), 60) == 0
    assert _processes_of(up.data_dir) == {}


async def test_given_a_running_up_when_it_is_killed_then_its_children_end(up):
    await up.ready()

    up.process.kill()
    await up.process.wait()

    async with asyncio.timeout(60):
        while any("entrypoints.cli" in command for command in _processes_of(up.data_dir).values()):
            await asyncio.sleep(0.1)
    await up.start()
    await up.ready()


async def test_given_a_first_start_when_its_printed_link_is_used_then_there_is_one_administrator_and_no_link_more(
    up,
):
    await up.ready()
    token = await _printed_token(up.data_dir / "up.log")
    person = {"token": token, "login": "wang.min", "display_name": "王敏", "password": "Straw-Kettle-41"}
    async with httpx.AsyncClient(base_url=up.api, trust_env=False) as client:
        for login in ("admin", "administrator", "root", "yunhu"):
            guess = await client.post("/api/v1/session", json={"login": login, "password": "admin12345"})
            assert guess.status_code == 401, "there is no account before somebody made one"
        assert (await client.post("/api/v1/invitations/accept", json=person)).status_code == 204
        again = await client.post("/api/v1/invitations/accept", json=person)
        assert again.status_code == 410
        begun = await client.post(
            "/api/v1/session", json={"login": person["login"], "password": person["password"]}
        )
    assert (begun.status_code, begun.json()["step"]) == (200, "enrolment"), "a second factor comes first"

    up.process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(up.process.wait(), 60) == 0
    await up.start()
    await up.ready()
    await _told(up.data_dir / "up.log", "is ready.")
    assert "no administrator yet" not in (up.data_dir / "up.log").read_text("utf-8")


async def _printed_token(log: Path) -> str:
    """What stands in the link, as a person would copy it."""
    shown = await _told(log, "/welcome#token=")
    return shown.partition("/welcome#token=")[2].split()[0]


async def _told(log: Path, wanted: str) -> str:
    """The output, as soon as it holds the words and the end of their line."""
    async with asyncio.timeout(READY_SECONDS):
        while wanted not in (shown := log.read_text("utf-8")) or "\n" not in shown.partition(wanted)[2]:
            await asyncio.sleep(0.1)
    return shown
