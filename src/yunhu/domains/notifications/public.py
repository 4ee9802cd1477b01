"""What other slices may use of notifications."""

from yunhu.domains.notifications.create import DEFAULT_PRIORITY, Draft, create_notifications
from yunhu.domains.notifications.events import (
    DISPATCH_CHANNEL,
    EVENT_TYPES,
    PROMPTS_CHANNEL,
    STOP_CHANNEL,
    notification_event,
)
from yunhu.domains.notifications.evidence import EVIDENCE_PART
from yunhu.domains.notifications.lifecycle import Attempted, Next, after_attempt, announce, lock, move, note
from yunhu.domains.notifications.plans import (
    DeliveryPlan,
    KeyActionKind,
    PlannedKey,
    ScenarioPlan,
    Slug,
    TimeWindow,
    next_opening,
)
from yunhu.domains.notifications.repository_record import Record
from yunhu.domains.notifications.schemas_notifications import NotificationRequest
from yunhu.domains.notifications.service import draft_of
from yunhu.domains.notifications.states import NotificationState, Purpose
from yunhu.domains.notifications.stop import (
    Stopped,
    StopReason,
    stop_for_callee,
    stop_notifications,
)

__all__ = [
    "DEFAULT_PRIORITY",
    "DISPATCH_CHANNEL",
    "EVENT_TYPES",
    "EVIDENCE_PART",
    "PROMPTS_CHANNEL",
    "STOP_CHANNEL",
    "Attempted",
    "DeliveryPlan",
    "Draft",
    "KeyActionKind",
    "Next",
    "NotificationRequest",
    "NotificationState",
    "PlannedKey",
    "Purpose",
    "Record",
    "ScenarioPlan",
    "Slug",
    "StopReason",
    "Stopped",
    "TimeWindow",
    "after_attempt",
    "announce",
    "create_notifications",
    "draft_of",
    "lock",
    "move",
    "next_opening",
    "note",
    "notification_event",
    "stop_for_callee",
    "stop_notifications",
]
