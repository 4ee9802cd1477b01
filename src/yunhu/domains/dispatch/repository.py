"""Every query of dispatch, named and commented. The order of locks is always notification → the rest."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.public import HOLD
from yunhu.domains.dispatch.gate import facts_sql
from yunhu.domains.dispatch.placed import Way
from yunhu.domains.filings.public import TAKE_VOLUME
from yunhu.domains.notifications.public import DISPATCH_CHANNEL, FACT_OF, TOLD
from yunhu.domains.numbers.public import BELOW_LIMITS, COUNT, SHOWABLE, TAKE

_NO_LIMIT = 2**31 - 1

# Of each trunk's numbers the first way that carries fewer calls than it may, those of other nodes and tenants counted.
# One look at all running calls; their partial index holds nothing else.
_OPEN_WAYS = """
    SELECT DISTINCT ON (w.numbers_of) w.numbers_of, w.trunk
    FROM unnest(CAST(:trunks AS uuid[]), CAST(:ways AS uuid[]), CAST(:limits AS int[]))
        WITH ORDINALITY AS w (numbers_of, trunk, most, place)
    LEFT JOIN (SELECT trunk_id, count(*) AS calls FROM calls WHERE state <> 'ended' GROUP BY trunk_id) AS live
        ON live.trunk_id = w.trunk
    WHERE picked.channel = 'voice' AND coalesce(live.calls, 0) < w.most
    ORDER BY w.numbers_of, w.place
"""

# What the gate looks at, for one row named `picked`.
_SNAPSHOT = f"""
    SELECT picked.*, version.state AS script_state, version.text AS script_text, version.slots, version.text_hash,
        script.slug AS script,
        coalesce((SELECT calls FROM callee_days AS d
                  WHERE d.day = :day AND d.callee_index = picked.callee_index), 0) AS calls_today,
        EXISTS (SELECT FROM refusals AS r WHERE r.tenant_id = picked.tenant_id
                AND r.callee_index = picked.callee_index AND r.lifted_at IS NULL) AS refused,
        EXISTS (SELECT FROM calls AS c
                WHERE c.callee_index = picked.callee_index AND c.state <> 'ended') AS callee_in_call,
        robots.total AS robots, robots.free AS robots_free, numbers.total AS numbers, numbers.free AS numbers_free,
        numbers.on_open_trunks AS numbers_on_open_trunks, ways.numbers_of AS open_numbers_of, ways.trunks AS open_trunks,
        EXISTS (SELECT FROM smsc_accounts WHERE tenant_id = :tenant_id AND enabled) AS sms_account{facts_sql()}
    FROM picked
    JOIN script_versions AS version ON version.id = picked.script_version_id
    JOIN scripts AS script ON script.id = version.script_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS total, count(*) FILTER (WHERE call_id IS NULL) AS free
        FROM robots WHERE tenant_id = :tenant_id AND NOT retired
    ) AS robots
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(way.numbers_of), '{{}}') AS numbers_of, coalesce(array_agg(way.trunk), '{{}}') AS trunks
        FROM ({_OPEN_WAYS}) AS way
    ) AS ways
    CROSS JOIN LATERAL (
        SELECT count(*) AS total, count(*) FILTER (WHERE {BELOW_LIMITS}) AS free,
            count(*) FILTER (WHERE {BELOW_LIMITS} AND n.trunk_id = ANY(ways.numbers_of)) AS on_open_trunks
        FROM caller_numbers AS n
        WHERE n.tenant_id = :tenant_id AND n.trunk_id = ANY(CAST(:trunks AS uuid[])) AND {SHOWABLE}
    ) AS numbers
