"""The product as a user runs it: `yunhu up` and its commands, each a process, over plain HTTP."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from tests.support.peers.ports import LOOPBACK, free_port

T = TypeVar("T")

_CLI = (sys.executable, "-m", "yunhu.entrypoints.cli")
_READY_SECONDS = 120
_END_SECONDS = 60
_COMMAND_SECONDS = 120
_LOOK_SECONDS = 0.05


class RunningProduct:
    """One installation with its own data directory, embedded database and ports.

    `models` and `prompts` are lent to it, so that runs beside each other neither join the speech models nor
    render the same sentence twice. `secrets` are its YUNHU_SECRET_* variables.
    """

    def __init__(
        self, directory: Path, *, lent: Path, secrets: dict[str, str], ready_seconds: float = _READY_SECONDS
    ) -> None:
        self._ready_seconds = ready_seconds
        self.data_dir = directory / "data"
        self.data_dir.mkdir()
        for name in ("models", "prompts"):
            (lent / name).mkdir(exist_ok=True)
            (self.data_dir / name).symlink_to(lent / name)
        http, metrics = free_port(), free_port()
        self.url = f"http://{LOOPBACK}:{http}"
        self._node_url = f"http://{LOOPBACK}:{metrics}"
        self._log = directory / "up.log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("YUNHU_")},
            "YUNHU_DATA_DIR": str(self.data_dir),
            "YUNHU_HTTP_PORT": str(http),
            "YUNHU_METRICS_PORT": str(metrics),
            "YUNHU_SIP_BIND": LOOPBACK,
            "YUNHU_SIP_PORT": "0",
            "YUNHU_CALLBACKS_TO_PRIVATE": "true",
            "YUNHU_DRAIN_SECONDS": "2",
            **secrets,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        setpriv = shutil.which("setpriv")
        # However the test runner ends, the kernel asks `up` to end, and `up` takes its children with it.
        guard = (setpriv, "--pdeathsig", "TERM", "--") if setpriv else ()
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *guard,
                *_CLI,
                "up",
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            await self._ready()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            error.add_note(f"`yunhu up` said: … {self.log[-3000:]}")
        await self._stop()

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_END_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise AssertionError(
                f"`yunhu up` did not end within {_END_SECONDS} s: {self.log[-3000:]}"
            ) from None

    @property
    def log(self) -> str:
        """What it said so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    async def command(self, *arguments: str) -> str:
        """Run `yunhu <arguments>` and return what it printed; AssertionError when it fails."""
        process = await asyncio.create_subprocess_exec(
            *_CLI,
            *arguments,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_COMMAND_SECONDS):
                out, err = await process.communicate()
        finally:
            with suppress(ProcessLookupError):
                process.kill()
        assert process.returncode == 0, f"yunhu {' '.join(arguments)}: {out.decode()}{err.decode()}"
        return out.decode()

    async def _ready(self) -> None:
        assert self._process is not None
        async with asyncio.timeout(self._ready_seconds), httpx.AsyncClient(trust_env=False) as client:
            for base in (self.url, self._node_url):
                while not await _answers(client, f"{base}/readyz"):
                    assert self._process.returncode is None, self.log[-3000:]
                    await asyncio.sleep(_LOOK_SECONDS)


class HallClient:
    """A queue system's and an integrator's way in: HTTP with an API key."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(base_url=f"{url}/api/v1", headers=headers, trust_env=False, timeout=20)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def post_event(self, **event: Any) -> dict[str, Any]:
        """Post one queue event; its answer."""
        answer = await self._http.post("/queue-events", json=event)
        assert answer.status_code == 202, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def show(self, path: str, **query: Any) -> Any:
        """GET something as JSON."""
        return (await self._got(path, **query)).json()

    async def octets(self, path: str) -> bytes:
        """GET a file, by the path that the API itself named."""
        return (await self._got(path.removeprefix("/api/v1"))).content

    async def shown(self, path: str, condition: Callable[[Any], T | None], what: str, limit: float) -> T:
        """Ask again until the condition gives something for what is shown; that is returned."""
        seen: Any = None
        try:
            async with asyncio.timeout(limit):
                while not (found := condition(seen := await self.show(path))):
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError:
            raise AssertionError(f"within {limit:g} s it was not shown that {what}: {seen}") from None
        return found

    async def _got(self, path: str, **query: Any) -> httpx.Response:
        answer = await self._http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == 200
    except httpx.HTTPError:
        return False
