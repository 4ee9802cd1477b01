"""Legal holds: what a complaint or a dispute is about stays, whatever its age."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.privacy.errors import HeldCallNotFoundError, HeldScriptNotFoundError, HoldInvalidError
from yunhu.domains.privacy.held import held_call
from yunhu.domains.privacy.kinds import DataKind, HoldKind
from yunhu.domains.privacy.models import LegalHold
from yunhu.domains.privacy.removal import Window
from yunhu.foundation.actor import Actor, system
from yunhu.foundation.clock import natural_day
from yunhu.foundation.crypto import SealedPhone
from yunhu.foundation.ids import new_id

_CALL_STANDS = text("SELECT EXISTS (SELECT FROM calls WHERE id = :id AND tenant_id = :tenant_id)")
_SCRIPT = text("SELECT id FROM scripts WHERE slug = :slug AND tenant_id = :tenant_id")

_HOLD = text(
    """
    INSERT INTO legal_holds (id, tenant_id, kind, call_id, callee_cipher, callee_index, first_day, last_day, script_id,
        reason, ends_on, held_by, held_at)
    VALUES (:id, :tenant_id, :kind, :call_id, :callee_cipher, :callee_index, :first_day, :last_day, :script_id,
        :reason, :ends_on, :held_by, :now)
    ON CONFLICT (call_id, callee_index, tenant_id, first_day, last_day, script_id, reason) WHERE lifted_at IS NULL
    DO NOTHING
    """
)

# A file that no node has erased yet is not erased any more.
_RESCUE = text(
    f"""
    UPDATE recordings AS r SET erase_due_at = NULL FROM calls AS c
    WHERE c.id = r.call_id AND r.tenant_id = :tenant_id AND r.erase_due_at IS NOT NULL AND r.erased_at IS NULL
      AND {held_call("c")}
    """  # noqa: S608 fixed text
)

# What was passed over while it was held is looked at again.
_LOOK_AGAIN = text(
    "UPDATE retention_progress SET done_before = 'epoch', first_left = :lowest WHERE tenant_id = :tenant_id"
)

# The next look counts what the hold saves.
_COUNT_AGAIN = text(
    """
    UPDATE retention_progress SET done_before = 'epoch'
    WHERE tenant_id = :tenant_id AND kind IN ('calls', 'sms_messages')
    """
)

_SAME_SCRIPT = """(h.script_id IS NULL OR x.script_version_id IN (
    SELECT v.id FROM script_versions AS v WHERE v.script_id = h.script_id))"""

_CALLS_SAVED = text(
    f"""
    UPDATE legal_holds AS h SET calls_saved = CASE h.kind
        WHEN 'call' THEN (SELECT count(*) FROM calls AS x WHERE x.id = h.call_id AND x.ended_at < :before)
        WHEN 'callee' THEN (SELECT count(*) FROM calls AS x
            WHERE x.callee_index = h.callee_index AND x.tenant_id = h.tenant_id AND x.ended_at < :before)
        ELSE (SELECT count(*) FROM calls AS x
            WHERE x.tenant_id = h.tenant_id AND x.day BETWEEN h.first_day AND h.last_day AND x.ended_at < :before
              AND {_SAME_SCRIPT})
        END
    WHERE h.tenant_id = :tenant_id AND h.lifted_at IS NULL
    """  # noqa: S608 fixed text
)

_MESSAGES_SAVED = text(
    f"""
    UPDATE legal_holds AS h SET messages_saved = CASE h.kind
        WHEN 'call' THEN (SELECT count(*) FROM calls AS c JOIN sms_messages AS x ON x.notification_id = c.notification_id
            WHERE c.id = h.call_id AND x.final_at < :before)
        WHEN 'callee' THEN (SELECT count(*) FROM sms_messages AS x
            WHERE x.callee_index = h.callee_index AND x.tenant_id = h.tenant_id AND x.final_at < :before)
        ELSE (SELECT count(*) FROM sms_messages AS x
            WHERE x.tenant_id = h.tenant_id
              AND x.created_at >= CAST(h.first_day AS timestamp) AT TIME ZONE 'Asia/Shanghai'
              AND x.created_at < CAST(h.last_day + 1 AS timestamp) AT TIME ZONE 'Asia/Shanghai'
              AND x.final_at < :before AND {_SAME_SCRIPT})
        END
    WHERE h.tenant_id = :tenant_id AND h.lifted_at IS NULL
    """  # noqa: S608 fixed text
)

# Tables of other slices: only looked at here.
_CALLS = text(
    """
    SELECT c.id, c.reserved_at, c.callee_cipher, j.queue_number
    FROM calls AS c LEFT JOIN notifications AS n ON n.id = c.notification_id LEFT JOIN journeys AS j ON j.id = n.journey_id
    WHERE c.id = ANY(CAST(:ids AS uuid[]))
    """
)
_SCRIPTS = text("SELECT id, slug FROM scripts WHERE id = ANY(CAST(:ids AS uuid[]))")


class HoldWish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to stay: exactly one of call, person, days."""

    reason: str
    call_id: UUID | None = None
    callee: SealedPhone | None = None
    days: tuple[date, date] | None = None
    """First and last natural day."""
    script: str | None = None
    """Slug; narrows the days."""
    ends_on: date | None = None
    """Last natural day; None: until it is lifted."""


