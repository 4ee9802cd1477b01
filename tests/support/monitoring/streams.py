"""Reads server-sent events from the application in this process, as they come."""

import asyncio
import json
from contextlib import suppress
from typing import Any, NamedTuple, Self

from litestar import Litestar


class SentEvent(NamedTuple):
    """One event of a stream."""

    name: str
    data: Any
    id: str


class EventStream:
    """A GET whose answer goes on and on. Leaving the block is what a browser does when its page is closed."""

    def __init__(self, app: Litestar, path: str, **headers: str) -> None:
        self._app = app
        self._path, _, self._query = path.partition("?")
        self._headers = headers
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()
        self._begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._left = asyncio.Event()
        self._rest = ""
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        await asyncio.wait({self._begun, self._task}, return_when=asyncio.FIRST_COMPLETED)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._left.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(10):
                await self._task

    @property
    def status(self) -> int:
        """Of the answer."""
        return self._begun.result()

    async def next(self, *, seconds: float = 10) -> SentEvent | None:
        """The next event; None when the stream has ended."""
        async with asyncio.timeout(seconds):
            while "\r\n\r\n" not in self._rest:
                chunk = await self._chunks.get()
                if not chunk:
                    return None
                self._rest += chunk.decode()
        block, _, self._rest = self._rest.partition("\r\n\r\n")
        fields: dict[str, str] = {}
        for line in block.split("\r\n"):
            name, _, value = line.partition(": ")
            fields[name] = value
        return SentEvent(fields["event"], json.loads(fields["data"]), fields.get("id", ""))

    async def until(self, name: str, condition: Any = lambda _: True, *, seconds: float = 10) -> SentEvent:
        """The next event of that name that fits."""
        seen = []
        try:
            async with asyncio.timeout(seconds):
                while (event := await self.next(seconds=seconds)) is not None:
                    seen.append(event)
                    if event.name == name and condition(event.data):
                        return event
        except TimeoutError:
            pass
        raise AssertionError(f"no such {name} came: {seen}")

    async def _run(self) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": self._query.encode(),
            "root_path": "",
            "headers": [
                (name.lower().replace("_", "-").encode(), value.encode())
                for name, value in self._headers.items()
            ],
            "client": ("127.0.0.1", 50000),
            "server": ("api", 80),
        }
        asked = False

        async def receive() -> Any:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await self._left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start" and not self._begun.done():
                self._begun.set_result(message["status"])
            if message["type"] == "http.response.body":
                if message.get("body"):
                    self._chunks.put_nowait(message["body"])
                if not message.get("more_body"):
                    self._chunks.put_nowait(b"")
                    self._left.set()

        await self._app(scope, receive, send)  # type: ignore[arg-type]


def live_stream(app: Litestar, token: str, path: str = "/api/v1/live/stream", **more: str) -> EventStream:
    """The stream of a key."""
    return EventStream(app, path, authorization=f"Bearer {token}", **more)
