"""Every query of messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SUBMITTED = text(
    """
    UPDATE sms_messages SET state = 'submitted', submitted_at = :now WHERE id = :id AND state = 'submitting'
    """
)

# A receipt that overtook the answer to its submit is waiting among the orphans; it is taken from there.
ADD_PARTS = text(
    """
    WITH named AS (
        SELECT smsc_id, part FROM unnest(CAST(:smsc_ids AS text[])) WITH ORDINALITY AS given (smsc_id, part)
        WHERE smsc_id <> ''
    ), early AS (
        DELETE FROM sms_orphan_receipts USING named
        WHERE account_id = :account_id AND smsc_message_id = named.smsc_id
        RETURNING smsc_message_id, state
    )
    INSERT INTO sms_parts (account_id, smsc_message_id, message_id, part, state)
    SELECT :account_id, smsc_id, :id, part, early.state
    FROM named LEFT JOIN early ON early.smsc_message_id = named.smsc_id
    ON CONFLICT DO NOTHING
    """
)

PART_STATES = text("SELECT state FROM sms_parts WHERE message_id = :id")

FINISH = text(
    """
    UPDATE sms_messages SET state = :state, final_at = :now, raw_status = coalesce(:raw_status, raw_status)
    WHERE id = :id AND (final_at IS NULL OR (state = 'unknown' AND :state IN ('delivered', 'undelivered')))
    RETURNING id, notification_id, state
    """
)

RECEIVE = text(
    """
    UPDATE sms_parts SET state = :state
    WHERE account_id = :account_id AND smsc_message_id = :smsc_id
    RETURNING message_id
    """
)

NOTE_RAW = text("UPDATE sms_messages SET raw_status = :raw_status WHERE id = :id")

KEEP_ORPHAN = text(
    """
    INSERT INTO sms_orphan_receipts (account_id, smsc_message_id, state, raw_status, at)
    VALUES (:account_id, :smsc_id, :state, :raw_status, :at)
    ON CONFLICT (account_id, smsc_message_id) DO UPDATE
    SET state = excluded.state, raw_status = excluded.raw_status, at = excluded.at
    """
)

# A receipt written in the very moment in which its part was being stored meets neither; it is found here.
MATCH_ORPHANS = text(
    """
    WITH late AS (
        DELETE FROM sms_orphan_receipts AS o USING sms_parts AS p
        WHERE p.account_id = o.account_id AND p.smsc_message_id = o.smsc_message_id
        RETURNING o.account_id, o.smsc_message_id, o.state
    )
    UPDATE sms_parts AS p SET state = late.state FROM late
    WHERE p.account_id = late.account_id AND p.smsc_message_id = late.smsc_message_id
    RETURNING p.message_id
    """
)

FORGET_ORPHANS = text("DELETE FROM sms_orphan_receipts WHERE at < :before")

NOTIFICATION_OF = text("SELECT notification_id FROM sms_messages WHERE id = :id")

OVERDUE = text(
    """
    SELECT id, notification_id FROM sms_messages WHERE final_at IS NULL AND receipt_deadline <= :now
    ORDER BY receipt_deadline LIMIT :limit FOR UPDATE SKIP LOCKED
    """
)


async def mark_submitted(
    session: AsyncSession, message_id: UUID, account_id: UUID, smsc_ids: Sequence[str], now: datetime
) -> None:
    """The SMSC took every part."""
    await session.execute(SUBMITTED, {"id": message_id, "now": now})
    await add_parts(session, message_id, account_id, smsc_ids)


async def add_parts(
    session: AsyncSession, message_id: UUID, account_id: UUID, smsc_ids: Sequence[str]
) -> None:
    """Keep the SMSC's ids, to match receipts by."""
    await session.execute(ADD_PARTS, {"id": message_id, "account_id": account_id, "smsc_ids": list(smsc_ids)})


async def part_states(session: AsyncSession, message_id: UUID) -> Sequence[str | None]:
    """What receipts said of each named part so far."""
    return (await session.execute(PART_STATES, {"id": message_id})).scalars().all()


async def finish(
    session: AsyncSession, message_id: UUID, state: str, now: datetime, raw_status: str | None = None
) -> Any | None:
    """Make a state final, once; a receipt may still settle what was unknown."""
    values = {"id": message_id, "state": state, "now": now, "raw_status": raw_status}
    return (await session.execute(FINISH, values)).one_or_none()


async def notification_of(session: AsyncSession, message_id: UUID) -> UUID:
    """Whose message it is."""
    found: UUID = (await session.execute(NOTIFICATION_OF, {"id": message_id})).scalar_one()
    return found


async def receive(session: AsyncSession, account_id: UUID, smsc_id: str, state: str) -> UUID | None:
    """Write a receipt to its part; the message's id, or None when no part has that id (yet)."""
    values = {"account_id": account_id, "smsc_id": smsc_id, "state": state}
    return (await session.execute(RECEIVE, values)).scalar_one_or_none()


async def note_raw(session: AsyncSession, message_id: UUID, raw_status: str) -> None:
    """Keep what the SMSC said, as it said it."""
    await session.execute(NOTE_RAW, {"id": message_id, "raw_status": raw_status})


async def keep_orphan(session: AsyncSession, values: dict[str, Any]) -> None:
    """Keep a receipt that belongs to nothing we know yet."""
    await session.execute(KEEP_ORPHAN, values)


async def match_orphans(session: AsyncSession, forget_before: datetime) -> Sequence[UUID]:
    """Give early receipts to their parts; the messages concerned. Very old ones belong to nobody."""
    await session.execute(FORGET_ORPHANS, {"before": forget_before})
    return (await session.execute(MATCH_ORPHANS)).scalars().all()


async def overdue(session: AsyncSession, now: datetime, limit: int) -> Sequence[Any]:
    """Messages whose receipt's deadline passed, locked."""
    return (await session.execute(OVERDUE, {"now": now, "limit": limit})).all()