def kind_of(wish: HoldWish, today: date) -> HoldKind:
    """What a wish is about. Raises `HoldInvalidError`."""
    named = {
        HoldKind.CALL: wish.call_id is not None,
        HoldKind.CALLEE: wish.callee is not None,
        HoldKind.PERIOD: wish.days is not None,
    }
    chosen = [kind for kind, is_named in named.items() if is_named]
    if len(chosen) != 1:
        raise HoldInvalidError("name exactly one of call_id, phone, first_day with last_day")
    if wish.days is not None and wish.days[1] < wish.days[0]:
        raise HoldInvalidError("the last day is before the first", field="last_day")
    if wish.script is not None and wish.days is None:
        raise HoldInvalidError("a script narrows a period", field="script")
    if wish.ends_on is not None and wish.ends_on < today:
        raise HoldInvalidError("the hold would have ended before it began", field="ends_on")
    return chosen[0]


async def hold_call(
    session: AsyncSession, actor: Actor, *, tenant_id: UUID, call_id: UUID, reason: str, now: datetime
) -> LegalHold:
    """Keep a call, its recording and its notification: `place_hold` for one call."""
    wish = HoldWish(call_id=call_id, reason=reason)
    return await place_hold(session, actor, tenant_id=tenant_id, wish=wish, now=now)


async def place_hold(
    session: AsyncSession, actor: Actor, *, tenant_id: UUID, wish: HoldWish, now: datetime
) -> LegalHold:
    """Keep what the wish names until the hold is lifted or ends; the same for the same reason twice is one hold.

    Raises `HoldInvalidError`, `HeldCallNotFoundError`, `HeldScriptNotFoundError`. Locks the audit chain's head: call it
    last.
    """
    kind = kind_of(wish, natural_day(now))
    if wish.call_id is not None and not await session.scalar(
        _CALL_STANDS, {"id": wish.call_id, "tenant_id": tenant_id}
    ):
        raise HeldCallNotFoundError
    script_id = await _script(session, tenant_id, wish.script)
    first_day, last_day = wish.days or (None, None)
    same = {
        "tenant_id": tenant_id,
        "call_id": wish.call_id,
        "callee_index": wish.callee.index if wish.callee else None,
        "first_day": first_day,
        "last_day": last_day,
        "script_id": script_id,
        "reason": wish.reason,
    }
    values = {
        **same,
        "id": new_id(),
        "kind": kind.value,
        "callee_cipher": wish.callee.cipher if wish.callee else None,
        "ends_on": wish.ends_on,
        "held_by": actor.name,
        "now": now,
    }
    fresh = (await session.execute(_HOLD, values)).rowcount  # type: ignore[attr-defined]
    conditions = [getattr(LegalHold, name).is_not_distinct_from(value) for name, value in same.items()]
    row = await session.scalar(select(LegalHold).where(*conditions, LegalHold.lifted_at.is_(None)))
    if row is None:
        raise HeldCallNotFoundError("the hold was lifted at this very moment")
    if fresh:
        await session.execute(_RESCUE, {"tenant_id": tenant_id})
        await session.execute(_COUNT_AGAIN, {"tenant_id": tenant_id})
        await record(
            session,
            actor,
            action="hold.place",
            subject=_subject(row),
            tenant_id=tenant_id,
            after=_shown(row),
            reason=wish.reason,
            now=now,
        )
    return row