"""  # noqa: S608 constant text

# Candidate and snapshot in one statement. Nothing is picked while every robot of the tenant is leased, so a
# tenant at its limit costs one index look-up. Rows locked by another dispatcher or by intake are passed over.
PICK_VOICE = text(
    f"""
    WITH picked AS (
        SELECT n.* FROM notifications AS n
        WHERE n.channel = 'voice' AND n.tenant_id = :tenant_id AND n.state = 'pending' AND n.due_at <= :now
          AND n.id <> ALL(CAST(:excluded AS uuid[]))
          AND EXISTS (SELECT FROM robots WHERE tenant_id = :tenant_id AND call_id IS NULL AND NOT retired)
        ORDER BY n.priority DESC, n.deadline, n.id
        LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    {_SNAPSHOT}
    """  # noqa: S608 constant text
)

# The same snapshot for a notification that does not exist: "would this be allowed, and why not?"
PREVIEW = text(
    f"""
    WITH picked AS (
        SELECT CAST(:tenant_id AS uuid) AS tenant_id, CAST(:callee_index AS bytea) AS callee_index,
            CAST(:version_id AS uuid) AS script_version_id, CAST(NULL AS uuid) AS journey_id,
            CAST(:channel AS text) AS channel, CAST(:purpose AS text) AS purpose,
            CAST(:deadline AS timestamptz) AS deadline, CAST(:due_at AS timestamptz) AS due_at,
            CAST(CAST(:parameters AS text) AS jsonb) AS parameters
    )
    {_SNAPSHOT}
    """
)

# And for one that waited in vain: what was missing when its time was up?
SNAPSHOT_OF = text(
    f"""
    WITH picked AS (SELECT n.* FROM notifications AS n WHERE n.id = :id)
    {_SNAPSHOT}
    """  # noqa: S608 constant text
)

ENABLED_TRUNKS = text("SELECT id FROM trunks WHERE enabled")

# Law 1: robot, caller number, daily cap and call row are taken together or not at all, in one statement. Robot and
# number are passed over while another dispatcher holds them; the cap is counted only when both were had.
RESERVE = text(
    f"""
    WITH robot AS (
        SELECT id FROM robots WHERE tenant_id = :tenant_id AND call_id IS NULL AND NOT retired
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    ), number AS ({TAKE}
    ), counted AS (
        INSERT INTO callee_days AS d (day, callee_index, calls)
        SELECT :day, :callee_index, 1 FROM robot, number
        ON CONFLICT (day, callee_index) DO UPDATE SET calls = d.calls + 1 WHERE d.calls < :cap
        RETURNING d.calls
    ), shown AS (
        UPDATE caller_numbers AS n SET {COUNT} FROM number, counted WHERE n.id = number.id
        RETURNING n.id, n.e164, n.trunk_id
    ), leased AS (
        UPDATE robots SET call_id = :call_id FROM robot, counted WHERE robots.id = robot.id RETURNING robots.id
    ), placed AS (
        INSERT INTO calls (id, tenant_id, notification_id, attempt, callee_cipher, callee_index, day, caller_number,
            caller_number_id, trunk_id, robot_id, node_id, script_version_id, filing_version_id, text_hash, text,
            verdict, state, reserved_at, recording)
        SELECT :call_id, :tenant_id, :notification_id, :attempt, :callee_cipher, :callee_index, :day, shown.e164,
            shown.id, way.trunk, leased.id, :node_id, :version_id, :filing_version_id, :text_hash, :text,
            CAST(:verdict AS jsonb), 'dialling', :now, :recording
        FROM shown, leased, unnest(CAST(:trunks AS uuid[]), CAST(:ways AS uuid[])) AS way (numbers_of, trunk)
        WHERE way.numbers_of = shown.trunk_id
        RETURNING id, caller_number, trunk_id
    ), activated AS (
        UPDATE notifications SET state = 'active', attempts = attempts + 1, revision = revision + 1
        FROM placed WHERE notifications.id = :notification_id
        RETURNING notifications.id, tenant_id, journey_id, client_reference, channel, purpose, state, result,
            attempts, revision, parameters
    ), noted AS (
        INSERT INTO timeline_entries (notification_id, tenant_id, at, kind, detail)
        SELECT id, tenant_id, :now, 'started', CAST(:detail AS jsonb) FROM activated
    ), published AS ({FACT_OF.format(rows="activated")})
    SELECT placed.caller_number, placed.trunk_id, shown.trunk_id AS numbers_of, {TOLD}
    FROM placed, shown
    """  # noqa: S608 constant text
)

# The filing's day and the contract's money are rows that every call of a tenant takes: one round trip before the commit.
METER = text(
    f"""
    WITH volume AS ({TAKE_VOLUME}), {HOLD}
    SELECT EXISTS (SELECT FROM volume) AS volume, EXISTS (SELECT FROM held) AS held
    """  # noqa: S608 constant text
)

DEFER = text("UPDATE notifications SET due_at = :until WHERE id = :id")

# Whoever waits for a robot looks again.
RELEASE_ROBOT = text(
    f"""
    WITH freed AS (UPDATE robots SET call_id = NULL WHERE call_id = :call_id RETURNING tenant_id)
    SELECT pg_notify('{DISPATCH_CHANNEL}', 'voice:' || tenant_id) FROM freed
    """  # noqa: S608 constant text
)

# Which tenants have something to do now. One row a tenant, by the claim index.
DUE_TENANTS = text(
    """
    SELECT DISTINCT tenant_id FROM notifications
    WHERE channel = :channel AND state = 'pending' AND due_at <= :now
    """
)

NEXT_DUE = text(
    "SELECT min(due_at) FROM notifications WHERE channel = :channel AND state = 'pending' AND due_at > :now"
)

OVERDUE = text(
    """
    SELECT id FROM notifications WHERE state = 'pending' AND deadline <= :now
    ORDER BY deadline LIMIT :limit FOR UPDATE SKIP LOCKED
    """
)


async def pick_voice(session: AsyncSession, parameters: dict[str, Any]) -> Any | None:
    """The best due notification of a tenant, locked, with its snapshot; None when there is nothing to do."""
    return (await session.execute(PICK_VOICE, parameters)).one_or_none()


async def preview(session: AsyncSession, parameters: dict[str, Any]) -> Any:
    """The snapshot of a notification that was not created. Every enabled trunk counts as usable."""
    return (await session.execute(PREVIEW, {**parameters, **await _every_trunk(session)})).one()


async def snapshot_of_waiting(session: AsyncSession, parameters: dict[str, Any]) -> Any:
    """The snapshot of a notification that nobody picked. Every enabled trunk counts as usable."""
    return (await session.execute(SNAPSHOT_OF, {**parameters, **await _every_trunk(session)})).one()


async def _every_trunk(session: AsyncSession) -> dict[str, Any]:
    """Each enabled one as its own way, with room: how full they are changes from second to second."""
    trunks = list((await session.execute(ENABLED_TRUNKS)).scalars())
    return way_columns([Way(trunk, trunk, _NO_LIMIT) for trunk in trunks])


def way_columns(ways: Sequence[Way]) -> dict[str, Any]:
    """The ways as parameters of the snapshot statements."""
    return {
        "trunks": [way.numbers_of for way in ways],
        "ways": [way.trunk for way in ways],
        "limits": [way.limit for way in ways],
    }


async def meter(session: AsyncSession, parameters: dict[str, Any]) -> Any:
    """Take one call of the filing's day (`volume`) and one piece of quota with its price (`held`), where there is one."""
    return (await session.execute(METER, parameters)).one()


async def reserve(session: AsyncSession, parameters: dict[str, Any]) -> Any | None:
    """Take everything that a call needs; None when something was gone in between."""
    return (await session.execute(RESERVE, parameters)).one_or_none()


async def defer(session: AsyncSession, notification_id: UUID, until: datetime) -> None:
    """Move the due time on."""
    await session.execute(DEFER, {"id": notification_id, "until": until})


async def release_robot(session: AsyncSession, call_id: UUID) -> None:
    """The robot may speak again."""
    await session.execute(RELEASE_ROBOT, {"call_id": call_id})


async def due_tenants(session: AsyncSession, channel: str, now: datetime) -> Sequence[UUID]:
    """Tenants with something due."""
    return (await session.execute(DUE_TENANTS, {"channel": channel, "now": now})).scalars().all()


async def next_due(session: AsyncSession, channel: str, now: datetime) -> datetime | None:
    """When something that waits becomes due."""
    return (await session.execute(NEXT_DUE, {"channel": channel, "now": now})).scalar_one_or_none()


async def overdue(session: AsyncSession, now: datetime, limit: int) -> Sequence[UUID]:
    """Pending notifications whose deadline has passed, locked."""
    return (await session.execute(OVERDUE, {"now": now, "limit": limit})).scalars().all()
