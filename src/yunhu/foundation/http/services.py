"""What a slice's `wiring.py` is given to build its routes from."""

from typing import Any

import msgspec
from litestar.di import Provide
from prometheus_client import CollectorRegistry

from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.settings import Settings


class Services(msgspec.Struct, frozen=True):
    """The shared parts of one HTTP process."""

    settings: Settings
    database: Database
    vault: Vault
    clock: Clock
    registry: CollectorRegistry
    """Metrics of this process, shown at `/metrics`."""


def provided(part: Any) -> Provide:
    """A dependency that is always this very object. (Litestar copies routers deeply, but not a function's cells.)"""

    async def provide() -> Any:
        return part

    return Provide(provide)
