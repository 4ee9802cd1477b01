"""Filed templates: literal text with `{name}` placeholders, filled once, never twice."""

import functools
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

import msgspec

from yunhu.speech.reading.errors import (
    SlotUndeclaredError,
    TemplateError,
    ValueMissingError,
    ValueUnknownError,
)
from yunhu.speech.reading.free_text import read_free_text
from yunhu.speech.reading.kinds import read_slot
from yunhu.speech.reading.slots import ReadingStyle, Slot

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")


class Segment(msgspec.Struct, frozen=True):
    """A run of words, and the slot they came from (None for the template's own text)."""

    words: str
    slot: str | None = None


class _Part(msgspec.Struct, frozen=True):
    text: str
    is_slot: bool


@functools.lru_cache(1024)
def placeholders(template: str) -> tuple[str, ...]:
    """The names used, in order of first use. Raises `TemplateError` for a stray brace."""
    return tuple(dict.fromkeys(part.text for part in _parse(template) if part.is_slot))


def render_text(template: str, values: Mapping[str, str]) -> str:
    """The filed text with the values as given, character for character: what is shown, texted and proved."""
    parts = _parse(template)
    _check_names(parts, values)
    return "".join(values[part.text] if part.is_slot else part.text for part in parts)


def render_words(
    template: str, slots: Iterable[Slot], values: Mapping[str, str], style: ReadingStyle | None = None
) -> str:
    """The words to speak. Raises `SlotValueError` for a value that its slot's kind or length refuses."""
    return "".join(segment.words for segment in render_segments(template, slots, values, style))


def render_segments(
    template: str, slots: Iterable[Slot], values: Mapping[str, str], style: ReadingStyle | None = None
) -> tuple[Segment, ...]:
    """The words to speak, cut where literal text and slots meet, so that recordings can take a part's place."""
    parts = _parse(template)
    _check_names(parts, values)
    declared = {slot.name: slot for slot in slots}
    segments: list[Segment] = []
    for part, after in pairwise((*parts, _Part("", False))):
        if not part.is_slot:
            segments.append(Segment(read_free_text(part.text)))
        elif part.text not in declared:
            raise SlotUndeclaredError(slot=part.text)
        else:
            following = "" if after.is_slot else after.text.lstrip("”\"' ")
            words = read_slot(declared[part.text], values[part.text], style, following=following)
            segments.append(Segment(words, part.text))
    return tuple(segment for segment in segments if segment.words)


@functools.lru_cache(1024)
def _parse(template: str) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    position = 0
    for match in _PLACEHOLDER.finditer(template):
        parts += _literal(template, position, match.start())
        parts.append(_Part(match[1], True))
        position = match.end()
    return (*parts, *_literal(template, position, len(template)))


def _literal(template: str, start: int, end: int) -> list[_Part]:
    text = template[start:end]
    stray = re.search(r"[{}]", text)
    if stray is not None:
        raise TemplateError(position=start + stray.start() + 1)
    return [_Part(text, False)] if text else []


def _check_names(parts: tuple[_Part, ...], values: Mapping[str, str]) -> None:
    names = {part.text for part in parts if part.is_slot}
    for name in names - values.keys():
        raise ValueMissingError(slot=name)
    for name in values.keys() - names:
        raise ValueUnknownError(slot=name)
