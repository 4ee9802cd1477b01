"""Serving the console: what is its own, what is not, and what browsers may keep."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from litestar.types import Receive, Scope, Send

from yunhu.foundation.http.console import CONTENT_SECURITY_POLICY, ConsoleFiles, WithConsole

HTML = {"Accept": "text/html,application/xhtml+xml"}
SCRIPT = b"console.log('" + b"x" * 2000 + b"')"


async def _api(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": [(b"x-api", b"yes")]})
    await send({"type": "http.response.body", "body": b"api", "more_body": False})


def _build(directory: Path, *, stamp: str = "one", page: bytes = b"<html>page</html>") -> None:
    assets = directory / "assets"
    assets.mkdir(parents=True, exist_ok=True)
    (directory / "index.html").write_bytes(page)
    (assets / "main-Ab12.js").write_bytes(SCRIPT)
    (assets / "main-Ab12.js.gz").write_bytes(gzip.compress(SCRIPT))
    (assets / "main-Ab12.js.br").write_bytes(b"brotli")
    (directory / "sources.sha256").write_text(stamp)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "console_dist"


@pytest.fixture
async def browser(directory: Path) -> AsyncIterator[httpx.AsyncClient]:
    served = WithConsole(_api, ConsoleFiles(directory), {"api", "docs"})
    transport = httpx.ASGITransport(served)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/users", "/operator/users/1", "/apis", "/docs-of-mine"])
async def test_given_an_address_of_the_console_when_a_browser_asks_then_it_gets_the_page(
    browser: httpx.AsyncClient, directory: Path, path: str
) -> None:
    _build(directory)
    answer = await browser.get(path, headers=HTML)
    assert (answer.status_code, answer.content) == (200, b"<html>page</html>")
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["/api", "/api/v1/nothing", "/docs", "/docs/openapi.json", "/assets/gone.js"]
)
async def test_given_a_path_of_the_api_or_a_file_that_is_gone_when_asked_then_the_api_answers(
    browser: httpx.AsyncClient, directory: Path, path: str
) -> None:
    _build(directory)
    assert (await browser.get(path, headers=HTML)).headers["x-api"] == "yes"


async def test_given_a_program_or_a_write_when_it_asks_for_a_page_then_the_api_answers(
    browser: httpx.AsyncClient, directory: Path
) -> None:
    _build(directory)
    assert (await browser.get("/users", headers={"Accept": "application/json"})).headers["x-api"] == "yes"
    assert (await browser.post("/users", headers=HTML)).headers["x-api"] == "yes"


@pytest.mark.parametrize(
    ("accepts", "coding", "content"),
    [
        ("br, gzip", "br", b"brotli"),
        ("gzip", "gzip", SCRIPT),
        ("br;q=0, gzip;q=0.5", "gzip", SCRIPT),
        ("identity", None, SCRIPT),
    ],
)
async def test_given_what_a_browser_takes_when_it_asks_for_a_script_then_it_is_sent_so_and_kept_for_good(
    directory: Path, browser: httpx.AsyncClient, accepts: str, coding: str | None, content: bytes
) -> None:
    _build(directory)
    async with browser.stream("GET", "/assets/main-Ab12.js", headers={"Accept-Encoding": accepts}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == coding
    assert (gzip.decompress(raw) if coding == "gzip" else raw) == content
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "accept-encoding"
    assert "javascript" in answer.headers["content-type"]


async def test_given_a_page_that_is_known_when_asked_again_then_nothing_is_sent(
    browser: httpx.AsyncClient, directory: Path
) -> None:
    _build(directory)
    first = await browser.get("/", headers=HTML)
    again = await browser.get("/", headers=HTML | {"If-None-Match": f"W/{first.headers['etag']}"})
    head = await browser.head("/", headers=HTML)
    assert (again.status_code, again.content) == (304, b"")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(first.content)))


async def test_given_a_new_build_when_asked_then_it_is_served_without_a_restart(
    browser: httpx.AsyncClient, directory: Path
) -> None:
    _build(directory)
    assert (await browser.get("/", headers=HTML)).content == b"<html>page</html>"
    _build(directory, stamp="two", page=b"<html>new</html>")
    assert (await browser.get("/", headers=HTML)).content == b"<html>new</html>"


async def test_given_no_build_when_asked_then_the_page_says_so_and_the_api_goes_on(
    browser: httpx.AsyncClient, directory: Path
) -> None:
    waiting = await browser.get("/", headers=HTML)
    assert (waiting.status_code, "正在构建" in waiting.text) == (503, True)
    directory.with_name("console_dist.failed").write_text("why")
    assert "构建失败" in (await browser.get("/", headers=HTML)).text
    assert (await browser.get("/api/v1/session")).headers["x-api"] == "yes"


@pytest.mark.parametrize(
    "path", ["/../pyproject.toml", "/assets/../../secret", "/%2e%2e/secret", "//etc/passwd"]
)
async def test_given_a_path_that_climbs_when_asked_then_no_file_outside_is_sent(
    browser: httpx.AsyncClient, directory: Path, path: str
) -> None:
    _build(directory)
    (directory.parent / "secret").write_text("secret")
    assert b"secret" not in (await browser.get(path, headers=HTML)).content
