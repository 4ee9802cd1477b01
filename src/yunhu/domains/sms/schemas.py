"""Messages over the wire. Numbers of people are masked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from yunhu.domains.notifications.public import About
from yunhu.domains.sms.models import MessageState, SmsMessage, SmsPart
from yunhu.foundation.crypto import Vault


class MessageView(msgspec.Struct, frozen=True, kw_only=True):
    """One text to one person."""

    id: UUID
    notification_id: UUID
    attempt: int
    journey_id: UUID | None
    queue_number: str | None
    matter: str | None
    """As the visit was when the message was asked for, like `window`."""
    window: str | None
    callee: str
    """Masked."""
    script_version_id: UUID
    text: str
    state: MessageState
    raw_status: str | None
    """What the SMS centre said last, as it said it."""
    created_at: datetime
    submitted_at: datetime | None
    final_at: datetime | None


class PartView(msgspec.Struct, frozen=True):
    """One segment at the SMS centre."""

    part: int
    smsc_message_id: str
    state: str | None


class MessageDetail(MessageView, frozen=True, kw_only=True):
    """One text with its proof."""

    verdict: dict[str, Any]
    """Every rule of the gate with what it saw."""
    parts: list[PartView]


class OperatorMessageView(msgspec.Struct, frozen=True, kw_only=True):
    """One text as the operator sees it: without callee, visit, words and verdict (row D8)."""

    id: UUID
    tenant: str
    """Slug."""
    notification_id: UUID
    attempt: int
    account: str
    """Of the SMS centre."""
    node: str
    state: MessageState
    raw_status: str | None
    created_at: datetime
    submitted_at: datetime | None
    receipt_deadline: datetime
    """Until then a receipt is waited for."""
    final_at: datetime | None
    parts: list[PartView]


def _common(row: SmsMessage, vault: Vault, about: About) -> dict[str, Any]:
    plain = (
        "id",
        "notification_id",
        "attempt",
        "script_version_id",
        "text",
        "raw_status",
        "created_at",
        "submitted_at",
        "final_at",
    )
    return {
        **{name: getattr(row, name) for name in plain},
        **msgspec.structs.asdict(about),
        "state": MessageState(row.state),
        "callee": vault.open_phone(row.callee_cipher).masked,
    }


def message_view(row: SmsMessage, vault: Vault, about: About) -> MessageView:
    """A message for a list."""
    return MessageView(**_common(row, vault, about))


def message_detail(row: SmsMessage, vault: Vault, about: About, parts: Sequence[SmsPart]) -> MessageDetail:
    """A message with everything."""
    return MessageDetail(
        **_common(row, vault, about),
        verdict=row.verdict,
        parts=_part_views(parts),
    )


def operator_message_view(row: Any, parts: Sequence[SmsPart]) -> OperatorMessageView:
    """A row of `message_of_anybody` with its segments."""
    names = set(OperatorMessageView.__struct_fields__) - {"state", "parts"}
    values = {name: getattr(row, name) for name in names}
    return OperatorMessageView(**values, state=MessageState(row.state), parts=_part_views(parts))


def _part_views(parts: Sequence[SmsPart]) -> list[PartView]:
    return [PartView(part.part, part.smsc_message_id, part.state) for part in parts]
