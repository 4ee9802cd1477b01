"""Reads lists of the API in this process, as somebody may: same handlers, same guards, no socket."""

from collections.abc import Mapping

import httpx
import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

from yunhu.domains.exports.public import ExportBrokenError, ListPage, ListRefusedError, Lists
from yunhu.domains.identity.public import INSIDE, Caller


class OwnLists(Lists):
    """Asks an application, once it is there."""

    def __init__(self, app: ASGIApp | None = None) -> None:
        self.app = app

    async def page(self, caller: Caller, path: str, query: Mapping[str, str]) -> ListPage:
        """Raises `ExportBrokenError`, and `ListRefusedError` with what the list says to the query."""
        app = self.app
        assert app is not None, "the application was not given"  # noqa: S101

        async def inside(scope: Scope, receive: Receive, send: Send) -> None:
            scope[INSIDE] = caller  # type: ignore[literal-required]
            await app(scope, receive, send)

        transport = httpx.ASGITransport(inside)  # type: ignore[arg-type]
        async with httpx.AsyncClient(
            transport=transport, base_url="http://inside", trust_env=False
        ) as client:
            answer = await client.get(f"/api/v1{path}", params=dict(query))
        if answer.is_server_error:
            raise ExportBrokenError("the list could not be read")
        if not answer.is_success:
            problem = msgspec.json.decode(answer.content)
            told = problem.get("detail") or problem.get("title") or ""
            raise ListRefusedError(told, list_problem=problem.get("id"))
        found = msgspec.json.decode(answer.content)
        if isinstance(found, list):
            return ListPage(found, None)
        return ListPage(found["items"], found["next_cursor"])
