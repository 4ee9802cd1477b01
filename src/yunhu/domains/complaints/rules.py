"""What a complaint asks for: terms, the month that it counts in, what it pauses. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

import msgspec

from yunhu.domains.complaints.errors import ComplaintMomentError
from yunhu.foundation.calendar.working import WorkingCalendar
from yunhu.foundation.clock import natural_day

CLOCK_SKEW = timedelta(minutes=5)
OLDEST = timedelta(days=366)
"""A complaint about something longer ago is not registered any more."""
LINKED_BACK = timedelta(days=30)
"""Calls to the complaining person within so long before the complaint are linked by themselves."""
MOST_LINKED = 20


class ComplaintSource(StrEnum):
    """Who passed it on (row C9)."""

    MIIT = "12321"
    """工信部网络不良与垃圾信息举报受理中心"""
    CARRIER_HOTLINE = "10000"
    """中国电信客服热线"""
    CITY_HOTLINE = "12345"
    """政务服务便民热线"""
    DIRECT = "direct"
    CARRIER = "carrier"
    """A carrier, by its own ways."""


class About(StrEnum):
    """What is complained of."""

    CONTENT = "content"
    FREQUENCY = "frequency"
    CALLER = "caller"
    """Who calls, and with which number."""
    NO_CONSENT = "no_consent"
    SERVICE = "service"
    """The hall itself, not its calls."""
    OTHER = "other"


class LinkKind(StrEnum):
    """What a complaint is linked to; the word in the path."""

    CALLS = "calls"
    MESSAGES = "messages"


class Pause(StrEnum):
    """What is held back."""

    SCRIPT = "script"
    NUMBER = "number"


DEFAULT_TERMS: Mapping[ComplaintSource, int] = MappingProxyType(
    {
        ComplaintSource.MIIT: 3,
        ComplaintSource.CARRIER_HOTLINE: 2,
        ComplaintSource.CITY_HOTLINE: 5,
        ComplaintSource.DIRECT: 5,
        ComplaintSource.CARRIER: 2,
    }
)
"""Working days until the answer; the operator can set others. No law names them; the carriers' own desks are faster."""
LEAST_TERM, MOST_TERM = 1, 60
PAUSED_BY: Mapping[About, Pause | None] = MappingProxyType(
    {
        About.CONTENT: Pause.SCRIPT,
        About.NO_CONSENT: Pause.SCRIPT,
        About.OTHER: Pause.SCRIPT,
        About.FREQUENCY: Pause.NUMBER,
        About.CALLER: Pause.NUMBER,
        About.SERVICE: None,
    }
)
"""What a complaint concerns: the words that were said, or the number that was shown."""
WITHOUT_CONTRACT = 1
"""The threshold of a tenant that has no contract in its term."""


class Standing(msgspec.Struct, frozen=True):
    """A month of a tenant."""

    counted: int
    threshold: int

    @property
    def reached(self) -> bool:
        """Whether the alarm is due (row C9: the threshold is what raises it). A threshold of 0 is reached by the first."""
        return self.counted >= max(self.threshold, 1)


def month_of(moment: datetime) -> date:
    """First day of the month, by China's days."""
    return natural_day(moment).replace(day=1)


def due_on(received_at: datetime, working_days: int, calendar: WorkingCalendar) -> date:
    """Last natural day for the answer. Raises `CalendarYearUnknownError`."""
    return calendar.add_working_days(natural_day(received_at), working_days)


def is_late(due: date, now: datetime) -> bool:
    """Whether the last day has passed."""
    return natural_day(now) > due


def check_received(received_at: datetime, now: datetime) -> None:
    """Raises `ComplaintMomentError`."""
    if not now - OLDEST <= received_at <= now + CLOCK_SKEW:
        raise ComplaintMomentError("within the last year, and not in the future", field="received_at")


def to_pause(about: About, standing: Standing) -> Pause | None:
    """What a new complaint stops by itself: nothing below the threshold."""
    return PAUSED_BY[about] if standing.reached else None


def concerned(
    current: UUID | None, linked: Sequence[UUID], *, paused: bool, gone: UUID | None = None
) -> UUID | None:
    """The script or the caller number that a complaint concerns after a link was made or taken away.

    `linked` are those of what is linked now, newest first; `gone` is that of what was unlinked. It is the newest one's,
    as at registration; but a pause does not move while something still says that it is right, and what stood before
    the calls that told of it were removed goes on standing.
    """
    stands = current is not None and (current in linked or current != gone)
    if paused and stands:
        return current
    if linked:
        return linked[0]
    return current if stands else None
