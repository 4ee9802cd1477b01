"""`yunhu calendar`."""

from datetime import datetime
from typing import TextIO

import click

from yunhu.domains.audit.public import record
from yunhu.entrypoints.commands.workplace import json_option, open_workplace, runs_async, show_rows
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.calendar import (
    MOST_WORKING_DAYS,
    blank_year,
    load_calendar,
    read_year,
    replace_year,
    uploaded_years,
)

_YEAR = click.IntRange(2004, 2200)


@click.group()
def calendar() -> None:
    """China's working days (工作日历): template, upload, years, reckon."""


@calendar.command()
@click.argument("year", type=_YEAR)
def template(year: int) -> None:
    """Print a year's table to fill in: Monday to Friday worked, holidays and make-up days still to be entered."""
    click.echo(blank_year(year), nl=False)


@calendar.command()
@click.argument("year", type=_YEAR)
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@runs_async
async def upload(year: int, file: TextIO) -> None:
    """Put a year's table (CSV: day,working) in force; it stands above what the library knows.

    \b
    Example:
      yunhu calendar template 2027 > 2027.csv    then enter what the State Council announced
      yunhu calendar upload 2027 2027.csv
    """
    days = read_year(file.read(), year)
    actor = Actor(ActorKind.COMMAND, "yunhu calendar upload")
    async with open_workplace() as place, place.database.transaction() as session:
        await replace_year(session, days, actor, place.clock.now())
        await record(
            session,
            actor,
            action="calendar.upload",
            subject=("calendar_year", str(year)),
            tenant_id=None,
            after={"working_days": sum(days.values())},
        )
    click.echo(f"{year}: {sum(days.values())} working days of {len(days)}")


@calendar.command()
@json_option
@runs_async
async def years(as_json: bool) -> None:
    """Uploaded years, newest first."""
    async with open_workplace() as place, place.database.transaction() as session:
        rows = await uploaded_years(session)
    show_rows(
        [
            {"year": row.year, "working_days": row.working_days, "uploaded_at": row.uploaded_at}
            for row in rows
        ],
        as_json=as_json,
    )


@calendar.command()
@click.argument("day", type=click.DateTime(formats=["%Y-%m-%d"]))
@click.argument("count", type=click.IntRange(0, MOST_WORKING_DAYS), default=2)
@runs_async
async def reckon(day: datetime, count: int) -> None:
    """The COUNT-th working day after a day (2 by default)."""
    async with open_workplace() as place, place.database.transaction() as session:
        known = await load_calendar(session)
    click.echo(known.add_working_days(day.date(), count).isoformat())
