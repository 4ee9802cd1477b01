"""Rows of an import file become acts of consent, or codes of what is wrong with them. Pure."""

import csv
import functools
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

import msgspec

from yunhu.domains.consent.errors import ImportHeaderError
from yunhu.domains.notifications.public import ConsentPurpose
from yunhu.foundation.clock import SHANGHAI, natural_day
from yunhu.foundation.phone import InvalidPhoneError, Phone

NAMES: dict[str, str] = {
    "phone": "phone",
    "手机号": "phone",
    "手机号码": "phone",
    "电话": "phone",
    "电话号码": "phone",
    "given_at": "given_at",
    "同意时间": "given_at",
    "purpose": "purpose",
    "用途": "purpose",
    "valid_until": "valid_until",
    "有效期至": "valid_until",
    "reference": "reference",
    "凭证编号": "reference",
}
"""Names of columns in either language; any order, any case. `phone` and `given_at` are needed."""
NEEDED = ("phone", "given_at")
_ORDER = ("phone", "given_at", "purpose", "valid_until", "reference")
_PURPOSES = {"queue": ConsentPurpose.QUEUE, "排队": ConsentPurpose.QUEUE, "notice": ConsentPurpose.NOTICE, "通知": ConsentPurpose.NOTICE}  # fmt: skip
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LONGEST_REFERENCE = 128
MEANINGS: dict[str, str] = {
    "phone": "电话号码无效 / not a phone number of mainland China",
    "given_at": "同意时间无效 / not a moment since 2000 that has come already",
    "purpose": "用途无效 / neither queue nor notice",
    "valid_until": "有效期无效 / not a day, or one before given_at",
    "reference": "凭证编号无效 / longer than 128 characters, or not printable",
    "columns": "列数与首行不符 / another number of columns than the first line",
    "quotes": "引号不成对 / quotation marks that do not close within the line",
}
"""Each code of a fault, for people."""


class ReadRow(msgspec.Struct, frozen=True, gc=False):
    """A good row."""

    phone: Phone
    purpose: ConsentPurpose
    given_at: datetime
    valid_until: date | None
    reference: str


class Fault(msgspec.Struct, frozen=True):
    """A bad row; what stood in it is not repeated."""

    line: int
    """From 1, the line of names included."""
    codes: tuple[str, ...]


class RowReader:
    """Reads rows below one line of names."""

    def __init__(self, header: str, purpose: ConsentPurpose, now: datetime) -> None:
        """Raises `ImportHeaderError`."""
        cells = next(csv.reader([header.removeprefix("\ufeff")]), [])
        names = [NAMES.get(cell.strip().lower()) for cell in cells]
        known = [name for name in names if name is not None]
        unknown = [cell[:40] for cell, name in zip(cells, names, strict=True) if name is None]
        missing = [name for name in NEEDED if name not in known]
        if missing or unknown or len(set(known)) != len(known):
            detail = "each column has one of the known names, and each name stands once"
            raise ImportHeaderError(detail, missing=missing, unknown=unknown[:20])
        # A column that the file does not have is read from an empty cell beyond the last one.
        self._places = [known.index(name) if name in known else len(known) for name in _ORDER]
        self._width = len(known)
        self._purpose = purpose
        self._now = now

    def read(self, lines: Sequence[str], first_line: int) -> Iterator[ReadRow | Fault]:
        """One result a line; empty lines give none. A line is a row: no cell holds a line break."""
        for number, line in enumerate(lines, start=first_line):
            if line.strip(" ,\t\r\n"):
                yield self._row(line, number)

    def _row(self, line: str, number: int) -> ReadRow | Fault:
        try:
            cells = line.split(",") if '"' not in line else next(csv.reader((line,), strict=True), [])
        except csv.Error:
            return Fault(number, ("quotes",))
        if len(cells) != self._width:
            return Fault(number, ("columns",))
        cells.append("")
        phone_, given_at_, purpose_, valid_until_, reference = (
            cells[place].strip() for place in self._places
        )
        faults: list[str] = []
        phone = _phone(phone_, faults)
        given_at = self._given_at(given_at_, faults)
        purpose = self._purpose_of(purpose_, faults)
        valid_until = _last_day(valid_until_, given_at, faults)
        if len(reference) > _LONGEST_REFERENCE or not reference.isprintable() or "\ufffd" in reference:
            faults.append("reference")
        if faults or phone is None or given_at is None:
            return Fault(number, tuple(faults))
        return ReadRow(phone, purpose, given_at, valid_until, reference)

    def _given_at(self, text: str, faults: list[str]) -> datetime | None:
        moment = read_moment(text)
        if moment is None or not _EARLIEST <= moment <= self._now:
            faults.append("given_at")
            return None
        return moment

    def _purpose_of(self, text: str, faults: list[str]) -> ConsentPurpose:
        if not text:
            return self._purpose
        purpose = _PURPOSES.get(text.lower())
        if purpose is None:
            faults.append("purpose")
        return purpose or self._purpose


@functools.lru_cache(4096)
def read_moment(text: str) -> datetime | None:
    """`2026-02-09T10:00:00+08:00`, `2026/2/9 10:00`, `2026-02-09`; without an offset it is China's time."""
    day, separator, time = text.replace("T", " ").partition(" ")
    plain = read_day(day)
    if plain is None or (separator and not time):
        return None
    clock = time if len(time.partition(":")[0]) != 1 else f"0{time}"
    try:
        moment = datetime.fromisoformat(f"{plain.isoformat()}T{clock or '00:00'}")
        moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@functools.lru_cache(4096)
def read_day(text: str) -> date | None:
    """`2026-02-09`, `2026/2/9`."""
    parts = text.replace("/", "-").split("-")
    if (
        len(parts) != 3
        or len(parts[0]) != 4
        or not all(part.isascii() and part.isdecimal() for part in parts)
    ):
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None


_day_of = functools.lru_cache(4096)(natural_day)


def _phone(text: str, faults: list[str]) -> Phone | None:
    try:
        return Phone.parse(text)
    except InvalidPhoneError:
        faults.append("phone")
        return None


def _last_day(text: str, given_at: datetime | None, faults: list[str]) -> date | None:
    if not text:
        return None
    day = read_day(text)
    if day is None or (given_at is not None and day < _day_of(given_at)):
        faults.append("valid_until")
    return day


def report_lines(faults: Iterable[Fault]) -> Iterator[str]:
    """The report of bad rows, as CSV lines below `REPORT_HEADER`."""
    for fault in faults:
        reasons = "；".join(MEANINGS[code] for code in fault.codes)
        yield f'{fault.line},{" ".join(fault.codes)},"{reasons}"\r\n'


REPORT_HEADER = "\ufeffline,faults,reasons\r\n"
"""With the mark by which spreadsheet programs know UTF-8."""
