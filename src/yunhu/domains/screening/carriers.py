"""What carriers ask of templates, as one table; each finding says carrier, rule and place. Pure.

The figures are common practice of template review and err on the strict side. They inform whoever writes and
whoever reviews a script; the carrier's own answer is what counts, and is filed as an attachment.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import msgspec

from yunhu.messaging.text import TextRefusedError, segment
from yunhu.speech.reading import Slot, SlotKind

_SIGNATURE = re.compile(r"^【([^【】]{2,20})】|【([^【】]{2,20})】$")
_SIGNS = re.compile(r"【([^【】]*)】")
_ADJACENT = re.compile(r"\{([a-z][a-z0-9_]*)\}[\s，,。、;；:：]*\{([a-z][a-z0-9_]*)\}")
_SLOT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_LINK_AROUND = re.compile(r"(?:https?://|www\.)[^\s，。；]*\{|\{[a-z0-9_]+\}\.(?:com|cn|net)")


class Carrier(StrEnum):
    """Whose rules."""

    TELECOM = "telecom"
    MOBILE = "mobile"
    UNICOM = "unicom"


class CarrierRules(msgspec.Struct, frozen=True, kw_only=True):
    """What one carrier asks of a template."""

    most_variables: int
    longest_variable: int
    """Characters of one variable."""
    variable_share: float
    """Most of a text that variables may be, by their longest values."""
    signature: bool
    """A short message begins or ends with 【signature】, 2 to 20 characters."""
    most_parts: int
    """Parts of a short message, with the longest values."""
    adjacent_variables: bool
    """Whether two variables may stand side by side."""
    leading_variable: bool
    """Whether a text may begin with a variable."""
    longest_speech: int
    """Characters of a voice text with its longest values."""


TABLE = MappingProxyType(
    {
        Carrier.TELECOM: CarrierRules(
            most_variables=8,
            longest_variable=30,
            variable_share=0.5,
            signature=True,
            most_parts=5,
            adjacent_variables=False,
            leading_variable=False,
            longest_speech=300,
        ),
        Carrier.MOBILE: CarrierRules(
            most_variables=6,
            longest_variable=20,
            variable_share=0.4,
            signature=True,
            most_parts=4,
            adjacent_variables=False,
            leading_variable=False,
            longest_speech=200,
        ),
        Carrier.UNICOM: CarrierRules(
            most_variables=8,
            longest_variable=30,
            variable_share=0.5,
            signature=True,
            most_parts=5,
            adjacent_variables=False,
            leading_variable=True,
            longest_speech=300,
        ),
    }
)


class MessageLength(msgspec.Struct, frozen=True):
    """How long a short message can become, with every variable as long as it may be."""

    characters: int
    parts: int
    """As the carrier counts and charges them; 0 for an empty text."""


class CarrierFinding(msgspec.Struct, frozen=True):
    """One thing that a carrier would object to."""

    carrier: Carrier
    rule: str
    detail: dict[str, Any]


def carrier_findings(
    text: str, slots: Sequence[Slot], channel: str, carriers: Sequence[Carrier] = tuple(Carrier)
) -> list[CarrierFinding]:
    """Everything that carriers would object to, carrier by carrier."""
    found = []
    for carrier in carriers:
        rules = TABLE[carrier]
        objections = _of_variables(text, slots, rules)
        objections += _of_message(text, slots, rules) if channel == "sms" else _of_speech(text, slots, rules)
        found += [CarrierFinding(carrier, rule, detail) for rule, detail in objections]
    return found


def message_length(text: str, slots: Sequence[Slot]) -> MessageLength:
    """Of a template, at its longest."""
    longest = _longest(text, slots)
    return MessageLength(len(longest), _parts(longest))


_Objections = list[tuple[str, dict[str, Any]]]


def _of_variables(text: str, slots: Sequence[Slot], rules: CarrierRules) -> _Objections:
    found: _Objections = []
    names = _SLOT.findall(text)
    if len(names) > rules.most_variables:
        found.append(("too_many_variables", {"variables": len(names), "most": rules.most_variables}))
    for slot in slots:
        if slot.length_limit > rules.longest_variable:
            found.append(
                (
                    "variable_too_long",
                    {"slot": slot.name, "length": slot.length_limit, "most": rules.longest_variable},
                )
            )
        if slot.kind is SlotKind.TEXT and slot.pattern is None and slot.length_limit > 20:
            found.append(("variable_could_carry_link", {"slot": slot.name}))
    adjacent = _ADJACENT.search(text)
    if adjacent and not rules.adjacent_variables:
        found.append(("adjacent_variables", {"slots": [adjacent[1], adjacent[2]]}))
    if not rules.leading_variable and re.match(r"(?:【[^【】]*】)?\s*\{", text):
        found.append(("leading_variable", {"slot": names[0] if names else ""}))
    if _LINK_AROUND.search(text):
        found.append(("variable_in_link", {}))
    longest = len(_longest(text, slots))
    variable = longest - len(_SLOT.sub("", text))
    if longest and variable / longest > rules.variable_share:
        found.append(
            ("mostly_variable", {"share": round(variable / longest, 2), "most": rules.variable_share})
        )
    return found


def _of_message(text: str, slots: Sequence[Slot], rules: CarrierRules) -> _Objections:
    found: _Objections = []
    signs = _SIGNS.findall(text)
    if rules.signature and not _SIGNATURE.search(text.strip()):
        found.append(("signature_missing", {"form": "【…】, 2-20"}))
    if len(signs) > 1:
        found.append(("signature_twice", {"signatures": signs}))
    parts = _parts(_longest(text, slots))
    if parts > rules.most_parts:
        found.append(("too_many_parts", {"parts": parts, "most": rules.most_parts}))
    return found


def _parts(text: str) -> int:
    try:
        return len(segment(text, reference=0, max_parts=255).parts)
    except TextRefusedError:
        return 0 if not text else 256


def _of_speech(text: str, slots: Sequence[Slot], rules: CarrierRules) -> _Objections:
    length = len(_longest(text, slots))
    if length > rules.longest_speech:
        return [("too_long", {"characters": length, "most": rules.longest_speech})]
    return []


def _longest(text: str, slots: Sequence[Slot]) -> str:
    """The text with every variable as long as it may be, in Han characters."""
    limits = {slot.name: slot.length_limit for slot in slots}
    return _SLOT.sub(lambda match: "字" * limits.get(match[1], 0), text)
