"""Fixtures of the operator: a key with every permission, and an HTTP client that holds it; cheap passwords."""

from collections.abc import AsyncIterator, Iterator

import argon2
import httpx
import pytest
from litestar import Litestar
from tests.support.hall.plugin import client_of

from yunhu.domains.identity import passwords
from yunhu.domains.identity.public import OPERATOR_SCOPES, KeyWish, create_api_key
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Argon2id at its weakest, in this process only: a product that a test starts has the real one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "STRENGTH", argon2.profiles.CHEAPEST)
        yield


@pytest.fixture
async def operator_token(database: Database, vault: Vault, clock: ManualClock) -> str:
    """An operator key with every scope that one can have."""
    wish = KeyWish(name="operator test", scopes=sorted(OPERATOR_SCOPES), rate_per_minute=1_000_000)
    async with database.transaction() as session:
        token, _ = await create_api_key(session, vault, None, wish, clock.now())
    return token


@pytest.fixture
async def operator_client(app: Litestar, operator_token: str) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client that holds that key."""
    async with client_of(app, operator_token) as opened:
        yield opened
