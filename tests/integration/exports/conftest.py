"""What exports are made with: the installation's own keys, which the writing process opens, too."""

import pytest
from prometheus_client import CollectorRegistry

from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault, load_vault
from yunhu.foundation.db import Database
from yunhu.foundation.http import Services
from yunhu.foundation.settings import Settings


@pytest.fixture
def vault(settings: Settings) -> Vault:
    """Not the tests' usual one, which no process could open."""
    return load_vault(settings.keys_dir)


@pytest.fixture
def services(settings: Settings, database: Database, vault: Vault, clock: ManualClock) -> Services:
    """As the worker has them."""
    return Services(settings, database, vault, clock, CollectorRegistry())
