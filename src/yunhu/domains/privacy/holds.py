"""Legal holds: what a complaint is about stays, whatever its age."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.privacy.errors import HeldCallNotFoundError
from yunhu.domains.privacy.models import LegalHold
from yunhu.foundation.actor import Actor
from yunhu.foundation.ids import new_id

_CALL_STANDS = text("SELECT EXISTS (SELECT FROM calls WHERE id = :id AND tenant_id = :tenant_id)")

_HOLD = text(
    """
    INSERT INTO legal_holds (id, tenant_id, call_id, reason, held_by, held_at)
    VALUES (:id, :tenant_id, :call_id, :reason, :held_by, :now)
    ON CONFLICT (call_id, reason) WHERE lifted_at IS NULL DO NOTHING
    """
)

# What was passed over while it was held is looked at again.
_LOOK_AGAIN = text(
    "UPDATE retention_progress SET done_before = 'epoch', first_left = :lowest WHERE tenant_id = :tenant_id"
)


async def hold_call(
    session: AsyncSession, actor: Actor, *, tenant_id: UUID, call_id: UUID, reason: str, now: datetime
) -> LegalHold:
    """Keep a call, its recording and its notification until the hold is lifted; the same reason twice is one hold.

    Raises `HeldCallNotFoundError`. Locks the audit chain's head: call it last.
    """
    if not await session.scalar(_CALL_STANDS, {"id": call_id, "tenant_id": tenant_id}):
        raise HeldCallNotFoundError
    values = {
        "id": new_id(),
        "tenant_id": tenant_id,
        "call_id": call_id,
        "reason": reason,
        "held_by": actor.name,
        "now": now,
    }
    fresh = (await session.execute(_HOLD, values)).rowcount  # type: ignore[attr-defined]
    row = await session.scalar(
        select(LegalHold).where(
            LegalHold.call_id == call_id, LegalHold.reason == reason, LegalHold.lifted_at.is_(None)
        )
    )
    if row is None:
        raise HeldCallNotFoundError("the hold was lifted at this very moment")
    if fresh:
        await record(
            session,
            actor,
            action="hold.place",
            subject=("call", call_id),
            tenant_id=tenant_id,
            reason=reason,
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
        row.lifted_at = now
        await session.flush()
        await session.execute(_LOOK_AGAIN, {"tenant_id": tenant_id, "lowest": UUID(int=0)})
        await record(
            session,
            actor,
            action="hold.lift",
            subject=("call", row.call_id),
            tenant_id=tenant_id,
            reason=row.reason,
            now=now,
        )
    return row


async def holds_of(
    session: AsyncSession, tenant_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[LegalHold]:
    """A tenant's holds, newest first, lifted ones included."""
    query = select(LegalHold).where(LegalHold.tenant_id == tenant_id)
    if before is not None:
        query = query.where(LegalHold.id < before)
    return (await session.scalars(query.order_by(LegalHold.id.desc()).limit(limit))).all()
