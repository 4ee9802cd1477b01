"""Fixtures of an example hall: clock, vault, tenant, scenario, scripts, keys, and an HTTP client."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from tests.support.hall.builders import Hall, build_hall

from yunhu.domains.identity.public import TENANT_SCOPES
from yunhu.entrypoints.api import create_app
from yunhu.foundation.clock import Clock, ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.settings import Settings

MONDAY_MORNING = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)
"""10:00 in China, inside the example hall's hours."""


@pytest.fixture
def clock() -> ManualClock:
    """Monday, 2026-02-09, 10:00 China time, until the test moves it."""
    return ManualClock(MONDAY_MORNING)


@pytest.fixture
def vault() -> Vault:
    """A vault under a fixed key."""
    return Vault(bytes(range(32)))


@pytest.fixture
async def hall(database: Database, vault: Vault, clock: ManualClock) -> Hall:
    """A tenant with the two filed texts, a scenario for hall `main`, and a key with every scope."""
    return await build_hall(database, vault, clock.now())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data directory of the test's own."""
    return Settings(data_dir=tmp_path)


@pytest.fixture
async def app(settings: Settings, database: Database, vault: Vault, clock: ManualClock) -> Litestar:
    """The API over the test's database."""
    return open_app(settings, database, vault, clock)


@pytest.fixture
async def client(app: Litestar, hall: Hall) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client that holds the hall's key."""
    async with client_of(app, hall.token) as opened:
        yield opened


def open_app(settings: Settings, database: Database, vault: Vault, clock: Clock) -> Litestar:
    """The API over these parts."""
    return create_app(settings, database, vault, clock)


def client_of(app: Litestar, token: str | None, *, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """A client that talks to the application in this process, seen as coming from `address`."""
    transport = httpx.ASGITransport(app, client=(address, 50000), raise_app_exceptions=False)  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers)


ALL_SCOPES = tuple(sorted(TENANT_SCOPES))
