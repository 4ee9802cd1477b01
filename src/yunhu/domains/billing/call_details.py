"""Reads a carrier's call detail file (话单), row by row, in whatever columns and encoding it comes. Pure."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from yunhu.domains.billing.errors import CallDetailsInvalidError
from yunhu.foundation.clock import SHANGHAI
from yunhu.foundation.crypto import Vault
from yunhu.foundation.phone import InvalidPhoneError, Phone

_MOST_FIELD = 10_000
Column = Annotated[str, Meta(min_length=1, max_length=64)]


class CallDetailFormat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a carrier writes its file. Columns are named as in its header."""

    caller: Column = "caller"
    callee: Column = "callee"
    started: Column = "start"
    """When the call was placed."""
    seconds: Column = "duration"
    """Charged seconds of talk; 0 when it was not answered."""
    time_format: Annotated[str, Meta(max_length=64)] = "%Y-%m-%d %H:%M:%S"
    """Of `strptime`, China time."""
    encoding: Annotated[str, Meta(pattern="^(utf-8-sig|gb18030)$")] = "utf-8-sig"
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    tolerance_seconds: Annotated[int, Meta(ge=0, le=3600)] = 120
    """How far two clocks may be apart."""
    duration_tolerance: Annotated[int, Meta(ge=0, le=60)] = 1


Record = tuple[int, bytes | None, str | None, datetime | None, int | None]


def read_call_details(lines: Iterable[str], format_: CallDetailFormat, vault: Vault) -> Iterator[Record]:
    """Each row as the staging table takes it: row number, callee's index, caller, start, seconds.

    Raises `CallDetailsInvalidError` when a column is missing or a field is endless; an unreadable row is empty.
    """
    csv.field_size_limit(_MOST_FIELD)
    reader = csv.reader(lines, delimiter=format_.delimiter)
    wanted = (format_.caller, format_.callee, format_.started, format_.seconds)
    try:
        places = _places(next(reader, []), wanted)
        reading = _Reading(format_, vault)
        for number, fields in enumerate(reader, start=2):
            if fields:
                yield reading.record(number, fields, places)
    except csv.Error as error:
        raise CallDetailsInvalidError(f"the file is no CSV: {error}") from error
    except UnicodeDecodeError as error:
        raise CallDetailsInvalidError(f"the file is not written in {format_.encoding}") from error


def _places(header: list[str], wanted: Iterable[str]) -> list[int]:
    known = {name.strip(): place for place, name in enumerate(header)}
    missing = [name for name in wanted if name not in known]
    if missing:
        raise CallDetailsInvalidError(f"columns are missing: {', '.join(missing)}", columns=missing)
    return [known[name] for name in wanted]


class _Reading:
    """Remembers callers and days, of which there are few."""

    def __init__(self, format_: CallDetailFormat, vault: Vault) -> None:
        self._format = format_
        self._iso = format_.time_format == "%Y-%m-%d %H:%M:%S"
        self._vault = vault
        self._callers: dict[str, str] = {}

    def record(self, number: int, fields: list[str], places: list[int]) -> Record:
        try:
            caller, callee, started, seconds = (fields[place] for place in places)
            index = self._vault.index_of(Phone.parse(callee.strip()))
            return (
                number,
                index,
                self._caller(caller.strip()),
                self._moment(started.strip()),
                _seconds(seconds),
            )
        except (InvalidPhoneError, ValueError, IndexError, OverflowError):
            return number, None, None, None, None

    def _caller(self, text: str) -> str:
        known = self._callers.get(text)
        if known is None:
            known = Phone.parse(text).e164
            if len(self._callers) < 10_000:
                self._callers[text] = known
        return known

    def _moment(self, text: str) -> datetime:
        # The general parser costs ten times as much.
        if self._iso:
            return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
        return datetime.strptime(text, self._format.time_format).replace(tzinfo=SHANGHAI)


def _seconds(text: str) -> int:
    seconds = int(text)
    if not 0 <= seconds < 1_000_000:
        raise ValueError("no duration")
    return seconds
