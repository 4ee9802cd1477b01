"""Rows of a chosen age, straight into the tables, without what they would refer to."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.foundation.ids import lowest_id


def id_at(moment: datetime) -> UUID:
    """A UUIDv7 of that moment."""
    return UUID(int=lowest_id(moment).int | 7 << 76 | 2 << 62 | uuid4().int & ((1 << 62) - 1))


async def add_visit(
    session: AsyncSession,
    tenant_id: UUID,
    at: datetime,
    *,
    recorded: bool = True,
    without: Collection[str] = (),
    callee: bytes = b"",
    version: UUID | None = None,
) -> UUID:
    """A journey with its event, notification, line, call, recording, message and delivery. Returns the call's id.

    `without`: tables that get no row.
    """
    await session.execute(text("SET LOCAL session_replication_role = replica"))  # no other tables needed
    ids = {name: id_at(at) for name in ("event", "journey", "notification", "call", "message")}
    values = {
        **ids,
        "t": tenant_id,
        "at": at,
        "later": at + timedelta(seconds=1),
        "day": at.date(),
        "word": uuid4().hex,
        "path": f"{at:%Y-%m-%d}/{ids['call']}.wav",
        "callee": callee,
        "version": version or ids["call"],
    }
    left_out = {*without, *(() if recorded else ("recordings",))}
    for statement in _INSERTS:
        if statement.split(maxsplit=3)[2] in left_out:
            continue
        wanted = text(statement)
        await session.execute(wanted, {name: values[name] for name in wanted.compile().params})
    return ids["call"]


_INSERTS = (
    """INSERT INTO queue_events (id, tenant_id, event_id, body_hash, event, hall, journey_id, occurred_at, received_at,
       facts, answer) VALUES (:event, :t, :word, '', 'taken', 'main', :journey, :at, :at, '{}', '{}')""",
    """INSERT INTO journeys (id, tenant_id, hall, day, queue_number, state, judged_at, created_at)
       VALUES (:journey, :t, 'main', :day, :word, 'served', :at, :at)""",
    """INSERT INTO notifications (id, tenant_id, journey_id, announcement, purpose, channel, script_version_id, parameters,
       callee_cipher, callee_index, plan, priority, deadline, due_at, state, created_at, finished_at)
       VALUES (:notification, :t, :journey, 0, 'your_turn', 'voice', :journey, '{}', '', '', '{}', 1, :at, :at,
       'delivered', :at, :later)""",
    """INSERT INTO timeline_entries (notification_id, tenant_id, at, kind, detail)
       VALUES (:notification, :t, :at, 'created', '{}')""",
    """INSERT INTO calls (id, tenant_id, notification_id, attempt, callee_cipher, callee_index, day, caller_number,
       caller_number_id, trunk_id, robot_id, node_id, script_version_id, text, verdict, state, reserved_at, ended_at,
       result, recording)
       VALUES (:call, :t, :notification, 1, '', :callee, :day, '', :call, :call, :call, :call, :version, '', '{}', 'ended', :at,
       :later, 'answered', :path)""",
    """INSERT INTO sms_messages (id, tenant_id, notification_id, attempt, account_id, node_id, callee_cipher,
       callee_index, script_version_id, text, verdict, state, created_at, receipt_deadline, final_at)
       VALUES (:message, :t, :notification, 1, :call, :call, '', :callee, :version, '', '{}', 'delivered', :at, :at, :later)""",
    """INSERT INTO sms_parts (account_id, smsc_message_id, message_id, part)
       VALUES (:call, :word, :message, 1)""",
    """INSERT INTO callback_deliveries (endpoint_id, tenant_id, type, subject_id, payload, occurred_at, state,
       next_attempt_at, give_up_at, created_at) VALUES (:call, :t, 'x', :call, '{}', :at, 'delivered', :at, :at, :at)""",
    """INSERT INTO recordings (call_id, tenant_id, path, sha256, bytes, seconds, created_at)
       VALUES (:call, :t, :path, '\\x00', 1, 1.0, :at)""",
)
