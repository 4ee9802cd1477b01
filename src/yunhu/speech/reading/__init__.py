"""Typed slots and filed templates → the words a Mandarin voice speaks.

Slots are read by kind before any text normalisation; a library reads free text only.
"""

from yunhu.speech.reading.errors import (
    ReadingError,
    SlotUndeclaredError,
    SlotValueError,
    TemplateError,
    ValueMissingError,
    ValueUnknownError,
)
from yunhu.speech.reading.free_text import read_free_text
from yunhu.speech.reading.kinds import read_slot
from yunhu.speech.reading.slots import OneReading, ReadingStyle, Slot, SlotKind
from yunhu.speech.reading.template import (
    Segment,
    placeholders,
    render_segments,
    render_text,
    render_words,
)

__all__ = [
    "OneReading",
    "ReadingError",
    "ReadingStyle",
    "Segment",
    "Slot",
    "SlotKind",
    "SlotUndeclaredError",
    "SlotValueError",
    "TemplateError",
    "ValueMissingError",
    "ValueUnknownError",
    "placeholders",
    "read_free_text",
    "read_slot",
    "render_segments",
    "render_text",
    "render_words",
]
