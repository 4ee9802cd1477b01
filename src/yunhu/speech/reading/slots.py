"""What a template may be filled with: the kinds of slot, and the declaration of one slot."""

from enum import StrEnum
from types import MappingProxyType

import msgspec


class SlotKind(StrEnum):
    """The kind decides both what a value may look like and how it is read."""

    QUEUE_NUMBER = "queue_number"
    """`A001`, `B12`, `综合012`: letters, then single digits."""
    WINDOW = "window"
    """`3`, `12`, `A3`, `12-1`: cardinal up to three digits, single digits where zeros lead."""
    PHONE = "phone"
    """A Chinese number as people write it; digit by digit, 1 as 幺."""
    MONEY = "money"
    """Yuan as decimal text with at most two decimals: `1234.50`, `¥1,234.5`, `12元`. Never a float."""
    DATE = "date"
    """`2026-02-09`, `2026/2/9`, `20260209`, `2026年2月9日`, or without a year `02-09`, `2月9日`."""
    TIME = "time"
    """`0:05`, `14:30`, `14:30:05`, `9时30分`; 24 hours."""
    NAME = "name"
    """A person's or an office's name: Han characters, letters, spaces, `·`."""
    TEXT = "text"
    """Free text, normalised for reading."""
    COUNT = "count"
    """A cardinal number such as the people ahead: `0` … `999999`."""


_MAX_LENGTH = MappingProxyType(
    {
        SlotKind.QUEUE_NUMBER: 12,
        SlotKind.WINDOW: 12,
        SlotKind.PHONE: 20,
        SlotKind.MONEY: 20,
        SlotKind.DATE: 12,
        SlotKind.TIME: 10,
        SlotKind.NAME: 30,
        SlotKind.TEXT: 100,
        SlotKind.COUNT: 6,
    }
)


class Slot(msgspec.Struct, frozen=True):
    """One declared variable of a script."""

    name: str
    kind: SlotKind
    max_length: int | None = None
    """In characters of the value as given; None takes the kind's own limit."""
    pattern: str | None = None
    """Regular expression that the whole value must match besides; None asks nothing more."""

    @property
    def length_limit(self) -> int:
        """The limit in force, in characters."""
        return _MAX_LENGTH[self.kind] if self.max_length is None else self.max_length


class OneReading(StrEnum):
    """How a hall says the digit 1 in queue numbers and digit-by-digit windows."""

    YI = "yi"
    """A001 → A零零一."""
    YAO = "yao"
    """A001 → A零零幺."""


class ReadingStyle(msgspec.Struct, frozen=True):
    """A hall's habits of reading."""

    one: OneReading = OneReading.YI
