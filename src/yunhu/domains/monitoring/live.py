"""Reads the state of things for one viewer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.monitoring import repository
from yunhu.domains.monitoring.schemas import (
    LiveView,
    RobotView,
    Surroundings,
    live_call_view,
    node_view,
    pause_view,
    trunk_view,
    waiting_views,
)


class Viewer(msgspec.Struct, frozen=True):
    """Who looks, and at what."""

    tenant_id: UUID | None
    """None: all tenants."""
    operator: bool
    """Without content, with nodes and details of trunks."""

    def sees(self, tenant_id: UUID) -> bool:
        """Whether a tenant's calls are in view."""
        return self.tenant_id is None or self.tenant_id == tenant_id


async def read_live(session: AsyncSession, viewer: Viewer, now: datetime) -> LiveView:
    """Everything at this moment."""
    rows = await repository.calls_of(session, viewer.tenant_id)
    around = await read_surroundings(session, viewer, now)
    calls = [live_call_view(row, content=not viewer.operator) for row in rows]
    return LiveView(at=now, calls=calls, **msgspec.structs.asdict(around))


async def read_surroundings(session: AsyncSession, viewer: Viewer, now: datetime) -> Surroundings:
    """Robots, trunks, what waits, pauses; for the operator nodes too."""
    slugs = await repository.all_tenants(session)
    wanted: Sequence[UUID] = list(slugs) if viewer.tenant_id is None else [viewer.tenant_id]
    robots = await repository.robots_of(session, wanted)
    trunks = await repository.trunks(session)
    waiting = await repository.waiting_of(session, wanted, now)
    pauses = await repository.pauses_standing(session, wanted, now)
    nodes: Sequence[Any] = await repository.nodes(session) if viewer.operator else ()
    return Surroundings(
        robots=[
            RobotView(id=row.id, name=row.name, tenant=slugs.get(row.tenant_id, ""), call_id=row.call_id)
            for row in robots
        ],
        trunks=[
            trunk_view(row, operator=viewer.operator)
            for row in trunks
            if viewer.tenant_id is None or viewer.tenant_id in row.tenants
        ],
        waiting=waiting_views(waiting),
        pauses=[pause_view(row, slugs.get(row.tenant_id)) for row in pauses],
        nodes=[node_view(row) for row in nodes],
    )
