"""What a tenant needs to call people: a trunk, robots, caller numbers; and a node that tests equipment."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.calls.models import Trunk
from yunhu.domains.dispatch.models import Robot
from yunhu.domains.numbers.models import CallerNumber, NumberRegion
from yunhu.domains.tasks.public import TaskWorker
from yunhu.entrypoints.equipment_tests import handlers
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.http import Services
from yunhu.foundation.ids import new_id
from yunhu.foundation.settings import Settings


def caller(index: int) -> str:
    """Number of the i-th caller number."""
    return f"+86298888{index:04d}"


async def equip_hall(
    session: AsyncSession,
    tenant_id: UUID,
    now: datetime,
    *,
    kind: str = "sandbox",
    config: Mapping[str, Any] | None = None,
    robots: int = 2,
    numbers: int = 4,
    limit: int = 500,
    shared: UUID | None = None,
    first: int = 0,
) -> UUID:
    """Robots, and caller numbers on one trunk, each for `limit` calls a minute, hour and day; the trunk's id.

    `shared` is the trunk of another tenant, whose numbers end before the `first`.
    """
    trunk_id = shared or await _add_trunk(session, now, kind, config or {})
    session.add_all(Robot(id=new_id(), tenant_id=tenant_id, name=f"robot-{i}") for i in range(robots))
    session.add(NumberRegion(tenant_id=tenant_id, region="29"))
    session.add_all(
        CallerNumber(
            id=new_id(),
            tenant_id=tenant_id,
            trunk_id=trunk_id,
            e164=caller(i),
            region="29",
            state="allocated",
            per_minute=limit,
            per_hour=limit,
            per_day=limit,
            max_concurrent=limit,
            created_at=now,
        )
        for i in range(first, first + numbers)
    )
    await session.flush()
    return trunk_id


async def _add_trunk(session: AsyncSession, now: datetime, kind: str, config: Mapping[str, Any]) -> UUID:
    trunk = Trunk(
        id=new_id(),
        name=kind,
        kind=kind,
        config=dict(config),
        enabled=True,
        created_at=now,
        updated_at=now,
    )
    session.add(trunk)
    await session.flush()
    return trunk.id


@asynccontextmanager
async def probing_node(
    settings: Settings, database: Database, vault: Vault, clock: Clock
) -> AsyncIterator[None]:
    """What the node of these settings does with tests."""
    services = Services(settings, database, vault, clock, None)  # type: ignore[arg-type]
    worker = TaskWorker(database, clock, handlers(services))
    worker.start()
    yield
    await worker.stop()
