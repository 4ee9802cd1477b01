"""What this slice publishes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from yunhu.foundation.outbox import CHANNEL as OUTBOX_CHANNEL
from yunhu.foundation.outbox import Event

DISPATCH_CHANNEL = "yunhu_dispatch"
"""NOTIFY channel: `voice:<tenant id>` or `sms:<tenant id>`: something may be due now."""
STOP_CHANNEL = "yunhu_stop"
"""NOTIFY channel: `<notification id>`: its running attempt must end."""
PROMPTS_CHANNEL = "yunhu_prompts"
"""NOTIFY channel: `notification:<id>`, `journey:<id>` or `version:<id>`: a prompt will be wanted soon."""

EVENT_TYPES = {
    "notification.created": "A notification was accepted.",
    "notification.started": "An attempt has left.",
    "notification.answered": "The callee took the call.",
    "notification.retrying": "An attempt failed; another will follow.",
    "notification.delivered": "Heard or received.",
    "notification.failed": "Every permitted attempt failed.",
    "notification.expired": "The deadline passed first.",
    "notification.refused": "A rule forbids it.",
    "notification.superseded": "A later event made it pointless.",
    "notification.cancelled": "Cancelled on request.",
    "notification.unknown": "An attempt left; whether it arrived cannot be known.",
    "journey.postpone_requested": "The visitor asked for more time.",
    "callee.refused": "The visitor wants no more calls and texts.",
}
"""Every type that a callback can carry, with its meaning."""


FACT_OF = """
    INSERT INTO outbox (tenant_id, type, subject_id, payload, at)
    SELECT tenant_id, :fact_type, id, jsonb_build_object(
        'notification_id', id, 'journey_id', journey_id, 'client_reference', client_reference, 'channel', channel,
        'purpose', purpose, 'state', state, 'result', result, 'attempts', attempts, 'revision', revision,
        'parameters', parameters) || CAST(:fact_detail AS jsonb), CAST(:now AS timestamptz)
    FROM {rows} RETURNING 1
"""
"""Publishes what `notification_event` says, in the statement that changes the notification; `rows` has its columns
with `revision` already raised. The statement sends `TOLD` as well, so that subscribers wake."""
TOLD = f"pg_notify('{OUTBOX_CHANNEL}', '')"


def notification_event(type_: str, row: Any, *, at: datetime, **more: Any) -> Event:
    """The event about a notification; `row` has the columns of `Notification` with `revision` already raised."""
    subject: UUID = row.id
    payload: dict[str, Any] = {
        "notification_id": str(subject),
        "journey_id": str(row.journey_id) if row.journey_id else None,
        "client_reference": row.client_reference,
        "channel": row.channel,
        "purpose": row.purpose,
        "state": row.state,
        "result": row.result,
        "attempts": row.attempts,
        "revision": row.revision,
        "parameters": row.parameters,
        **more,
    }
    return Event(row.tenant_id, type_, subject, payload, at)
