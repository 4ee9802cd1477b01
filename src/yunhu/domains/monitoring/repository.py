"""What monitors read: running calls, robots, trunks, nodes, what waits. Always by index, and small."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.foundation.db import Database

ALIVE = "state IN ('running', 'draining') AND heartbeat_at > clock_timestamp() - interval '10 seconds'"
"""SQL: whether a row of `nodes` is a node that works."""

ALIVE_NODES = ALIVE.replace("state IN", "nodes.state IN").replace("heartbeat_at >", "nodes.heartbeat_at >")

_SHOWN = f"""
    SELECT live.*, tenants.slug AS tenant, trunks.name AS trunk, robots.name AS robot,
        asked.purpose, journeys.hall, journeys.queue_number, journeys.matter, journeys."window",
        scenarios.slug AS scenario
    FROM live_calls AS live
    JOIN nodes ON nodes.id = live.node_id AND {ALIVE_NODES}
    JOIN tenants ON tenants.id = live.tenant_id
    LEFT JOIN trunks ON trunks.id = live.trunk_id
    LEFT JOIN calls ON calls.id = live.call_id
    LEFT JOIN robots ON robots.id = calls.robot_id
    LEFT JOIN notifications AS asked ON asked.id = live.notification_id
    LEFT JOIN journeys ON journeys.id = live.journey_id
    LEFT JOIN scenarios ON scenarios.id = journeys.scenario_id
