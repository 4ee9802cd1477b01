"""One visit from the number taken to the end, as one line of time: events, texts, calls, keys, callbacks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.foundation.crypto import Vault

# The tables belong to several slices; a visit's story is the one look at all of them. Each part is read off an index
# by the visit or its notifications, of which there are a handful.
_NOTIFICATIONS = text(
    """
    SELECT id, purpose, channel, state, result FROM notifications
    WHERE journey_id = :journey_id AND tenant_id = :tenant_id ORDER BY id
    """
)
_ENTRIES = text(
    """
    SELECT occurred_at AS at, 'event' AS source, event AS kind, NULL::uuid AS notification_id, id AS subject_id,
        jsonb_build_object('event_id', event_id, 'received_at', received_at, 'facts', facts, 'answer', answer) AS detail
    FROM queue_events WHERE journey_id = :journey_id AND tenant_id = :tenant_id
    UNION ALL
    SELECT at, 'notification', kind, notification_id, notification_id, detail FROM timeline_entries
    WHERE notification_id = ANY(CAST(:ids AS uuid[])) AND tenant_id = :tenant_id
    UNION ALL
    SELECT coalesce(delivered_at, created_at), 'callback', type, NULL, subject_id,
        jsonb_build_object('delivery_id', id, 'state', state, 'attempts', attempts, 'endpoint_id', endpoint_id)
    FROM callback_deliveries
    WHERE subject_id = ANY(CAST(:subjects AS uuid[])) AND tenant_id = :tenant_id
    """
)
_CALLS = text(
    """
    SELECT id, notification_id, attempt, callee_cipher, caller_number, text, state, result, reason, reserved_at,
        ringing_at, answered_at, ended_at, digits, heard, verdict, recording IS NOT NULL AS recorded
    FROM calls WHERE notification_id = ANY(CAST(:ids AS uuid[])) AND tenant_id = :tenant_id ORDER BY id
    """
)
_MESSAGES = text(
    """
    SELECT id, notification_id, attempt, callee_cipher, text, state, raw_status, created_at, submitted_at, final_at,
        verdict
    FROM sms_messages WHERE notification_id = ANY(CAST(:ids AS uuid[])) AND tenant_id = :tenant_id ORDER BY id
    """
)


class StoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened."""

    at: datetime
    source: str
    """`event` of the queue system, `notification` (a line of its timeline: keys and verdicts too), `callback`."""
    kind: str
    notification_id: UUID | None
    subject_id: UUID
    detail: dict[str, Any]


class StoryNotification(msgspec.Struct, frozen=True, kw_only=True):
    """What was owed."""

    id: UUID
    purpose: str
    channel: str
    state: str
    result: str | None


class StoryCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call of the visit."""

    id: UUID
    notification_id: UUID
    attempt: int
    callee: str
    """Masked."""
    caller_number: str
    text: str
    state: str
    result: str | None
    reason: str | None
    reserved_at: datetime
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    digits: str
    heard: list[dict[str, Any]]
    verdict: dict[str, Any]
    recording: str | None
    """Where to fetch it."""


class StoryMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One text of the visit."""

    id: UUID
    notification_id: UUID
    attempt: int
    callee: str
    """Masked."""
    text: str
    state: str
    raw_status: str | None
    created_at: datetime
    submitted_at: datetime | None
    final_at: datetime | None
    verdict: dict[str, Any]


class JourneyStory(msgspec.Struct, frozen=True, kw_only=True):
    """A visit with everything that is known of it."""

    journey_id: UUID
    notifications: list[StoryNotification]
    lines: list[StoryLine]
    """Oldest first."""
    calls: list[StoryCall]
    messages: list[StoryMessage]


async def story_of(session: AsyncSession, vault: Vault, tenant_id: UUID, journey_id: UUID) -> JourneyStory:
    """Five statements, however much happened."""
    owner = {"tenant_id": tenant_id}
    owed = (await session.execute(_NOTIFICATIONS, {**owner, "journey_id": journey_id})).all()
    ids = [row.id for row in owed]
    values = {**owner, "journey_id": journey_id, "ids": ids, "subjects": [journey_id, *ids]}
    lines = (await session.execute(_ENTRIES, values)).all()
    calls = (await session.execute(_CALLS, {**owner, "ids": ids})).all()
    messages = (await session.execute(_MESSAGES, {**owner, "ids": ids})).all()
    return JourneyStory(
        journey_id=journey_id,
        notifications=[StoryNotification(**row._mapping) for row in owed],
        lines=sorted((StoryLine(**row._mapping) for row in lines), key=lambda line: line.at),
        calls=[_call(row, vault) for row in calls],
        messages=[_message(row, vault) for row in messages],
    )


def _plain(row: Any, without: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in without}


def _call(row: Any, vault: Vault) -> StoryCall:
    return StoryCall(
        **_plain(row, ("callee_cipher", "recorded")),
        callee=vault.open_phone(row.callee_cipher).masked,
        recording=f"/api/v1/calls/{row.id}/recording" if row.recorded else None,
    )


def _message(row: Any, vault: Vault) -> StoryMessage:
    return StoryMessage(**_plain(row, ("callee_cipher",)), callee=vault.open_phone(row.callee_cipher).masked)
