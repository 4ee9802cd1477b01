"""HTTP endpoints of China's working days."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from yunhu.domains.audit.public import record
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.calendar import (
    MOST_WORKING_DAYS,
    CalendarYearUnknownError,
    WorkingCalendar,
    YearRow,
    load_calendar,
    read_year,
    replace_year,
    uploaded_years,
)
from yunhu.foundation.clock import natural_day
from yunhu.foundation.http import Services, problem_responses
from yunhu.foundation.http.filters import Order

Year = Annotated[int, PathParameter(ge=2004, le=2200)]


class YearRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A year's table."""

    table: Annotated[str, Meta(max_length=65_536, description="CSV: day,working (yes or no), every day once")]


class DayView(msgspec.Struct, frozen=True, kw_only=True):
    """A day reckoned in working days."""

    day: date
    working: bool


class YearSource(StrEnum):
    """Who knows a year's days."""

    UPLOADED = "uploaded"
    LIBRARY = "library"
    NOBODY = "nobody"
    """Whatever needs a working day of it is refused until its table is uploaded."""


class YearStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A year, and whether its days are known."""

    year: int
    source: YearSource
    working_days: int | None
    uploaded_at: datetime | None
    uploaded_by: str | None


class YearDays(msgspec.Struct, frozen=True, kw_only=True):
    """Every day of a year."""

    year: int
    source: YearSource
    working: list[date]
    """Days that are worked, in order; all others of the year are free."""


class CalendarController(Controller):
    """工作日历: what the library knows, with uploaded years above it."""

    path = "/operator/calendar"
    tags = ("Calendar",)
    guards = (requires(Scope.OPERATOR_CALENDAR),)

    @get("/years", summary="Uploaded years", responses=problem_responses())
    async def years(self, services: NamedDependency[Services]) -> list[YearRow]:
        """Newest first. Years that the library knows are not among them."""
        async with services.database.transaction() as session:
            return list(await uploaded_years(session))

    @get("/standing", summary="Years, known and unknown", responses=problem_responses())
    async def standing(
        self, services: NamedDependency[Services], order: FromQuery[Order] = Order.NEWEST
    ) -> list[YearStanding]:
        """From the year before this one to two years on, and every uploaded year; newest first, or oldest first."""
        this = natural_day(services.clock.now()).year
        async with services.database.transaction() as session:
            calendar = await load_calendar(session)
            uploaded = {row.year: row for row in await uploaded_years(session)}
        years = sorted({*range(this - 1, this + 3), *uploaded}, reverse=order is Order.NEWEST)
        return [_standing(calendar, year, uploaded.get(year)) for year in years]

    @get("/years/{year:int}", summary="The days of a year", responses=problem_responses(404, 409))
    async def year(self, year: Year, services: NamedDependency[Services]) -> YearDays:
        """409 for a year that nobody knows."""
        async with services.database.transaction() as session:
            calendar = await load_calendar(session)
            uploaded = {row.year for row in await uploaded_years(session)}
        days = calendar.working_days_of(year)
        source = YearSource.UPLOADED if year in uploaded else YearSource.LIBRARY
        return YearDays(year=year, source=source, working=[day for day, worked in days.items() if worked])

    @put("/years/{year:int}", summary="Upload a year", responses=problem_responses(404, 422))
    async def upload(
        self,
        year: Year,
        data: JSONBody[YearRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> list[YearRow]:
        """The State Council's announcement as a table; it stands above what the library knows."""
        days = read_year(data.table, year)
        async with services.database.transaction() as session:
            await replace_year(session, days, caller.actor, services.clock.now())
            await record(
                session,
                caller.actor,
                action="calendar.upload",
                subject=("calendar_year", str(year)),
                tenant_id=None,
                after={"working_days": sum(days.values())},
            )
            return list(await uploaded_years(session))

    @get("/working-days", summary="Reckon working days", responses=problem_responses(409, 422))
    async def reckon(
        self,
        day: Annotated[date, QueryParameter()],
        services: NamedDependency[Services],
        count: Annotated[int, QueryParameter(ge=0, le=MOST_WORKING_DAYS)] = 0,
    ) -> DayView:
        """The `count`-th working day after a day; with 0, whether that day is worked."""
        async with services.database.transaction() as session:
            calendar = await load_calendar(session)
        reached = calendar.add_working_days(day, count)
        return DayView(day=reached, working=calendar.is_working_day(reached))


def _standing(calendar: WorkingCalendar, year: int, row: YearRow | None) -> YearStanding:
    try:
        worked = sum(calendar.working_days_of(year).values())
    except CalendarYearUnknownError:
        return YearStanding(
            year=year, source=YearSource.NOBODY, working_days=None, uploaded_at=None, uploaded_by=None
        )
    return YearStanding(
        year=year,
        source=YearSource.UPLOADED if row else YearSource.LIBRARY,
        working_days=worked,
        uploaded_at=row.uploaded_at if row else None,
        uploaded_by=row.uploaded_by if row else None,
    )
