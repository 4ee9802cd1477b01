"""A tenant that has no contract yet, in the place of the hall that is ready to call people."""

import pytest
from tests.support.contracts.builders import bare_tenant
from tests.support.hall.builders import Hall

from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database


@pytest.fixture
async def hall(database: Database, vault: Vault, clock: ManualClock) -> Hall:
    """The tenant `yanta` with a key, and nothing else."""
    return await bare_tenant(database, vault, clock.now())
