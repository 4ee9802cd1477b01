"""Bring notifications into being, any number in one statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications.events import DISPATCH_CHANNEL, PROMPTS_CHANNEL
from yunhu.domains.notifications.repository_record import Record
from yunhu.domains.notifications.states import NotificationState, Purpose

DEFAULT_PRIORITY = {Purpose.YOUR_TURN: 8, Purpose.NEAR_TURN: 5, Purpose.NOTICE: 3}


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A notification that is to be."""

    id: UUID
    tenant_id: UUID
    purpose: Purpose
    channel: str
    script_version_id: UUID
    parameters: dict[str, str]
    callee_cipher: bytes
    callee_index: bytes
    plan: str
    """A `DeliveryPlan` as JSON."""
    priority: int
    deadline: datetime
    due_at: datetime
    journey_id: UUID | None = None
    announcement: int = 0
    client_reference: str | None = None
    request_hash: bytes | None = None
    scenario_id: UUID | None = None
    matter: str | None = None
    """As it is now: reports count by it for good."""
    window: str | None = None
    state: str = NotificationState.PENDING.value
    result: str | None = None
    finished_at: datetime | None = None
    attempts: int = 0
    revision: int = 1
    """The event `notification.created` is the first that is published about it."""


_COLUMNS = {
    "id": "uuid",
    "tenant_id": "uuid",
    "journey_id": "uuid",
    "announcement": "int",
    "scenario_id": "uuid",
    "matter": "text",
    "window": "text",
    "purpose": "text",
    "channel": "text",
    "script_version_id": "uuid",
    "parameters": "jsonb",
    "client_reference": "text",
    "request_hash": "bytea",
    "callee_cipher": "bytea",
    "callee_index": "bytea",
    "plan": "jsonb",
    "priority": "int",
    "deadline": "timestamptz",
    "due_at": "timestamptz",
    "state": "text",
    "result": "text",
    "finished_at": "timestamptz",
    "revision": "int",
}
_ARRAYS = ", ".join(
    f"CAST(:draft_{name} AS text[])::jsonb[]" if kind == "jsonb" else f"CAST(:draft_{name} AS {kind}[])"
    for name, kind in _COLUMNS.items()
)
# A clash can only be one of client_reference: announcements are numbered under the lock of their journey.
INSERT_DRAFTS = f"""
    INSERT INTO notifications ({", ".join(f'"{name}"' for name in _COLUMNS)}, created_at)
    SELECT drafted.*, CAST(:now AS timestamptz) FROM unnest({_ARRAYS}) AS drafted
    ON CONFLICT (tenant_id, client_reference) WHERE client_reference IS NOT NULL DO NOTHING
    RETURNING id
"""  # noqa: S608 the columns are the constants above
"""With `draft_columns` and `now`."""
_INSERT = text(INSERT_DRAFTS)


async def create_notifications(session: AsyncSession, drafts: Sequence[Draft], record: Record) -> set[UUID]:
    """Insert, and put timeline, event and wake-ups on the record. Returns the ids that were inserted.

    An id is left out when its `client_reference` was taken in the meantime.
    """
    if not drafts:
        return set()
    inserted = set(await session.scalars(_INSERT, {**draft_columns(drafts), "now": record.now}))
    for draft in drafts:
        if draft.id in inserted:
            tell_created(draft, record)
            wake_for(draft, record)
    return inserted


def draft_columns(drafts: Sequence[Draft]) -> dict[str, list[Any]]:
    """Parameters of `INSERT_DRAFTS`."""
    columns: dict[str, list[Any]] = {
        f"draft_{name}": [getattr(draft, name) for draft in drafts] for name in _COLUMNS
    }
    columns["draft_parameters"] = [msgspec.json.encode(draft.parameters).decode() for draft in drafts]
    return columns


def tell_created(draft: Draft, record: Record) -> None:
    """Timeline and event of a notification that has come into being."""
    detail = {"purpose": draft.purpose, "channel": draft.channel, "deadline": draft.deadline}
    record.line(draft.id, draft.tenant_id, "created", detail)
    record.event("notification.created", draft)


def wake_for(draft: Draft, record: Record) -> None:
    """Tell those who have work with it."""
    record.wake(DISPATCH_CHANNEL, f"{draft.channel}:{draft.tenant_id}")
    if draft.channel == "voice":
        record.wake(PROMPTS_CHANNEL, f"notification:{draft.id}")


def overtaken(draft: Draft, record: Record) -> Draft:
    """The draft as it is kept when a later event of the same transaction made it pointless, with what that tells."""
    state = NotificationState.SUPERSEDED.value
    ended = msgspec.structs.replace(
        draft, state=state, result=state, finished_at=record.now, revision=draft.revision + 1
    )
    record.line(draft.id, draft.tenant_id, state, {})
    record.event(f"notification.{state}", ended)
    return ended
