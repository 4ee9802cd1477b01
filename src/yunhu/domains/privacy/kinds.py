"""Kinds of data and how long each is kept."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class DataKind(StrEnum):
    """What a term can be set for."""

    QUEUE_EVENTS = "queue_events"
    TIMELINE = "timeline"
    CALLBACK_DELIVERIES = "callback_deliveries"
    SMS_MESSAGES = "sms_messages"
    RECORDINGS = "recordings"
    CALLS = "calls"
    NOTIFICATIONS = "notifications"
    JOURNEYS = "journeys"
    """Visits to a hall."""
    CONSENTS = "consents"
    """Evidence of consent; the term begins when a consent ended or was withdrawn."""
    EVIDENCE_PACKS = "evidence_packs"
    AUDIT = "audit"
    OUTBOX = "outbox"
    """Facts between rooms; the operator's alone, and only those that every subscriber has read."""


class HoldKind(StrEnum):
    """What a hold keeps."""

    CALL = "call"
    CALLEE = "callee"
    """All calls and texts to a person."""
    PERIOD = "period"
    """All calls and texts of some days, or those of them with one script."""


class Term(msgspec.Struct, frozen=True):
    """Days."""

    default: int
    floor: int
    """Below this nobody can go."""


TERMS: Mapping[DataKind, Term] = {
    DataKind.QUEUE_EVENTS: Term(default=180, floor=7),
    DataKind.TIMELINE: Term(default=1095, floor=30),
    DataKind.CALLBACK_DELIVERIES: Term(default=30, floor=3),
    DataKind.SMS_MESSAGES: Term(default=1095, floor=183),
    DataKind.RECORDINGS: Term(default=183, floor=30),
    DataKind.CALLS: Term(default=1095, floor=183),
    DataKind.NOTIFICATIONS: Term(default=1095, floor=183),
    DataKind.JOURNEYS: Term(default=1095, floor=30),
    DataKind.CONSENTS: Term(default=1095, floor=183),
    DataKind.EVIDENCE_PACKS: Term(default=1095, floor=183),
    DataKind.AUDIT: Term(default=1095, floor=183),
    DataKind.OUTBOX: Term(default=14, floor=1),
}
LONGEST = 36_500
OF_OPERATOR = frozenset({DataKind.OUTBOX})
"""Kinds that no tenant sets: their rows are not one tenant's."""
_ERASING = 2
"""Days within which every node has erased the recordings on its disk."""


def kept_days(minima: Mapping[DataKind, int], wishes: Mapping[DataKind, int]) -> dict[DataKind, int]:
    """Days for each kind: the tenant's wish or the default, never below the operator's minimum and the floor.

    A call stays as long as its recording, a notification as long as what hangs on it, a journey as long as its
    notifications; a consent as long as what it allowed.
    """
    days = {
        kind: max(term.floor, minima.get(kind, 0), wishes.get(kind, term.default))
        for kind, term in TERMS.items()
    }
    days[DataKind.CALLS] = max(days[DataKind.CALLS], days[DataKind.RECORDINGS] + _ERASING)
    days[DataKind.NOTIFICATIONS] = max(
        days[kind]
        for kind in (DataKind.NOTIFICATIONS, DataKind.CALLS, DataKind.SMS_MESSAGES, DataKind.TIMELINE)
    )
    for kind in (DataKind.JOURNEYS, DataKind.CONSENTS):
        days[kind] = max(days[kind], days[DataKind.NOTIFICATIONS])
    return days
