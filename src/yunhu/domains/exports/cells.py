"""What stands in a cell. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from yunhu.foundation.clock import SHANGHAI

_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d ]*(\.\d+)?")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
MOST_CHARACTERS = 32_000
"""Excel takes 32,767 in a cell."""


class CellKind(StrEnum):
    """How a value is written."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    """China time."""
    DAY = "day"
    PHONE = "phone"
    """Masked as the list has it; sealed as the database has it, where whole numbers were asked for."""
    MONEY = "money"
    """Fen; yuan in the cell."""
    TENANT = "tenant"
    """A tenant's id; its name in the cell."""


def neutralised(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also after it was saved as CSV (CWE-1236).

    What begins like a formula gets an apostrophe before it. A number with its sign is none.
    """
    text = "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")[:MOST_CHARACTERS]
    stripped = text.lstrip(" \u3000\xa0\ufeff\u200b")
    if stripped.startswith(_DANGEROUS) or text.startswith(_DANGEROUS):
        return text if _PLAIN_NUMBER.fullmatch(text) else f"'{text}"
    return text


def local(moment: datetime) -> datetime:
    """China time without an offset: spreadsheets know none."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(SHANGHAI).replace(tzinfo=None)


def as_text(value: Any, *, english: bool = True) -> str:
    """Anything that has no kind of its own."""
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return ("yes" if value else "no") if english else ("是" if value else "否")
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {as_text(part, english=english)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return " | ".join(as_text(part, english=english) for part in value)
    return "" if value is None else str(value)


def from_wire(kind: CellKind, value: Any) -> Any:
    """A value of JSON as a cell of this kind wants it."""
    if value is None or value == "":
        return None
    if kind is CellKind.MOMENT:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if kind is CellKind.DAY else value
