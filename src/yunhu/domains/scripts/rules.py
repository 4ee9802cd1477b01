"""What may be filed, and how a filed text is named by its content. Pure decisions."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from yunhu.domains.scripts.models import Channel
from yunhu.domains.scripts.patterns import pattern_fault
from yunhu.speech.reading import Slot, TemplateError, placeholders

MAX_TEXT = 500
"""Characters of a filed text: about two minutes of speech, or eight parts of one short message."""
MAX_SLOTS = 16
_NEWLINES = {Channel.SMS: "\n", Channel.VOICE: ""}
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def faults_of(text: str, slots: Sequence[Slot], channel: Channel) -> list[str]:
    """Everything that keeps this wording from being filed, as sentences; empty when it can be."""
    return [*_text_faults(text, channel), *_slot_faults(slots), *_mismatches(text, slots)]


def text_hash(text: str, slots: Iterable[Slot]) -> str:
    """SHA-256, hexadecimal, over canonical JSON of the text and its slots: what was filed.

    The order of slots and an unstated length that equals the kind's own limit make no difference.
    """
    content = {"slots": canonical_slots(slots), "text": text}
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def canonical_slots(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    """Slots as they are stored: by name, every limit stated, so that a kind's later default changes nothing filed."""
    ordered = sorted(slots, key=lambda slot: slot.name)
    return [
        {"name": slot.name, "kind": slot.kind.value, "max_length": slot.length_limit}
        | ({"pattern": slot.pattern} if slot.pattern is not None else {})
        for slot in ordered
    ]


def _text_faults(text: str, channel: Channel) -> list[str]:
    faults = []
    if not text.strip():
        faults.append("the text is empty")
    if len(text) > MAX_TEXT:
        faults.append(f"the text has {len(text)} characters; {MAX_TEXT} can be filed")
    invisible = [
        position
        for position, character in enumerate(text, start=1)
        if unicodedata.category(character) in _INVISIBLE and character not in _NEWLINES[channel]
    ]
    if invisible:
        faults.append(f"the text holds an invisible character at position {invisible[0]}")
    return faults


def _slot_faults(slots: Sequence[Slot]) -> list[str]:
    faults = []
    if len(slots) > MAX_SLOTS:
        faults.append(f"{len(slots)} slots are declared; {MAX_SLOTS} can be filed")
    for name, times in Counter(slot.name for slot in slots).items():
        if times > 1:
            faults.append(f"slot {name!r} is declared {times} times")
    for slot in slots:
        widest = Slot(slot.name, slot.kind).length_limit
        if not 1 <= slot.length_limit <= widest:
            faults.append(f"slot {slot.name!r} may be 1 to {widest} characters long, not {slot.length_limit}")
        fault = pattern_fault(slot.pattern) if slot.pattern is not None else None
        if fault is not None:
            faults.append(f"the pattern of slot {slot.name!r} {fault}")
    return faults


def _mismatches(text: str, slots: Sequence[Slot]) -> list[str]:
    try:
        used = placeholders(text)
    except TemplateError as error:
        return [f"a brace at position {error.details['position']} is not part of a {{name}} placeholder"]
    declared = [slot.name for slot in slots]
    return [
        *(f"placeholder {{{name}}} is not declared as a slot" for name in used if name not in declared),
        *(f"slot {name!r} is declared but the text does not use it" for name in declared if name not in used),
    ]
