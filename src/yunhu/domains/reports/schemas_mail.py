"""Mailed reports over the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.reports.models_mail import ReportSchedule, ReportSend
from yunhu.domains.reports.rules import By
from yunhu.domains.reports.schedules import Every, SendState

Address = Annotated[
    str,
    Meta(max_length=254, pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$(?!\n)"),
]
Word = Annotated[str, Meta(max_length=128)]


class MailedQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the report is split by and narrowed to."""

    by: By = By.DAY
    script_id: UUID | None = None
    scenario_id: UUID | None = None
    caller_number: Word | None = None
    result: Word | None = None
    matter: Word | None = None
    window: Word | None = None


class ScheduleRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report to be mailed."""

    name: Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
    """Subject of the mail."""
    report: Annotated[str, Meta(max_length=64)]
    """`report_calls`, `report_notifications`, `report_messages`."""
    query: MailedQuery = msgspec.field(default_factory=MailedQuery)
    every: Every
    on_day: Annotated[int, Meta(ge=0, le=28)] = 0
    """Of a weekly one the weekday (1 is Monday), of a monthly one the day of the month; 0 for a daily one."""
    hour: Annotated[int, Meta(ge=0, le=23)] = 8
    recipients: Annotated[list[Address], Meta(min_length=1, max_length=20)]
    language: Annotated[str, Meta(pattern=r"^(zh|en)$")] = "zh"
    enabled: bool = True


class ScheduleView(msgspec.Struct, frozen=True, kw_only=True):
    """A mailed report."""

    id: UUID
    name: str
    report: str
    query: MailedQuery
    every: Every
    on_day: int
    hour: int
    recipients: list[str]
    language: str
    enabled: bool
    next_due_at: datetime
    created_at: datetime
    created_by: str
    updated_at: datetime


class SendView(msgspec.Struct, frozen=True, kw_only=True):
    """One mail."""

    id: UUID
    first: date
    last: date
    recipients: list[str]
    state: SendState
    tries: int
    next_try_at: datetime
    error: str
    created_at: datetime
    sent_at: datetime | None


def schedule_view(row: ReportSchedule) -> ScheduleView:
    """The wire form of a schedule."""
    return ScheduleView(
        id=row.id,
        name=row.name,
        report=row.offer,
        query=msgspec.convert(row.query, MailedQuery),
        every=Every(row.every),
        on_day=row.on_day,
        hour=row.hour,
        recipients=row.recipients,
        language="en" if row.english else "zh",
        enabled=row.enabled,
        next_due_at=row.next_due_at,
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
    )


def send_view(row: ReportSend) -> SendView:
    """The wire form of a mail."""
    return SendView(
        id=row.id,
        first=row.first_day,
        last=row.last_day,
        recipients=row.recipients,
        state=SendState(row.state),
        tries=row.tries,
        next_try_at=row.next_try_at,
        error=row.error,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
