"""The whole product with its console, started once; a browser; everybody who signs in."""

import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.support.console.browser import ROOT, Seat, running_browser, seat
from tests.support.console.people import Cast
from tests.support.main_job.product import RunningProduct

from yunhu.foundation.db import open_database
from yunhu.foundation.db.embedded import start_embedded
from yunhu.foundation.settings import Settings

_READY_SECONDS = 400
"""A first start joins the speech models, on a machine that other tests use at the same time."""
Sit = Callable[[str | None], Awaitable[Seat]]


@pytest.fixture(scope="session")
def built_console() -> None:
    """Built from the sources as they are."""
    subprocess.run([sys.executable, str(ROOT / "console" / "build.py")], check=True, timeout=280)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def product(
    built_console: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningProduct]:
    """`yunhu up` with the sandbox carrier and the example hall."""
    directory = tmp_path_factory.mktemp("console")
    lent = tmp_path_factory.mktemp("console-lent")
    async with RunningProduct(directory, lent=lent, secrets={}, ready_seconds=_READY_SECONDS) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cast(product: RunningProduct) -> AsyncIterator[Cast]:
    """The people."""
    everybody = Cast(product)
    yield everybody
    await everybody.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser; each test has windows of its own."""
    async with running_browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def sit(product: RunningProduct, cast: Cast, browser: Browser) -> AsyncIterator[Sit]:
    """`await sit("tenant:agent")` is a window signed in as that role; `await sit(None)` one of nobody."""
    async with AsyncExitStack() as stack:

        async def open_seat(role: str | None) -> Seat:
            person = await cast.person(role) if role is not None else None
            return await stack.enter_async_context(seat(browser, product.url, person))

        yield open_seat


@pytest_asyncio.fixture(loop_scope="session")
async def records(product: RunningProduct) -> AsyncIterator[AsyncConnection]:
    """The product's own database."""
    server = start_embedded(
        Settings(data_dir=product.data_dir).database_dir
    )  # the running one: one more holds it
    database = open_database(server.url(), pool_size=1)
    async with database.engine.connect() as connection:
        yield connection
    await database.close()
    server.release()


@pytest.fixture(scope="session")
def console_sources() -> Path:
    """`console/src`."""
    return ROOT / "console" / "src"
