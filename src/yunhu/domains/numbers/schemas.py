"""Caller numbers over the wire. They are the tenant's own and public by their nature: they are shown whole."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.numbers.models import CallerNumber, NumberDay, NumberEvent, NumberPaper
from yunhu.foundation.clock import natural_day
from yunhu.foundation.phone import Phone

Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
Dialled = Annotated[str, Meta(min_length=3, max_length=24, examples=["029-8888-6666"])]
Region = Annotated[str, Meta(pattern=r"^([1-9]\d{1,2}|mobile|service)$(?!\n)")]


class NewPaper(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document of a number that is imported."""

    kind: Line
    document_id: UUID
    valid_until: date | None = None


class NewNumber(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number of an import."""

    number: Dialled
    trunk: Annotated[str, Meta(min_length=1, max_length=64)]
    """Name of the trunk that may carry it."""
    registered_to: Line
    """实名: whose name the carrier has for it."""
    valid_from: date
    valid_until: date | None = None
    region: Region | None = None
    """Read off the number when left out; only a mobile or service number can be given another one."""
    papers: Annotated[list[NewPaper], Meta(max_length=20)] = []
    """What proves the registration, uploaded before as the operator's documents."""
    per_minute: Count = 30
    per_hour: Count = 60
    per_day: Count = 400
    max_concurrent: Count = 30


class NumberImport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Numbers to take into stock, all or none."""

    numbers: Annotated[list[NewNumber], Meta(min_length=1, max_length=1000)]


class Allocation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a tenant gets of the stock: so many numbers, or these."""

    tenant: Annotated[str, Meta(min_length=1, max_length=64)]
    count: Annotated[int, Meta(ge=1, le=1000)] | None = None
    region: Region | None = None
    """With `count`: of this region only."""
    numbers: Annotated[list[Dialled], Meta(min_length=1, max_length=1000)] | None = None
    registered_to: Line | None = None
    """实名: the tenant's name as the carrier has it; left out: as it is here. Other people's numbers are not given."""


class StaffStep(StrEnum):
    """What the operator's staff may do with one number."""

    HOLD = "hold"
    QUARANTINE = "quarantine"
    RESTORE = "restore"
    RELEASE = "release"


class StepRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why something is done to a number."""

    reason: Line


class CoolingRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rest."""

    minutes: Annotated[int, Meta(ge=0, le=43_200)]
    """0 ends a rest at once."""
    reason: Line


class LimitsRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Frequency limits."""

    per_minute: Count
    per_hour: Count
    per_day: Count
    max_concurrent: Count


class ValidityRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The natural days on which a number may be shown."""

    valid_from: date
    valid_until: date | None = None


class FlagRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who marked a number, and how."""

    source: Line
    """`360手机卫士`, `12321`, a network."""
    mark: Line
    """`骚扰电话`."""


class PaperRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document, uploaded before."""

    kind: Line
    document_id: UUID
    valid_until: date | None = None


class RegionsRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a tenant may call from."""

    regions: Annotated[list[Region], Meta(max_length=400)]


class RegionsView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a tenant may call from."""

    regions: list[str]


class NumberView(msgspec.Struct, frozen=True, kw_only=True):
    """A caller number."""

    id: UUID
    number: str
    """As it is dialled in China."""
    region: str
    registered_to: str
    tenant_id: UUID | None
    trunk_id: UUID
    state: str
    state_reason: str
    valid_from: date
    valid_until: date | None
    health: int
    """0 to 100 against its own pool."""
    cooling_until: datetime | None
    last_used_at: datetime
    live_calls: int
    per_minute: int
    per_hour: int
    per_day: int
    max_concurrent: int
    used_minute: int
    """Calls of this clock minute, of `per_minute`."""
    used_hour: int
    """Calls of this clock hour, of `per_hour`."""
    used_day: int
    """Calls of this natural day, of `per_day`."""


class NumberCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of one row of an import."""

    row: int
    """From 1."""
    number: str
    region: str | None
    """Read off the number; null when it cannot be."""
    problem: str | None
    """Id of the error that the import would answer for this row; null when it would be taken."""
    detail: str | None


class PoolDay(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the calls of all other numbers of the same tenant on one natural day."""

    day: date
    reached: int
    answered: int
    refused: int


class DayView(msgspec.Struct, frozen=True, kw_only=True):
    """One point of a number's curve."""

    day: date
    calls: int
    reached: int
    answered: int
    refused: int
    flagged: int
    talk_seconds: int
    health: int | None
    """0 to 100, as it was judged last on that day."""


class EventView(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a number's life."""

    at: datetime
    kind: str
    reason: str
    until: datetime | None
    health: int
    actor: str


class PaperView(msgspec.Struct, frozen=True, kw_only=True):
    """A document of a number."""

    id: UUID
    kind: str
    document_id: UUID
    valid_until: date | None
    added_at: datetime
    added_by: str


class NumberDetail(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one number."""

    number: NumberView
    days: list[DayView]
    """The last 90 days, oldest first."""
    pool: list[PoolDay]
    """The same days of the rest of its pool: what its curve is judged against."""
    events: list[EventView]
    """The newest 200, newest first."""
    papers: list[PaperView]


def number_view(row: CallerNumber, now: datetime) -> NumberView:
    """The wire form of a number; counters of a minute, hour or day that is over count nothing."""
    return NumberView(
        id=row.id,
        number=Phone(row.e164).dialled,
        region=row.region,
        registered_to=row.registered_to,
        tenant_id=row.tenant_id,
        trunk_id=row.trunk_id,
        state=row.state,
        state_reason=row.state_reason or "",
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        health=row.health if row.health is not None else 100,
        cooling_until=row.cooling_until,
        last_used_at=row.last_used_at,
        live_calls=row.live_calls,
        per_minute=row.per_minute,
        per_hour=row.per_hour,
        per_day=row.per_day,
        max_concurrent=row.max_concurrent,
        used_minute=row.calls_this_minute if row.minute == now.replace(second=0, microsecond=0) else 0,
        used_hour=row.calls_this_hour if row.hour == now.replace(minute=0, second=0, microsecond=0) else 0,
        used_day=row.calls_this_day if row.day == natural_day(now) else 0,
    )


def number_detail(
    number: NumberView,
    days: list[NumberDay],
    pool: list[PoolDay],
    events: list[NumberEvent],
    papers: list[NumberPaper],
) -> NumberDetail:
    """The wire form of a number's page."""
    return NumberDetail(
        number=number,
        pool=pool,
        days=[
            DayView(
                day=day.day,
                calls=day.calls,
                reached=day.reached,
                answered=day.answered,
                refused=day.refused,
                flagged=day.flagged,
                talk_seconds=day.talk_seconds,
                health=day.health,
            )
            for day in days
        ],
        events=[
            EventView(
                at=step.at,
                kind=step.kind,
                reason=step.reason,
                until=step.until,
                health=step.health,
                actor=step.actor,
            )
            for step in events
        ],
        papers=[
            PaperView(
                id=paper.id,
                kind=paper.kind,
                document_id=paper.document_id,
                valid_until=paper.valid_until,
                added_at=paper.added_at,
                added_by=paper.added_by,
            )
            for paper in papers
        ],
    )
