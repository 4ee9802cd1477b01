"""A real HTTP receiver on a port of its own, which answers as it is told and verifies every signature."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from standardwebhooks.webhooks import Webhook

Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]


def status(code: int, *lines: str, body: bytes = b"") -> Reply:
    """Answer with this status, these header lines and this body."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {code} X", *lines, f"Content-Length: {len(body)}", "", ""]
        writer.write("\r\n".join(head).encode() + body)
        await writer.drain()

    return reply


class Receiver:
    """Takes requests; `replies` are used up one by one, then `otherwise`."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.otherwise: Reply = status(204)
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self._server: asyncio.Server | None = None
        self._changed = asyncio.Condition()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/hook"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.requests]

    def verified(self, secret: str) -> list[Any]:
        return [Webhook(secret).verify(body, headers) for headers, body in self.requests]

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def count(self, wanted: int) -> None:
        """Wait until so many requests came."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(lambda: len(self.requests) >= wanted)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = (line.partition(":") for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            async with self._changed:
                self.requests.append((headers, body))
                self._changed.notify_all()
            await (self.replies.pop(0) if self.replies else self.otherwise)(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
