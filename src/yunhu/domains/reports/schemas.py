"""Reports over the wire. Times are China time's days and hours; units stand in the names."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from yunhu.domains.contracts.public import ItemKind
from yunhu.domains.reports.rules import By

Rate = Annotated[float | None, Meta(description="0 to 1; null of nothing.")]
Seconds = Annotated[float | None, Meta(description="Null of nothing.")]


class CallFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What became of calls that have ended."""

    attempts: int
    answered: int
    answer_rate: Rate
    """接通率: answered of attempts."""
    rang: int
    talk_seconds: float
    average_talk_seconds: Seconds
    """平均通话时长: of answered calls."""
    average_ring_seconds: Seconds
    """Of calls that rang: to the answer, or to the end."""
    delivered: int | None
    """Voice notifications that arrived; null where calls alone can be told apart (by caller number or result)."""
    attempts_per_success: float | None
    """Attempts for each voice notification that arrived."""
    by_result: dict[str, int]
    """Attempts by result class."""


class CallLine(CallFigures, frozen=True, kw_only=True):
    """One line of a report of calls."""

    key: str
    label: str
    """What people call it: a script's name; the key itself where there is nothing better."""


class CallReport(msgspec.Struct, frozen=True, kw_only=True):
    """Calls by something."""

    by: By
    first: date
    last: date
    lines: list[CallLine]
    total: CallFigures


class CountFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What became of notifications, or of text messages, that are over."""

    total: int
    delivered: int
    delivery_rate: Rate
    by_state: dict[str, int]


class CountLine(CountFigures, frozen=True, kw_only=True):
    """One line."""

    key: str
    label: str


class CountReport(msgspec.Struct, frozen=True, kw_only=True):
    """Notifications, or text messages, by something."""

    by: By
    first: date
    last: date
    lines: list[CountLine]
    total: CountFigures


class HeatCell(msgspec.Struct, frozen=True, kw_only=True):
    """One hour of the week."""

    weekday: Annotated[int, Meta(ge=1, le=7, description="1 is Monday.")]
    hour: Annotated[int, Meta(ge=0, le=23)]
    attempts: int
    answered: int
    answer_rate: Rate


class HeatMap(msgspec.Struct, frozen=True, kw_only=True):
    """Calls by hour and weekday; hours without a call are left out."""

    first: date
    last: date
    cells: list[HeatCell]
    most_attempts: int
    """Of any cell, for the scale of colours."""


class EventToRing(msgspec.Struct, frozen=True, kw_only=True):
    """From a queue event's arrival to the first ringing, of first calls to the window. Off by 5% at most."""

    calls: int
    p50_milliseconds: float | None
    p90_milliseconds: float | None
    p99_milliseconds: float | None


class EventToRingReport(EventToRing, frozen=True, kw_only=True):
    """The same of a range of days."""

    first: date
    last: date


class OpenNotifications(msgspec.Struct, frozen=True, kw_only=True):
    """What is not over."""

    pending: int
    active: int
    """An attempt is in the air."""
    due_voice: int
    """排队深度: waits for a robot, a number or its turn, though it is due."""
    due_sms: int
    oldest_due_seconds: float | None
    """How long the one that has waited longest has been due."""


class Robots(msgspec.Struct, frozen=True, kw_only=True):
    """Concurrent calls that the tenant may have."""

    total: int
    busy: int


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """What the contract grants for the running period."""

    kind: ItemKind
    granted: int
    used: int | None
    """Null for what is used by time."""
    left: int | None
    first_day: date
    last_day: date


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody has to look at now."""

    code: str
    """Stable: the console words and links it."""
    severity: str
    """`critical`: calls do not go out or will not; `warning`."""
    count: int
    since: datetime | None
    title: str
    title_zh: str


class HourOfToday(msgspec.Struct, frozen=True, kw_only=True):
    """One hour of today, for the small curves."""

    hour: int
    attempts: int
    answered: int


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Today at a glance (China time)."""

    at: datetime
    day: date
    calls: CallFigures
    calls_live: int
    hours: list[HourOfToday]
    notifications: CountFigures
    """Created today and over."""
    open: OpenNotifications
    messages: CountFigures
    robots: Robots
    event_to_ring: EventToRing
    quotas: list[Quota]
    alarms: list[Alarm]


class TenantToday(msgspec.Struct, frozen=True, kw_only=True):
    """One tenant in the operator's overview."""

    slug: str
    name: str
    attempts: int
    answered: int
    answer_rate: Rate


class OperatorOverview(Overview, frozen=True, kw_only=True):
    """Today of all tenants, or of one; quotas are there for one alone."""

    tenants: list[TenantToday]
    """Those with a call today, the busiest first."""
