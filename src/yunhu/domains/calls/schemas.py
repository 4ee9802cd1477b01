"""Calls over the wire. Numbers of people are masked; our own caller numbers are not personal."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from yunhu.domains.notifications.public import About
from yunhu.foundation.crypto import Vault


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """One call attempt."""

    id: UUID
    notification_id: UUID
    attempt: int
    journey_id: UUID | None
    queue_number: str | None
    matter: str | None
    """As the visit was when the call was asked for, like `window`."""
    window: str | None
    callee: str
    """Masked."""
    caller_number: str
    state: str
    result: str | None
    reason: str | None
    ended_by: str | None
    sip_code: int | None
    q850: int | None
    answered_by: str | None
    digits: str
    reserved_at: datetime
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    seconds_talked: float | None
    """From the answer to the end."""
    script_version_id: UUID
    text: str
    """What the callee was to hear, word for word."""


class CallDetail(CallView, frozen=True, kw_only=True):
    """One call attempt with its proof."""

    early_media_at: datetime | None
    verdict: dict[str, Any]
    """Every rule of the gate with what it saw."""
    heard: list[dict[str, Any]]
    """Prompts in the order spoken, with the hash of the filed text each was rendered from."""
    recording: str | None
    """Where to fetch it, while the call was answered or had early media."""


class OperatorCallView(msgspec.Struct, frozen=True, kw_only=True):
    """One call attempt as the operator sees it: without callee, visit, words, keys and verdict (row D8)."""

    id: UUID
    tenant: str
    """Slug."""
    notification_id: UUID
    attempt: int
    caller_number: str
    trunk: str
    """That carried it at last."""
    node: str
    state: str
    result: str | None
    reason: str | None
    ended_by: str | None
    sip_code: int | None
    q850: int | None
    answered_by: str | None
    reserved_at: datetime
    early_media_at: datetime | None
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    seconds_talked: float | None
    """From the answer to the end."""


def _seconds_talked(row: Any) -> float | None:
    return (row.ended_at - row.answered_at).total_seconds() if row.ended_at and row.answered_at else None


_OF_THE_ROW = frozenset(CallView.__struct_fields__) - {
    "callee",
    "seconds_talked",
    *About.__struct_fields__,
}


def _common(row: Any, vault: Vault, about: About) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _OF_THE_ROW}
    callee = vault.open_phone(row.callee_cipher).masked
    return {
        **values,
        **msgspec.structs.asdict(about),
        "callee": callee,
        "seconds_talked": _seconds_talked(row),
    }


def call_view(row: Any, vault: Vault, about: About) -> CallView:
    """A row of `calls` for a list."""
    return CallView(**_common(row, vault, about))


def call_detail(row: Any, vault: Vault, about: About) -> CallDetail:
    """A row of `calls` with everything."""
    return CallDetail(
        **_common(row, vault, about),
        early_media_at=row.early_media_at,
        verdict=row.verdict,
        heard=row.heard,
        recording=f"/api/v1/calls/{row.id}/recording" if row.recording else None,
    )


def operator_call_view(row: Any) -> OperatorCallView:
    """A row of `call_of_anybody`."""
    names = OperatorCallView.__struct_fields__
    values = {name: getattr(row, name) for name in names if name != "seconds_talked"}
    return OperatorCallView(**values, seconds_talked=_seconds_talked(row))
