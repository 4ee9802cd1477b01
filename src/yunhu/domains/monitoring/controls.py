"""Use cases of people who watch: stop a call, pause, go on."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.monitoring.errors import (
    AlreadyPausedError,
    CallEndedError,
    MonitoredCallNotFoundError,
    PausedByOperatorError,
    PauseNotFoundError,
    PauseOverError,
    PauseUntilInvalidError,
    ScenarioUnknownError,
)
from yunhu.domains.monitoring.gate import RULES_OF_PAUSES
from yunhu.domains.monitoring.models import Pause
from yunhu.domains.notifications.public import DISPATCH_CHANNEL, Record, StopReason, stop_notifications
from yunhu.foundation.actor import Actor
from yunhu.foundation.db import notify
from yunhu.foundation.ids import new_id

LONGEST_PAUSE = timedelta(days=31)

_CALL = text(
    "SELECT id, tenant_id, notification_id, state, result FROM calls WHERE id = :id "
    "AND (CAST(:tenant_id AS uuid) IS NULL OR tenant_id = :tenant_id)"
)
_SCENARIO = text("SELECT id FROM scenarios WHERE tenant_id = :tenant_id AND slug = :slug")
# What the gate put off for a pause, and for nothing else since, is due again.
_BRING_FORWARD = text(
    """
    UPDATE notifications AS n SET due_at = :now
    WHERE n.state = 'pending' AND n.tenant_id = :tenant_id AND n.channel IN ('voice', 'sms') AND n.due_at > :now
      AND EXISTS (SELECT FROM timeline_entries AS t
                  WHERE t.notification_id = n.id AND t.kind = 'deferred'
                    AND t.detail ->> 'reason' = ANY(CAST(:rules AS text[]))
                    AND CAST(t.detail ->> 'until' AS timestamptz) = n.due_at)
    """
)


class PauseWish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to pause."""

    scenario: str | None
    reason: str
    until: datetime | None
    by_operator: bool


async def stop_call(
    session: AsyncSession, actor: Actor, tenant_id: UUID | None, call_id: UUID, reason: str, now: datetime
) -> UUID:
    """End a running call and its notification for good; the notification's id.

    Raises `MonitoredCallNotFoundError`, `CallEndedError`.
    """
    row = (await session.execute(_CALL, {"id": call_id, "tenant_id": tenant_id})).one_or_none()
    if row is None:
        raise MonitoredCallNotFoundError
    if row.state == "ended":
        raise CallEndedError(result=row.result)
    told = Record(now)
    await stop_notifications(session, row.tenant_id, StopReason.CANCELLED, told, ids=[row.notification_id])
    await told.write(session)
    await record(
        session,
        actor,
        action="call.stop",
        subject=("call", call_id),
        tenant_id=row.tenant_id,
        after={"notification_id": row.notification_id},
        reason=reason,
        now=now,
    )
    notification_id: UUID = row.notification_id
    return notification_id


async def pause(
    session: AsyncSession, actor: Actor, tenant_id: UUID, wish: PauseWish, now: datetime
) -> Pause:
    """Let everything of a tenant, or of one scenario, wait.

    Raises `PauseUntilInvalidError`, `ScenarioUnknownError`, `AlreadyPausedError`.
    """
    if wish.until is not None and not now < wish.until <= now + LONGEST_PAUSE:
        raise PauseUntilInvalidError
    scenario_id = None if wish.scenario is None else await _scenario(session, tenant_id, wish.scenario)
    standing = await _standing(session, tenant_id, scenario_id, by_operator=wish.by_operator)
    if standing is not None:
        if standing.until is None or standing.until > now:
            raise AlreadyPausedError(pause_id=standing.id)
        standing.resumed_at, standing.resumed_by = standing.until, "monitoring.clock"
        await session.flush()
    row = Pause(
        id=new_id(),
        tenant_id=tenant_id,
        scenario_id=scenario_id,
        by_operator=wish.by_operator,
        reason=wish.reason,
        paused_by=actor.name,
        paused_at=now,
        until=wish.until,
        resume_reason="",
    )
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError:
        raise AlreadyPausedError from None  # somebody else did so at the same moment
    await _record(session, actor, "pause.begin", row, wish.reason, now)
    return row


async def resume(
    session: AsyncSession,
    actor: Actor,
    tenant_id: UUID | None,
    pause_id: UUID,
    reason: str,
    now: datetime,
) -> Pause:
    """Go on: what waited for this is due at once. `tenant_id` is None for the operator.

    Raises `PauseNotFoundError`, `PauseOverError`, `PausedByOperatorError`.
    """
    row = await session.get(Pause, pause_id, with_for_update=True)
    if row is None or (tenant_id is not None and row.tenant_id != tenant_id):
        raise PauseNotFoundError
    if row.resumed_at is not None or (row.until is not None and row.until <= now):
        raise PauseOverError
    if row.by_operator and tenant_id is not None:
        raise PausedByOperatorError
    row.resumed_at, row.resumed_by, row.resume_reason = now, actor.name, reason
    await session.flush()
    await session.execute(
        _BRING_FORWARD, {"tenant_id": row.tenant_id, "now": now, "rules": list(RULES_OF_PAUSES)}
    )
    for channel in ("voice", "sms"):
        await notify(session, DISPATCH_CHANNEL, f"{channel}:{row.tenant_id}")
    await _record(session, actor, "pause.end", row, reason, now)
    return row


async def _scenario(session: AsyncSession, tenant_id: UUID, slug: str) -> UUID:
    found: UUID | None = await session.scalar(_SCENARIO, {"tenant_id": tenant_id, "slug": slug})
    if found is None:
        raise ScenarioUnknownError(scenario=slug)
    return found


async def _standing(
    session: AsyncSession, tenant_id: UUID, scenario_id: UUID | None, *, by_operator: bool
) -> Pause | None:
    query = select(Pause).where(
        Pause.tenant_id == tenant_id,
        Pause.scenario_id.is_(None) if scenario_id is None else Pause.scenario_id == scenario_id,
        Pause.by_operator == by_operator,
        Pause.resumed_at.is_(None),
    )
    return (await session.scalars(query.with_for_update())).one_or_none()


async def _record(
    session: AsyncSession, actor: Actor, action: str, row: Pause, reason: str, now: datetime
) -> None:
    after = {"scenario_id": row.scenario_id, "until": row.until, "by_operator": row.by_operator}
    await record(
        session,
        actor,
        action=action,
        subject=("pause", row.id),
        tenant_id=row.tenant_id,
        after=after,
        reason=reason,
        now=now,
    )
