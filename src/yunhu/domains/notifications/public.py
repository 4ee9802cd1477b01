"""What other slices may use of notifications."""

from yunhu.domains.notifications.about import NOTHING, About, abouts_of, of_queue_number
from yunhu.domains.notifications.consents import (
    COVERING,
    ConsentPurpose,
    ConsentSource,
    Evidence,
    keep_evidence,
)
from yunhu.domains.notifications.create import DEFAULT_PRIORITY, Draft, create_notifications
from yunhu.domains.notifications.event_desk import EventDesk
from yunhu.domains.notifications.events import (
    DISPATCH_CHANNEL,
    EVENT_TYPES,
    FACT_OF,
    PROMPTS_CHANNEL,
    STOP_CHANNEL,
    TOLD,
    notification_event,
)
from yunhu.domains.notifications.evidence import EVIDENCE_PART
from yunhu.domains.notifications.lifecycle import Attempted, Next, after_attempt, announce, lock, move, note
from yunhu.domains.notifications.models import Scenario, ScenarioVersion
from yunhu.domains.notifications.plans import (
    DeliveryPlan,
    KeyActionKind,
    PlannedKey,
    ScenarioPlan,
    Slug,
    TimeWindow,
    next_opening,
)
from yunhu.domains.notifications.rehearsal import Owed, Retry, Step, rehearse
from yunhu.domains.notifications.repository_record import Record
from yunhu.domains.notifications.scenarios import keep_version, plan_faults, scripts_used
from yunhu.domains.notifications.schemas import EventAnswer, Hall, QueueEventIn
from yunhu.domains.notifications.schemas_notifications import NotificationRequest
from yunhu.domains.notifications.service import draft_of, keep_carried_consent
from yunhu.domains.notifications.states import NotificationState, Purpose, QueueEventKind
from yunhu.domains.notifications.stop import (
    Stopped,
    StopReason,
    stop_everywhere_for_callee,
    stop_for_callee,
    stop_notifications,
)

__all__ = [
    "COVERING",
    "DEFAULT_PRIORITY",
    "DISPATCH_CHANNEL",
    "EVENT_TYPES",
    "EVIDENCE_PART",
    "FACT_OF",
    "NOTHING",
    "PROMPTS_CHANNEL",
    "STOP_CHANNEL",
    "TOLD",
    "About",
    "Attempted",
    "ConsentPurpose",
    "ConsentSource",
    "DeliveryPlan",
    "Draft",
    "EventAnswer",
    "EventDesk",
    "Evidence",
    "Hall",
    "KeyActionKind",
    "Next",
    "NotificationRequest",
    "NotificationState",
    "Owed",
    "PlannedKey",
    "Purpose",
    "QueueEventIn",
    "QueueEventKind",
    "Record",
    "Retry",
    "Scenario",
    "ScenarioPlan",
    "ScenarioVersion",
    "Slug",
    "Step",
    "StopReason",
    "Stopped",
    "TimeWindow",
    "abouts_of",
    "after_attempt",
    "announce",
    "create_notifications",
    "draft_of",
    "keep_carried_consent",
    "keep_evidence",
    "keep_version",
    "lock",
    "move",
    "next_opening",
    "note",
    "notification_event",
    "of_queue_number",
    "plan_faults",
    "rehearse",
    "scripts_used",
    "stop_everywhere_for_callee",
    "stop_for_callee",
    "stop_notifications",
]
