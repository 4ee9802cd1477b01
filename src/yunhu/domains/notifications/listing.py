"""Rows become what the API shows."""

from collections.abc import Sequence
from typing import Any

from yunhu.domains.notifications.models import Journey, Notification, QueueEvent, TimelineEntry
from yunhu.domains.notifications.schemas_notifications import (
    AttemptView,
    JourneyView,
    NotificationView,
    OperatorAttemptView,
    OperatorNotificationView,
    QueueEventView,
    TimelineLine,
)
from yunhu.domains.notifications.states import JourneyState, NotificationState, Purpose, QueueEventKind
from yunhu.domains.scripts.public import Channel
from yunhu.foundation.crypto import Vault


def notification_fields(row: Notification, vault: Vault) -> dict[str, Any]:
    """The fields that list and detail share."""
    return {
        "id": row.id,
        "journey_id": row.journey_id,
        "purpose": Purpose(row.purpose),
        "channel": Channel(row.channel),
        "callee": vault.open_phone(row.callee_cipher).masked,
        "script_version_id": row.script_version_id,
        "scenario_id": row.scenario_id,
        "matter": row.matter,
        "window": row.window,
        "parameters": row.parameters,
        "client_reference": row.client_reference,
        "priority": row.priority,
        "state": NotificationState(row.state),
        "result": row.result,
        "stop_reason": row.stop_reason,
        "attempts": row.attempts,
        "not_before": row.due_at,
        "deadline": row.deadline,
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }


def notification_view(row: Notification, vault: Vault) -> NotificationView:
    """A notification for a list."""
    return NotificationView(**notification_fields(row, vault))


def timeline_line(row: TimelineEntry) -> TimelineLine:
    """A line for the detail."""
    return TimelineLine(row.at, row.kind, row.detail)


def attempt_view(row: Any) -> AttemptView:
    """An attempt for the detail; `row` has the columns of `attempts_of`."""
    return AttemptView(
        id=row.id,
        attempt=row.attempt,
        channel=Channel(row.channel),
        text=row.text,
        state=row.state,
        result=row.result,
        started_at=row.started_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        verdict=row.verdict,
    )


def operator_notification_view(row: Any, tries: Sequence[Any]) -> OperatorNotificationView:
    """A row of `notification_of_anybody`, with rows of `attempts_of`."""
    own = set(OperatorNotificationView.__struct_fields__) - {"purpose", "channel", "state", "tries"}
    return OperatorNotificationView(
        **{name: getattr(row, name) for name in own},
        purpose=Purpose(row.purpose),
        channel=Channel(row.channel),
        state=NotificationState(row.state),
        tries=[_operator_attempt(attempt) for attempt in tries],
    )


def _operator_attempt(row: Any) -> OperatorAttemptView:
    own = set(OperatorAttemptView.__struct_fields__) - {"channel"}
    return OperatorAttemptView(**{name: getattr(row, name) for name in own}, channel=Channel(row.channel))


def journey_fields(row: Journey, vault: Vault) -> dict[str, Any]:
    """The fields that list and detail share."""
    return {
        "id": row.id,
        "hall": row.hall,
        "day": row.day,
        "queue_number": row.queue_number,
        "state": JourneyState(row.state),
        "matter": row.matter,
        "window": row.window,
        "ahead": row.ahead,
        "callee": vault.open_phone(row.callee_cipher).masked if row.callee_cipher else None,
        "times_called": row.calls_announced,
        "created_at": row.created_at,
    }


def journey_view(row: Journey, vault: Vault) -> JourneyView:
    """A journey for a list."""
    return JourneyView(**journey_fields(row, vault))


def event_view(row: QueueEvent) -> QueueEventView:
    """An event for a journey's detail."""
    return QueueEventView(
        event_id=row.event_id,
        event=QueueEventKind(row.event),
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        facts=row.facts,
        answer=row.answer,
    )
