"""What an event means for a visit. Pure: facts in, decision out; nothing here reads or writes.

Order is that of `occurred_at`. An event older than the latest one that counted is late: it may fill in facts
that are not known yet, but it neither moves the visit nor announces anything.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

import msgspec

from yunhu.domains.notifications.plans import ScenarioPlan
from yunhu.domains.notifications.states import JourneyState, Purpose, QueueEventKind


class Reason(StrEnum):
    """Why an event changed nothing, or a notification was not created. Stable words of the API."""

    LATE_EVENT = "late_event"
    """A later event of the visit counted already."""
    JOURNEY_ENDED = "journey_ended"
    """The visit was served, missed or cancelled."""
    ALREADY_CALLED = "already_called"
    """The visitor has been called to a window."""
    NO_SCENARIO = "no_scenario"
    """The hall has no enabled scenario."""
    NOT_IN_SCENARIO = "not_in_scenario"
    """The scenario announces nothing at this point."""
    NO_PHONE = "no_phone"
    PHONE_NOT_MOBILE = "phone_not_mobile"
    """A text message needs a mobile number."""
    AHEAD_UNKNOWN = "ahead_unknown"
    THRESHOLD_NOT_REACHED = "threshold_not_reached"
    ALREADY_ANNOUNCED = "already_announced"
    EXPIRED = "expired"
    """The event came in after the announcement's own deadline."""
    SCRIPT_NOT_APPROVED = "script_not_approved"
    PARAMETER_MISSING = "parameter_missing"
    PARAMETER_INVALID = "parameter_invalid"
    REFUSED_BY_CALLEE = "refused_by_callee"


class JourneyFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of a visit."""

    state: JourneyState = JourneyState.WAITING
    judged_at: datetime | None = None
    """`occurred_at` of the latest event that counted."""
    calls_announced: int = 0
    near_announced: bool = False
    matter: str | None = None
    window: str | None = None
    ahead: int | None = None
    has_phone: bool = False


class EventFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one event says."""

    kind: QueueEventKind
    occurred_at: datetime
    matter: str | None = None
    window: str | None = None
    ahead: int | None = None
    has_phone: bool = False


class Announcement(msgspec.Struct, frozen=True, gc=False):
    """A notification that is owed."""

    purpose: Purpose
    number: int
    """Which of the visit's announcements of this purpose: 0 for near_turn, 1, 2, … for each call to a window."""
    deadline: datetime


