"""What other slices may use of notifications."""

from yunhu.domains.notifications.events import DISPATCH_CHANNEL, PROMPTS_CHANNEL, STOP_CHANNEL, notification_event
from yunhu.domains.notifications.lifecycle import Attempted, Next, after_attempt, announce, lock, move, note
from yunhu.domains.notifications.plans import DeliveryPlan, KeyActionKind, PlannedKey, next_opening
from yunhu.domains.notifications.states import NotificationState, Purpose

__all__ = [
    "DISPATCH_CHANNEL",
    "PROMPTS_CHANNEL",
    "STOP_CHANNEL",
    "Attempted",
    "DeliveryPlan",
    "KeyActionKind",
    "Next",
    "NotificationState",
    "PlannedKey",
    "Purpose",
    "after_attempt",
    "announce",
    "lock",
    "move",
    "next_opening",
    "note",
    "notification_event",
]
