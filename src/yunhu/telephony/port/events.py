"""What an engine reports while a call lives. Each carries `at`, wall-clock UTC of the moment on the wire."""

from datetime import datetime
from enum import StrEnum

import msgspec

from yunhu.telephony.port.termination import Termination


class AnsweredBy(StrEnum):
    """Who seems to speak at the other end."""

    HUMAN = "human"
    MACHINE = "machine"
    ASSISTANT = "assistant"


class Rerouted(msgspec.Struct, frozen=True, tag="rerouted"):
    """A trunk refused before the network said more than 100 Trying; the same call goes on by another of the request."""

    at: datetime
    trunk: str
    """The other trunk's name."""


class Ringing(msgspec.Struct, frozen=True, tag="ringing"):
    """The callee's phone is alerting (180, or 183 without a body)."""

    at: datetime


class EarlyMedia(msgspec.Struct, frozen=True, tag="early_media"):
    """The network plays something before the answer (183 or 180 with SDP)."""

    at: datetime


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """The 2xx arrived and media can flow; the ACK has left."""

    at: datetime


class AnswerClassified(msgspec.Struct, frozen=True, tag="answer_classified"):
    """Detection made up its mind. Comes at most once, only when the request asked for detection."""

    at: datetime
    answered_by: AnsweredBy
    reason: str


class DigitReceived(msgspec.Struct, frozen=True, tag="digit"):
    """One key of the callee, reported once however many packets carried it (RFC 4733 §2.5)."""

    at: datetime
    digit: str


class PlaybackEnded(msgspec.Struct, frozen=True, tag="playback_ended"):
    """A prompt ended. `completed` is false when it was stopped, replaced, or the call went away."""

    at: datetime
    prompt_id: str
    completed: bool


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The last event of every call, exactly once."""

    at: datetime
    termination: Termination


CallEvent = (
    Rerouted | Ringing | EarlyMedia | Answered | AnswerClassified | DigitReceived | PlaybackEnded | Ended
)
