"""When a filing comes into force, and who may decide on it. Pure decisions."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.dialects.postgresql import Range

from yunhu.domains.filings.errors import SamePersonError, ValidityInvalidError
from yunhu.domains.filings.faults import Fault, FaultCode, fault
from yunhu.domains.filings.plan import FilingContent
from yunhu.domains.scripts.public import Channel
from yunhu.foundation.actor import Actor, same_actor
from yunhu.foundation.calendar import WorkingCalendar
from yunhu.foundation.clock import day_start, natural_day

NOTICE_WORKING_DAYS = 2
"""§2.1.6: a change of scope, purpose or time is filed 2 working days ahead."""


class Validity(msgspec.Struct, frozen=True):
    """Natural days on which an approval holds, both included."""

    first: date
    last: date | None = None


class FiledWording(msgspec.Struct, frozen=True):
    """One script version as a filing names it."""

    version_id: UUID
    script_id: UUID
    slug: str
    channel: Channel


def content_hash(content: FilingContent) -> str:
    """SHA-256, hexadecimal, over canonical JSON. The order of scripts and attachments makes no difference."""
    plain: dict[str, Any] = msgspec.to_builtins(content)
    for name in ("script_versions", "attachments", "caller_regions", "purposes"):
        plain[name] = sorted(plain[name])
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()


def check_reviewer(reviewer: Actor, drafted_by: Iterable[Actor], submitted_by: Actor | None) -> None:
    """Two different people: `SamePersonError` where the reviewer drafted or submitted it."""
    others = [*drafted_by, *([submitted_by] if submitted_by else [])]
    if any(same_actor(reviewer, other) for other in others):
        raise SamePersonError


def force_of(
    decided_at: datetime, validity: Validity, calendar: WorkingCalendar, *, notice: bool
) -> tuple[datetime, datetime | None]:
    """From when to when an approved filing holds.

    A change holds from 0:00 China time of the second working day after the day on which it was approved. Raises
    `ValidityInvalidError` where no moment is left, `CalendarYearUnknownError`.
    """
    day = natural_day(decided_at)
    earliest = decided_at
    if notice:
        earliest = day_start(calendar.add_working_days(day, NOTICE_WORKING_DAYS))
    start = max(earliest, day_start(validity.first))
    end = None if validity.last is None else day_start(validity.last + timedelta(days=1))
    if validity.last is not None and (validity.last < validity.first or (end is not None and end <= start)):
        raise ValidityInvalidError(earliest=natural_day(earliest).isoformat())
    return start, end


def moment_range(start: datetime, end: datetime | None) -> Range[datetime]:
    """From a moment on, up to but not including another."""
    return Range(start, end, bounds="[)")


def content_faults(content: FilingContent, wordings: Sequence[FiledWording]) -> list[Fault]:
    """What keeps a package from being submitted; `wordings` are those that were found."""
    faults = []
    missing = set(content.script_versions) - {wording.version_id for wording in wordings}
    if missing:
        faults.append(fault(FaultCode.SCRIPT_UNKNOWN, len(missing)))
    if len(set(content.script_versions)) < len(content.script_versions):
        faults.append(fault(FaultCode.SCRIPT_REPEATED))
    scripts = [wording.script_id for wording in wordings]
    twice = sorted({wording.slug for wording in wordings if scripts.count(wording.script_id) > 1})
    faults += [fault(FaultCode.WORDINGS_OF_ONE_SCRIPT, slug) for slug in twice]
    channels = {wording.channel for wording in wordings}
    if Channel.VOICE in channels and content.plan.daily_calls == 0:
        faults.append(fault(FaultCode.DAILY_CALLS_MISSING))
    if Channel.SMS in channels and content.plan.daily_messages == 0:
        faults.append(fault(FaultCode.DAILY_MESSAGES_MISSING))
    faults += [
        fault(FaultCode.WINDOW_BACKWARDS, f"{window.start}-{window.end}")
        for window in content.plan.windows
        if window.end <= window.start
    ]
    return faults
