"""What a call looks like from outside while it runs: its stage and the line being spoken. Nothing is decided by it."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import msgspec

from yunhu.domains.calls.robot import RobotState


class Stage(StrEnum):
    """How far a running call is."""

    DIALLING = "dialling"
    RINGING = "ringing"
    EARLY_MEDIA = "early_media"
    """The network or a colour ringback is heard; nobody has answered."""
    ANSWERED = "answered"
    """Answered, and nothing is being spoken just now."""
    SPEAKING = "speaking"
    WAITING_FOR_KEY = "waiting_for_key"
    ENDED = "ended"


class CallBegun(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was committed and is about to leave."""

    call_id: UUID
    tenant_id: UUID
    notification_id: UUID
    journey_id: UUID | None
    trunk_id: UUID
    callee: str
    """Masked."""
    caller_number: str


class Line(msgspec.Struct, frozen=True):
    """What is being spoken."""

    script: str
    text: str
    """As people read it, slots filled."""
    seconds: float


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a call."""

    stage: Stage
    line: Line | None = None
    answered_at: datetime | None = None
    result: str | None = None


class Watcher(Protocol):
    """Who looks on. It must return at once and never raise."""

    def begun(self, call: CallBegun) -> None:
        """It is about to leave."""

    def rerouted(self, call_id: UUID, trunk_id: UUID) -> None:
        """Another trunk carries it from now on."""

    def seen(self, call_id: UUID, look: Look) -> None:
        """Something about it may have changed."""

    def gone(self, call_id: UUID) -> None:
        """It is no longer carried, whatever was seen last."""


class Moments(Protocol):
    """What `stage_of` looks at of a call's facts."""

    ringing_at: datetime | None
    early_media_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None


def stage_of(moments: Moments, robot: RobotState, *, speaking: bool) -> Stage:
    """The stage that facts and robot add up to."""
    if moments.ended_at is not None:
        return Stage.ENDED
    if moments.answered_at is not None:
        if speaking:
            return Stage.SPEAKING
        return Stage.WAITING_FOR_KEY if robot is RobotState.LISTENING else Stage.ANSWERED
    if moments.early_media_at is not None:
        return Stage.EARLY_MEDIA
    return Stage.RINGING if moments.ringing_at is not None else Stage.DIALLING
