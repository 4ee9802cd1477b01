"""A year's working days as CSV: `day,working`, every day of the year once."""

import csv
import io
from datetime import date, timedelta

from yunhu.foundation.errors import InvalidInputError

_WORDS = {
    "yes": True,
    "true": True,
    "1": True,
    "是": True,
    "班": True,
    "no": False,
    "false": False,
    "0": False,
    "否": False,
    "休": False,
}
_MOST_CHARACTERS = 64 * 1024


class CalendarFileInvalidError(InvalidInputError):
    """The file is not one whole year. Details: `faults`, each a sentence, at most 20."""

    id = "calendar.file_invalid"
    title = "The table of working days cannot be read"
    title_zh = "工作日表格式不正确"


def read_year(text: str, year: int) -> dict[date, bool]:
    """Read the table of a year. A first line `day,working` may stand there. Raises `CalendarFileInvalidError`."""
    if len(text) > _MOST_CHARACTERS:
        raise CalendarFileInvalidError(faults=["the file is too long for one year"])
    days: dict[date, bool] = {}
    faults: list[str] = []
    for number, cells in enumerate(_rows(text), start=1):
        fault = _take(cells, year, days)
        if fault and not (number == 1 and cells[0].strip().lower() == "day"):
            faults.append(f"line {number}: {fault}")
    missing = [day for day in _days_of(year) if day not in days]
    if missing and not faults:
        faults.append(f"{len(missing)} days of {year} are missing, the first is {missing[0]}")
    if faults:
        raise CalendarFileInvalidError("; ".join(faults[:3]), faults=faults[:20])
    return days


def blank_year(year: int) -> str:
    """A table to start from: Monday to Friday worked. Holidays and make-up days are for a person to enter."""
    rows = (f"{day},{'yes' if day.isoweekday() < 6 else 'no'}\n" for day in _days_of(year))
    return "day,working\n" + "".join(rows)


def _rows(text: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) if any(row)]
    except csv.Error as error:
        raise CalendarFileInvalidError(str(error), faults=[str(error)]) from None


def _take(cells: list[str], year: int, days: dict[date, bool]) -> str:
    """Enter one line; the fault, or nothing."""
    if len(cells) != 2:
        return "two cells are needed: day, working"
    try:
        day = date.fromisoformat(cells[0].strip())
    except ValueError:
        return "the day is not of the form 2027-01-31"
    if day.year != year:
        return f"{day} is not in {year}"
    if day in days:
        return f"{day} stands there a second time"
    working = _WORDS.get(cells[1].strip().lower())
    if working is None:
        return "working is yes or no"
    days[day] = working
    return ""


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - first).days)]
