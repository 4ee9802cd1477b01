"""The uploaded tables in the database."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec
from sqlalchemy import delete, extract, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.foundation.actor import Actor
from yunhu.foundation.calendar.models import WorkingDay
from yunhu.foundation.calendar.working import WorkingCalendar


class YearRow(msgspec.Struct, frozen=True):
    """An uploaded year."""

    year: int
    working_days: int
    uploaded_at: datetime
    uploaded_by: str


async def load_calendar(session: AsyncSession) -> WorkingCalendar:
    """The calendar with every uploaded year: at most some thousand small rows, read in one statement."""
    rows = await session.execute(select(WorkingDay.day, WorkingDay.working))
    return WorkingCalendar({row.day: row.working for row in rows})


async def replace_year(session: AsyncSession, days: Mapping[date, bool], actor: Actor, now: datetime) -> None:
    """Put a year's table in the place of what was uploaded for it before."""
    first, last = min(days), max(days)
    await session.execute(delete(WorkingDay).where(WorkingDay.day.between(first, last)))
    rows = [
        {"day": day, "working": working, "uploaded_at": now, "uploaded_by": actor.name}
        for day, working in sorted(days.items())
    ]
    await session.execute(insert(WorkingDay), rows)


async def uploaded_years(session: AsyncSession) -> Sequence[YearRow]:
    """Years that were uploaded, newest first."""
    year = extract("year", WorkingDay.day)
    query = (
        select(
            year.label("year"),
            func.count().filter(WorkingDay.working).label("working_days"),
            func.max(WorkingDay.uploaded_at).label("uploaded_at"),
            func.max(WorkingDay.uploaded_by).label("uploaded_by"),
        )
        .group_by(year)
        .order_by(year.desc())
    )
    rows = (await session.execute(query)).all()
    return [YearRow(int(row.year), row.working_days, row.uploaded_at, row.uploaded_by) for row in rows]
