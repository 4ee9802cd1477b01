"""What a scenario promises, and what of it each notification carries with it to the end."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.foundation.clock import SHANGHAI
from yunhu.speech.reading import OneReading
from yunhu.telephony.port import ResultClass

TimeOfDay = Annotated[
    str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", description="China time, HH:MM")
]
Seconds = Annotated[int, Meta(ge=1, le=86_400)]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
MAIN_HALL = "main"
"""The hall of a tenant that has one, and of events that name none."""
Key = Annotated[str, Meta(pattern=r"^[0-9*#]$")]


class TimeWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When visitors may be called or texted (row C4). `end` is not included."""

    days: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], Meta(min_length=1)]
    """ISO weekdays, Monday = 1."""
    start: TimeOfDay
    end: TimeOfDay

    def contains(self, moment: datetime) -> bool:
        """Whether the moment falls inside, on China's clock."""
        local = moment.astimezone(SHANGHAI)
        return local.isoweekday() in self.days and self.start <= f"{local:%H:%M}" < self.end


class RetryRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do after an attempt that ended in one result class."""

    after_seconds: Seconds
    at_most: Annotated[int, Meta(ge=1, le=2)]
    """Repeats, not counting the first attempt. The daily cap of 3 stands above it."""


class KeyActionKind(StrEnum):
    """What a key of the callee asks for."""

    REPEAT = "repeat"
    POSTPONE = "postpone"
    """Written back to the queue system as an event."""
    REFUSE = "refuse"
    """No more calls and texts from this tenant, at once."""


class KeyAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key of a scenario's menu."""

    key: Key
    action: KeyActionKind
    confirmation: Slug | None = None
    """Voice script spoken in answer."""
    minutes: Annotated[int, Meta(ge=1, le=120)] | None = None
    """How much longer the visitor wants; for `postpone`."""


class NearTurn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The SMS when the visitor is near (row A2)."""

    script: Slug
    ahead_at_most: Annotated[int, Meta(ge=0, le=1000)]
    valid_seconds: Seconds = 1800


class YourTurn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The robot call when the visitor's turn has come (row A3)."""

    script: Slug
    valid_seconds: Seconds = 180
    """Freshness: a call later than this after the event is worth nothing (row A4)."""
    ring_seconds: Annotated[int, Meta(ge=5, le=120)] = 40
    menu: Slug | None = None
    """Voice script that names the keys, spoken after the text."""
    keys: tuple[KeyAction, ...] = ()
    keys_wait_seconds: Annotated[int, Meta(ge=1, le=30)] = 6


def _office_hours() -> tuple[TimeWindow, ...]:
    return (TimeWindow(days=(1, 2, 3, 4, 5), start="08:30", end="18:00"),)


class ScenarioPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `plan` of a scenario, as `yunhu apply` reads it."""

    near_turn: NearTurn | None = None
    your_turn: YourTurn | None = None
    windows: tuple[TimeWindow, ...] = msgspec.field(default_factory=_office_hours)
    retries: dict[ResultClass, RetryRule] = {}
    calls_kept_for_turn: Annotated[int, Meta(ge=0, le=2)] = 1
    """Of the three calls a day, how many only a `your_turn` may use."""
    detect_answer: bool = True
    """Tell people from voicemail and assistants."""
    queue_digits: OneReading = OneReading.YAO
    """How the hall reads the digit 1 in queue numbers."""


class PlannedKey(msgspec.Struct, frozen=True):
    """A key with its confirmation resolved to the version that was approved when the plan was made."""

    key: str
    action: KeyActionKind
    confirmation_version_id: UUID | None = None
    minutes: int | None = None


class DeliveryPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a notification needs to know to be delivered; fixed when it is created."""

    windows: tuple[TimeWindow, ...] = ()
    """Empty means at any time."""
    retries: dict[ResultClass, RetryRule] = {}
    calls_kept_for_turn: int = 0
    ring_seconds: int = 40
    detect_answer: bool = False
    queue_digits: OneReading = OneReading.YAO
    menu_version_id: UUID | None = None
    keys: tuple[PlannedKey, ...] = ()
    keys_wait_seconds: int = 6


def next_opening(windows: tuple[TimeWindow, ...], moment: datetime) -> datetime | None:
    """The first moment from now on inside a window, or None when there is none within a week."""
    if not windows or any(window.contains(moment) for window in windows):
        return moment
    local = moment.astimezone(SHANGHAI)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    openings = []
    for offset in range(8):
        day = midnight + timedelta(days=offset)
        for window in windows:
            hours, minutes = (int(part) for part in window.start.split(":"))
            opening = day + timedelta(hours=hours, minutes=minutes)
            if opening > local and window.contains(opening):
                openings.append(opening)
    return min(openings).astimezone(moment.tzinfo) if openings else None