async def lift_hold(
    session: AsyncSession, actor: Actor, *, tenant_id: UUID, hold_id: UUID, now: datetime
) -> LegalHold:
    """Let the term run again; a second time changes nothing. Raises `HeldCallNotFoundError`."""
    row = await session.scalar(
        select(LegalHold).where(LegalHold.id == hold_id, LegalHold.tenant_id == tenant_id).with_for_update()
    )
    if row is None:
        raise HeldCallNotFoundError
    if row.lifted_at is None:
        await _lift(session, row, actor, now)
    return row


async def lift_one_ended(session: AsyncSession, now: datetime) -> bool:
    """Lift a hold whose last day is over. True when there was one."""
    query = select(LegalHold).where(LegalHold.lifted_at.is_(None), LegalHold.ends_on < natural_day(now))
    row = await session.scalar(query.order_by(LegalHold.ends_on).limit(1).with_for_update(skip_locked=True))
    if row is None:
        return False
    await _lift(session, row, system("retention"), now)
    return True


async def _lift(session: AsyncSession, row: LegalHold, actor: Actor, now: datetime) -> None:
    row.lifted_at, row.lifted_by = now, actor.name
    await session.flush()
    await session.execute(_LOOK_AGAIN, {"tenant_id": row.tenant_id, "lowest": UUID(int=0)})
    await record(
        session,
        actor,
        action="hold.lift",
        subject=_subject(row),
        tenant_id=row.tenant_id,
        reason=row.reason,
        now=now,
    )


async def count_saved(session: AsyncSession, window: Window) -> None:
    """After a complete look at calls or messages: how many of each standing hold's are beyond the term, and there."""
    statement = {DataKind.CALLS: _CALLS_SAVED, DataKind.SMS_MESSAGES: _MESSAGES_SAVED}.get(window.kind)
    if statement is not None:
        await session.execute(statement, {"tenant_id": window.tenant_id, "before": window.before})


async def holds_of(
    session: AsyncSession,
    tenant_id: UUID,
    *,
    before: UUID | None,
    limit: int,
    kind: HoldKind | None = None,
    standing: bool = False,
) -> Sequence[LegalHold]:
    """A tenant's holds, newest first, lifted ones included unless only standing ones are asked for."""
    query = select(LegalHold).where(LegalHold.tenant_id == tenant_id)
    if kind is not None:
        query = query.where(LegalHold.kind == kind)
    if standing:
        query = query.where(LegalHold.lifted_at.is_(None))
    if before is not None:
        query = query.where(LegalHold.id < before)
    return (await session.scalars(query.order_by(LegalHold.id.desc()).limit(limit))).all()


async def calls_in(session: AsyncSession, call_ids: Collection[UUID]) -> Mapping[UUID, Any]:
    """(reserved_at, callee_cipher, queue_number) of held calls, by id."""
    found = await session.execute(_CALLS, {"ids": list(call_ids)})
    return {row.id: row for row in found}


async def scripts_in(session: AsyncSession, script_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Slugs of the scripts of holds, by id."""
    found = await session.execute(_SCRIPTS, {"ids": list(script_ids)})
    return {row.id: row.slug for row in found}


async def _script(session: AsyncSession, tenant_id: UUID, slug: str | None) -> UUID | None:
    """Raises `HeldScriptNotFoundError`."""
    if slug is None:
        return None
    found: UUID | None = await session.scalar(_SCRIPT, {"slug": slug, "tenant_id": tenant_id})
    if found is None:
        raise HeldScriptNotFoundError
    return found


def _subject(row: LegalHold) -> tuple[str, UUID]:
    return ("call", row.call_id) if row.call_id is not None else ("hold", row.id)


def _shown(row: LegalHold) -> dict[str, Any]:
    """What the audit log says of a hold: nothing of the person."""
    names = ("first_day", "last_day", "script_id", "ends_on")
    return {
        "kind": row.kind,
        **{name: getattr(row, name) for name in names if getattr(row, name) is not None},
    }