class Decision(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What follows from an event."""

    journey: JourneyFacts
    ignored: Reason | None = None
    """Set when the event changes nothing but perhaps fills in facts."""
    announce: Announcement | None = None
    supersede: bool = False
    """Everything open of this visit has become pointless."""
    purpose: Purpose | None = None
    """What this kind of event may announce; with `reason` when it does not."""
    reason: Reason | None = None


_TARGET = MappingProxyType(
    {
        QueueEventKind.TAKEN: JourneyState.WAITING,
        QueueEventKind.PROGRESS: JourneyState.WAITING,
        QueueEventKind.CALLED: JourneyState.CALLED,
        QueueEventKind.RECALLED: JourneyState.CALLED,
        QueueEventKind.SERVED: JourneyState.SERVED,
        QueueEventKind.MISSED: JourneyState.MISSED,
        QueueEventKind.CANCELLED: JourneyState.CANCELLED,
    }
)
# Among events of the same instant, the one further along a visit counts as the later.
_RANK = MappingProxyType(
    {
        JourneyState.WAITING: 0,
        JourneyState.CALLED: 1,
        JourneyState.MISSED: 2,
        JourneyState.SERVED: 3,
        JourneyState.CANCELLED: 3,
    }
)
_PURPOSE = MappingProxyType(
    {
        QueueEventKind.TAKEN: Purpose.NEAR_TURN,
        QueueEventKind.PROGRESS: Purpose.NEAR_TURN,
        QueueEventKind.CALLED: Purpose.YOUR_TURN,
        QueueEventKind.RECALLED: Purpose.YOUR_TURN,
    }
)


def judge(journey: JourneyFacts, event: EventFacts, plan: ScenarioPlan | None, now: datetime) -> Decision:
    """Decide what an event changes and announces."""
    purpose = _PURPOSE.get(event.kind)
    ignored = _ignored(journey, event)
    if ignored is not None:
        filled = _with_facts(journey, event, newer=False)
        return Decision(journey=filled, ignored=ignored, purpose=purpose, reason=ignored if purpose else None)
    after = _with_facts(journey, event, newer=True)
    after = msgspec.structs.replace(after, state=_TARGET[event.kind], judged_at=event.occurred_at)
    if purpose is Purpose.YOUR_TURN:
        after = msgspec.structs.replace(after, calls_announced=after.calls_announced + 1)
        return _announce(after, event, _your_turn(after, event, plan, now), supersede=True)
    if purpose is Purpose.NEAR_TURN:
        return _announce(after, event, _near_turn(after, event, plan, now), supersede=False)
    return Decision(journey=after, supersede=True)


def withdrawn(decision: Decision, reason: Reason) -> Decision:
    """The same decision when its announcement turns out to be impossible."""
    return msgspec.structs.replace(decision, announce=None, reason=reason)


def announced(decision: Decision) -> JourneyFacts:
    """The visit after the decision was carried out: near_turn counts as said only when it was created."""
    if decision.announce is not None and decision.announce.purpose is Purpose.NEAR_TURN:
        return msgspec.structs.replace(decision.journey, near_announced=True)
    return decision.journey


def _ignored(journey: JourneyFacts, event: EventFacts) -> Reason | None:
    target = _TARGET[event.kind]
    if journey.judged_at is not None and (event.occurred_at, _RANK[target]) < (
        journey.judged_at,
        _RANK[journey.state],
    ):
        return Reason.LATE_EVENT
    match journey.state:
        case JourneyState.SERVED | JourneyState.CANCELLED:
            return Reason.JOURNEY_ENDED
        case JourneyState.MISSED if target is JourneyState.WAITING or event.kind is QueueEventKind.CALLED:
            # Only being called once more brings back a visitor who was missed.
            return Reason.JOURNEY_ENDED
        case JourneyState.CALLED if target is JourneyState.WAITING:
            return Reason.ALREADY_CALLED
    return None


def _with_facts(journey: JourneyFacts, event: EventFacts, *, newer: bool) -> JourneyFacts:
    def pick(old: object, new: object) -> object:
        if old is None or new is None:
            return new if old is None else old
        return new if newer else old

    return msgspec.structs.replace(
        journey,
        matter=pick(journey.matter, event.matter),
        window=pick(journey.window, event.window),
        ahead=pick(journey.ahead, event.ahead),
        has_phone=journey.has_phone or event.has_phone,
    )


def _announce(
    journey: JourneyFacts, event: EventFacts, outcome: Announcement | Reason, *, supersede: bool
) -> Decision:
    purpose = _PURPOSE[event.kind]
    if isinstance(outcome, Announcement):
        return Decision(journey=journey, announce=outcome, supersede=supersede, purpose=purpose)
    return Decision(journey=journey, reason=outcome, supersede=supersede, purpose=purpose)


def _near_turn(
    journey: JourneyFacts, event: EventFacts, plan: ScenarioPlan | None, now: datetime
) -> Announcement | Reason:
    if plan is None or plan.near_turn is None:
        return Reason.NO_SCENARIO if plan is None else Reason.NOT_IN_SCENARIO
    if journey.near_announced:
        return Reason.ALREADY_ANNOUNCED
    if journey.ahead is None:
        return Reason.AHEAD_UNKNOWN
    if journey.ahead > plan.near_turn.ahead_at_most:
        return Reason.THRESHOLD_NOT_REACHED
    return _owed(journey, event, Purpose.NEAR_TURN, plan.near_turn.valid_seconds, now)


def _your_turn(
    journey: JourneyFacts, event: EventFacts, plan: ScenarioPlan | None, now: datetime
) -> Announcement | Reason:
    if plan is None or plan.your_turn is None:
        return Reason.NO_SCENARIO if plan is None else Reason.NOT_IN_SCENARIO
    return _owed(journey, event, Purpose.YOUR_TURN, plan.your_turn.valid_seconds, now)


def _owed(
    journey: JourneyFacts, event: EventFacts, purpose: Purpose, valid_seconds: int, now: datetime
) -> Announcement | Reason:
    if not journey.has_phone:
        return Reason.NO_PHONE
    deadline = event.occurred_at + timedelta(seconds=valid_seconds)
    if deadline <= now:
        return Reason.EXPIRED
    number = journey.calls_announced if purpose is Purpose.YOUR_TURN else 0
    return Announcement(purpose, number, deadline)
