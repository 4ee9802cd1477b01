"""What the house asks of any call engine. Adapters implement it; one contract suite checks them all."""

from yunhu.telephony.port.engine import (
    Call,
    CallEngine,
    OriginateRefusedError,
    OriginateRequest,
    Prompt,
    TrunkHealth,
)
from yunhu.telephony.port.event_queue import EventQueue
from yunhu.telephony.port.events import (
    AnswerClassified,
    Answered,
    AnsweredBy,
    CallEvent,
    DigitReceived,
    EarlyMedia,
    Ended,
    PlaybackEnded,
    Rerouted,
    Ringing,
)
from yunhu.telephony.port.termination import EndedBy, ResultClass, Termination

__all__ = [
    "AnswerClassified",
    "Answered",
    "AnsweredBy",
    "Call",
    "CallEngine",
    "CallEvent",
    "DigitReceived",
    "EarlyMedia",
    "Ended",
    "EndedBy",
    "EventQueue",
    "OriginateRefusedError",
    "OriginateRequest",
    "PlaybackEnded",
    "Prompt",
    "Rerouted",
    "ResultClass",
    "Ringing",
    "Termination",
    "TrunkHealth",
]
