"""All in one: database, API and call node, supervised, on one machine."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import httpx
import msgspec
import structlog

from yunhu.domains.identity.links import Invitation
from yunhu.entrypoints.migrate import upgrade
from yunhu.entrypoints.up_banner import banner
from yunhu.entrypoints.up_child import Child
from yunhu.entrypoints.up_first_start import invite_administrator, load_example
from yunhu.foundation.db import open_database
from yunhu.foundation.db.embedded import EmbeddedServer, start_embedded
from yunhu.foundation.errors import SettingsError
from yunhu.foundation.settings import PREFIX, Settings, environment_of

_CLOSING_SECONDS = 15.0
"""What a child may take beyond draining, to write down and close."""
_LOOK_SECONDS = 0.2

log = structlog.get_logger()


class Up:
    """One run of `yunhu up`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = asyncio.Event()
        self._children: list[Child] = []
        self._invitation: Invitation | None = None

    async def run(self) -> int:
        """Run until SIGTERM or SIGINT; returns the exit code."""
        self._catch_signals()
        with _only_one(self._settings.data_dir):
            _refuse_taken_ports(self._settings)
            server = self._start_database()
            try:
                url = self._settings.database_url or (server.url() if server else "")
                await self._prepare(url)
                if not self._stopping.is_set():
                    await self._serve(url)
            finally:
                if server:
                    server.release()
        return 0

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_signal)

    def _on_signal(self) -> None:
        if self._stopping.is_set():
            for child in self._children:
                child.kill()
        self._stopping.set()

    def _start_database(self) -> EmbeddedServer | None:
        if self._settings.database_url:
            return None
        _forget_dead_holders(self._settings.database_dir)
        return start_embedded(self._settings.database_dir)

    async def _prepare(self, url: str) -> None:
        database = open_database(url, pool_size=2)
        try:
            await upgrade(database)
            await load_example(self._settings, database)
            self._invitation = await invite_administrator(self._settings, database)
        finally:
            await database.close()

    async def _serve(self, url: str) -> None:
        environment = _child_environment(msgspec.structs.replace(self._settings, database_url=url))
        self._children = [Child(name, [name], environment) for name in ("api", "node")]
        running = [asyncio.create_task(child.keep_running()) for child in self._children]
        ready = asyncio.create_task(self._say_when_ready())
        await self._stopping.wait()
        ready.cancel()
        log.info("up.stopping", drain_seconds=self._settings.drain_seconds)
        limit = self._settings.drain_seconds + _CLOSING_SECONDS
        await asyncio.gather(*(child.stop(limit) for child in self._children))
        await asyncio.gather(*running, ready, return_exceptions=True)

    async def _say_when_ready(self) -> None:
        host = _reachable(self._settings.http_host)
        async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
            for port in (self._settings.http_port, self._settings.metrics_port):
                await _until_ready(client, f"http://{host}:{port}/readyz")
        click.echo(banner(self._settings, self._invitation))


async def _until_ready(client: httpx.AsyncClient, url: str) -> None:
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if (await client.get(url)).status_code == httpx.codes.OK:
                return
        await asyncio.sleep(_LOOK_SECONDS)


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 compared, not bound


def _child_environment(settings: Settings) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(PREFIX) or name.startswith(f"{PREFIX}SECRET_")
    }
    return {**kept, **environment_of(settings)}


@contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "up.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingsError(f"`yunhu up` is running already with {data_dir}") from error
        yield


def _refuse_taken_ports(settings: Settings) -> None:
    for name, port in (("HTTP_PORT", settings.http_port), ("METRICS_PORT", settings.metrics_port)):
        family = socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.http_host, port))
            except OSError as error:
                raise SettingsError(f"port {port} is taken; choose another with {PREFIX}{name}") from error


def _forget_dead_holders(directory: Path) -> None:
    """Strike out processes that were killed before they could let go of the server, so that it stops with the last."""
    path = directory / ".handle_pids.json"
    with contextlib.suppress(OSError, ValueError):
        holders = json.loads(path.read_text())
        path.write_text(json.dumps([pid for pid in holders if Path(f"/proc/{pid}").exists()]))
