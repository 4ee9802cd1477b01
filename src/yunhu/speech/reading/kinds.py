"""One reader a kind of slot: checks the value as the integrator sent it and gives the words."""

import re
import unicodedata
from collections.abc import Callable
from types import MappingProxyType

from yunhu.speech.reading import clock_words, money_words, phone_words
from yunhu.speech.reading.errors import SlotValueError
from yunhu.speech.reading.free_text import is_speakable, read_free_text
from yunhu.speech.reading.names import read_surname
from yunhu.speech.reading.numerals import cardinal, counted, digit_by_digit
from yunhu.speech.reading.slots import OneReading, ReadingStyle, Slot, SlotKind

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_QUEUE_NUMBER = re.compile(rf"[A-Za-z{_HAN}]{{0,6}}(?:[- ]?[0-9]{{1,8}}){{1,3}}")
_WINDOW = re.compile(rf"[A-Za-z0-9{_HAN}]{{1,10}}(?:[- ][A-Za-z0-9{_HAN}]{{1,6}}){{0,2}}")
_NAME = re.compile(rf"[A-Za-z{_HAN}][A-Za-z{_HAN} ·.'\-()]*")
_COUNT = re.compile(r"[0-9]{1,6}")
_PARTS = re.compile(r"[0-9]+|[A-Za-z]+|-| |[^0-9A-Za-z\- ]+")

Reader = Callable[[str, ReadingStyle, str], str]


class _Refused(Exception):  # noqa: N818 - a signal between this module's functions, never raised out of it
    """Carries the reason token to `read_slot`, which knows the slot."""


def read_slot(slot: Slot, value: str, style: ReadingStyle | None = None, *, following: str = "") -> str:
    """The words for a value.

    `following` is the template's literal after the slot: it turns 2 into 两 before 人, and keeps 元 from
    being said twice. Raises `SlotValueError`.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    try:
        _check_shape(slot, value, text)
        given = value.strip() if slot.kind is SlotKind.TEXT else text
        return _READERS[slot.kind](given, style or ReadingStyle(), following)
    except _Refused as refusal:
        reason = str(refusal)
    except ValueError:
        reason = "range"
    raise SlotValueError(slot=slot.name, kind=slot.kind.value, reason=reason)


def _check_shape(slot: Slot, value: str, text: str) -> None:
    if not text:
        raise _Refused("empty")
    if len(value) > slot.length_limit:
        raise _Refused("too_long")
    if any(
        unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for character in value
    ):
        raise _Refused("control_character")


def _match(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise _Refused("format")
    return text


def _queue_number(text: str, style: ReadingStyle, _following: str) -> str:
    yao = style.one is OneReading.YAO
    parts = (part for part in _PARTS.findall(_match(_QUEUE_NUMBER, text)) if part not in "- ")
    return "".join(digit_by_digit(part, yao=yao) if part.isdigit() else part.upper() for part in parts)


def _window(text: str, style: ReadingStyle, _following: str) -> str:
    words: list[str] = []
    for part in _PARTS.findall(_match(_WINDOW, text)):
        if part.isdigit():
            words.append(_window_digits(part, lettered=bool(words) and words[-1].isascii(), style=style))
        elif part == "-":
            words.append("杠")
        elif part != " ":
            words.append(part.upper())
    return "".join(words)


def _window_digits(digits: str, *, lettered: bool, style: ReadingStyle) -> str:
    """Cardinal as people say window numbers; digit by digit as soon as it looks like a printed code."""
    longest_cardinal = 2 if lettered else 3
    if len(digits) > longest_cardinal or (digits.startswith("0") and digits != "0"):
        return digit_by_digit(digits, yao=style.one is OneReading.YAO)
    return cardinal(int(digits))


def _phone(text: str, _style: ReadingStyle, _following: str) -> str:
    words = phone_words.read(text)
    if words is None:
        raise _Refused("format")
    return words


def _money(text: str, _style: ReadingStyle, following: str) -> str:
    fen = money_words.parse_fen(text)
    if fen is None:
        raise _Refused("format")
    return money_words.read(fen, unit_follows=following.startswith("元"))


def _date(text: str, _style: ReadingStyle, _following: str) -> str:
    words = clock_words.read_date(text)
    if words is None:
        raise _Refused("format")
    return words


def _time(text: str, _style: ReadingStyle, _following: str) -> str:
    words = clock_words.read_time(text)
    if words is None:
        raise _Refused("format")
    return words


def _name(text: str, _style: ReadingStyle, _following: str) -> str:
    return read_surname(_match(_NAME, text).upper().replace("·", " "))


def _text(text: str, _style: ReadingStyle, _following: str) -> str:
    if not is_speakable(text):
        raise _Refused("format")
    return read_free_text(text)


def _count(text: str, _style: ReadingStyle, following: str) -> str:
    return counted(int(_match(_COUNT, text)), following)


_READERS: MappingProxyType[SlotKind, Reader] = MappingProxyType(
    {
        SlotKind.QUEUE_NUMBER: _queue_number,
        SlotKind.WINDOW: _window,
        SlotKind.PHONE: _phone,
        SlotKind.MONEY: _money,
        SlotKind.DATE: _date,
        SlotKind.TIME: _time,
        SlotKind.NAME: _name,
        SlotKind.TEXT: _text,
        SlotKind.COUNT: _count,
    }
)
