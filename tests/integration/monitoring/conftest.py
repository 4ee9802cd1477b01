"""A hall whose calls are watched."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.dispatch.rig import Rig, equip
from tests.support.hall.builders import Hall

from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database


@pytest.fixture
async def rig(
    database: Database, vault: Vault, clock: ManualClock, hall: Hall, tmp_path: Path
) -> AsyncIterator[Rig]:
    """One node, at the sandbox's own speed: a phone rings 1.5 s and hears two prompts of half a second."""
    trunk_id = await equip(database, hall.tenant_id, clock.now())
    async with Rig(database, vault, clock, trunk_id, tmp_path, speed=1, monitored=True) as rig:
        yield rig