"""  # noqa: S608 constant text
_ALL = text(f"{_SHOWN} WHERE live.stage <> 'ended' ORDER BY live.call_id")
_OF_TENANT = text(
    f"{_SHOWN} WHERE live.tenant_id = :tenant_id AND live.stage <> 'ended' ORDER BY live.call_id"
)
_SINCE = text(f"{_SHOWN} WHERE live.node_id = :node_id AND live.version > :version ORDER BY live.call_id")
_VERSIONS = text("SELECT node_id, max(version) AS version FROM live_calls GROUP BY node_id")

_ROBOTS = text(
    """
    SELECT tenant_id, id, name, call_id FROM robots
    WHERE NOT retired AND tenant_id = ANY(CAST(:tenants AS uuid[])) ORDER BY tenant_id, name
    """
)
# The claim index holds what is pending and nothing else.
_WAITING = text(
    """
    SELECT tenant_id, channel, count(*) AS waiting, count(*) FILTER (WHERE due_at <= :now) AS due,
        min(deadline) AS next_deadline
    FROM notifications WHERE state = 'pending' AND tenant_id = ANY(CAST(:tenants AS uuid[]))
    GROUP BY tenant_id, channel
    """
)
_TRUNKS = text(
    f"""
    WITH alive AS (SELECT id FROM nodes WHERE {ALIVE}),
    seen AS (
        SELECT s.trunk_id, count(*) FILTER (WHERE s.usable) AS usable, count(*) AS nodes,
            min(s.detail) FILTER (WHERE NOT s.usable) AS trouble, min(s.detail) AS detail
        FROM trunk_states AS s JOIN alive ON alive.id = s.node_id GROUP BY s.trunk_id
    )
    SELECT t.id, t.name, t.kind, t.enabled, coalesce(seen.usable, 0) AS usable, coalesce(seen.nodes, 0) AS nodes,
        coalesce(seen.trouble, seen.detail, '') AS detail,
        (SELECT count(*) FROM live_calls AS l WHERE l.trunk_id = t.id AND l.stage <> 'ended') AS calls,
        ARRAY(SELECT DISTINCT n.tenant_id FROM caller_numbers AS n
              WHERE n.trunk_id = t.id AND n.tenant_id IS NOT NULL AND n.state <> 'released') AS tenants
    FROM trunks AS t LEFT JOIN seen ON seen.trunk_id = t.id
    WHERE t.enabled ORDER BY t.name
    """  # noqa: S608 constant text
)
_NODES = text(
    f"""
    SELECT id, name, state, started_at, heartbeat_at, {ALIVE} AS alive,
        extract(epoch FROM clock_timestamp() - heartbeat_at) AS silent_seconds,
        (SELECT count(*) FROM live_calls AS l WHERE l.node_id = nodes.id AND l.stage <> 'ended') AS calls
    FROM nodes WHERE state IN ('running', 'draining') OR heartbeat_at > clock_timestamp() - interval '1 day'
    ORDER BY started_at DESC LIMIT 200
    """  # noqa: S608 constant text
)
_PAUSES = text(
    """
    SELECT p.*, s.slug AS scenario FROM pauses AS p LEFT JOIN scenarios AS s ON s.id = p.scenario_id
    WHERE p.tenant_id = ANY(CAST(:tenants AS uuid[])) AND p.resumed_at IS NULL
      AND (p."until" IS NULL OR p."until" > :now)
    ORDER BY p.id
    """
)
_ALL_TENANTS = text("SELECT id, slug FROM tenants WHERE disabled_at IS NULL ORDER BY slug")
_SLUGS = text("SELECT id, slug FROM scenarios WHERE tenant_id = :tenant_id")
_SLUG = text("SELECT slug FROM scenarios WHERE id = :id")
_TENANT = text("SELECT id FROM tenants WHERE slug = :slug")


async def calls_of(session: AsyncSession, tenant_id: UUID | None) -> Sequence[Any]:
    """Running calls of a tenant, or of all."""
    if tenant_id is None:
        return (await session.execute(_ALL)).all()
    return (await session.execute(_OF_TENANT, {"tenant_id": tenant_id})).all()


async def calls_since(session: AsyncSession, node_id: UUID, version: int) -> Sequence[Any]:
    """What a node wrote after a version, endings included."""
    return (await session.execute(_SINCE, {"node_id": node_id, "version": version})).all()


async def versions(session: AsyncSession) -> dict[UUID, int]:
    """How far each node has written."""
    return {row.node_id: row.version for row in (await session.execute(_VERSIONS)).all()}


async def robots_of(session: AsyncSession, tenants: Sequence[UUID]) -> Sequence[Any]:
    """Robots in use, with the call that each speaks in."""
    return (await session.execute(_ROBOTS, {"tenants": list(tenants)})).all()


async def waiting_of(session: AsyncSession, tenants: Sequence[UUID], now: Any) -> Sequence[Any]:
    """What waits, by tenant and channel."""
    return (await session.execute(_WAITING, {"tenants": list(tenants), "now": now})).all()


async def trunks(session: AsyncSession) -> Sequence[Any]:
    """Trunks in use, with what the nodes say of them and whose numbers they carry."""
    return (await session.execute(_TRUNKS)).all()


async def nodes(session: AsyncSession) -> Sequence[Any]:
    """Nodes of today, newest first."""
    return (await session.execute(_NODES)).all()


async def pauses_standing(session: AsyncSession, tenants: Sequence[UUID], now: Any) -> Sequence[Any]:
    """Pauses that hold now."""
    return (await session.execute(_PAUSES, {"tenants": list(tenants), "now": now})).all()


async def all_tenants(session: AsyncSession) -> dict[UUID, str]:
    """Ids and slugs of tenants in use."""
    return {row.id: row.slug for row in (await session.execute(_ALL_TENANTS)).all()}


async def tenant_id_of(database: Database, slug: str) -> UUID | None:
    """Which tenant a slug names."""
    async with database.transaction() as session:
        found: UUID | None = await session.scalar(_TENANT, {"slug": slug})
    return found


async def scenario_slugs(session: AsyncSession, tenant_id: UUID) -> dict[UUID, str]:
    """A tenant's scenarios by id."""
    return {row.id: row.slug for row in (await session.execute(_SLUGS, {"tenant_id": tenant_id})).all()}


async def scenario_slug(session: AsyncSession, scenario_id: UUID) -> str | None:
    """One scenario's slug."""
    found: str | None = await session.scalar(_SLUG, {"id": scenario_id})
    return found
