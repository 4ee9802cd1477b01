"""Dates and times of day as people say them: no leading zeros in dates, 零 before single minutes."""

import datetime
import re

from yunhu.speech.reading.numerals import cardinal, digit_by_digit

_DATES = (
    re.compile(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})", re.ASCII),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII),
    re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]", re.ASCII),
    re.compile(r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})", re.ASCII),
)
_TIMES = (
    re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?", re.ASCII),
    re.compile(r"(?P<hour>\d{1,2})[时点](?:(?P<minute>\d{1,2})分(?:(?P<second>\d{1,2})秒)?|整)?", re.ASCII),
)
_LEAP_YEAR = 2000


def read_date(text: str) -> str | None:
    """2026-02-09 → 二零二六年二月九日. None when it is no date; `ValueError` when no such day exists."""
    found = next((match for pattern in _DATES if (match := pattern.fullmatch(text))), None)
    if found is None:
        return None
    year, month, day = found.groupdict().get("year"), int(found["month"]), int(found["day"])
    datetime.date(int(year) if year else _LEAP_YEAR, month, day)
    spoken_year = f"{digit_by_digit(year, yao=False)}年" if year else ""
    return f"{spoken_year}{cardinal(month)}月{cardinal(day)}日"


def read_time(text: str) -> str | None:
    """0:05 → 零点零五分, 9:00 → 九点整, 2:30 → 两点三十分. None when it is no time; `ValueError` out of range."""
    found = next((match for pattern in _TIMES if (match := pattern.fullmatch(text))), None)
    if found is None:
        return None
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if (hour, minute, second) != (24, 0, 0):
        datetime.time(hour, minute, second)
    words = ("两" if hour == 2 else cardinal(hour)) + "点"
    if second:
        return f"{words}{_sixtieth(minute)}分{_sixtieth(second)}秒"
    return f"{words}{_sixtieth(minute)}分" if minute else f"{words}整"


def _sixtieth(number: int) -> str:
    return f"零{cardinal(number)}" if 0 < number < 10 else cardinal(number)
