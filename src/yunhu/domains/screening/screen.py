"""The screen: one version of the word lists, ready to look at texts. Pure; built once a version and kept.

A verdict names the category, the place and the word of the list; what a variable held is never repeated.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

import ahocorasick
import msgspec

from yunhu.domains.screening.contacts import has_link, has_messenger_id, has_phone_number
from yunhu.domains.screening.normalise import plain, squeezed
from yunhu.domains.screening.pinyin_words import PinyinWords
from yunhu.foundation.verdicts import Finding, allowed, refused
from yunhu.speech.reading import Slot, SlotKind

RULE = "content_screened"
WHERE_TEXT = "text"
_HOLE = "\ufffc"
"""Stands for a slot in the filed text, so that no word reaches across it. (No letter, and never dropped.)"""
_NUMERIC = frozenset({SlotKind.DATE, SlotKind.TIME, SlotKind.COUNT})
_SLOT = re.compile(r"\{[a-z][a-z0-9_]*\}")
_MARKETING = {
    "折扣": re.compile(
        r"(?<![0-9])[0-9](?:\.[0-9])?折(?!叠|合|算|返|断)|[一二三四五六七八九]折(?:优惠|起|促销)"
    ),
    "价格诱导": re.compile(r"(?:仅需|只需|只要|低至|特价|原价|现价|立减|满[0-9]+减)[0-9.]*元?"),
    "买赠": re.compile(r"买[一二两三四五0-9]+[送赠][一二两三四五0-9]+|第二件半价"),
    "退订": re.compile(r"(?:回复?|发送)[td](?:退订|拒收)|退订(?:请)?(?:回复?|发送)"),
}
_PRICE_NEEDS_NUMBER = re.compile(r"[0-9]")


class Action(StrEnum):
    """What a hit means."""

    REFUSE = "refuse"
    WARN = "warn"
    """Shown to the reviewer; blocks nothing."""


class WordList(msgspec.Struct, frozen=True):
    """The words of one category."""

    words: tuple[str, ...]
    action: Action = Action.REFUSE


class Hit(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that was found."""

    category: str
    """Of the word list; or `link`, `phone_number`, `messenger_id`."""
    where: str
    """`text`, or the slot's name."""
    word: str = ""
    """As the list has it; empty for a rule that has no words."""
    disguised: bool = False
    """It was not written as the list has it."""
    action: Action = Action.REFUSE


class _Meaning(msgspec.Struct, frozen=True):
    category: str
    word: str
    action: Action


class Screen:
    """Looks at texts by one version of the word lists."""

    def __init__(self, version: int, lists: Mapping[str, WordList]) -> None:
        self.version = version
        """0 is what the product ships."""
        self.lists = dict(lists)
        words = {
            key: _Meaning(category, word, list_.action)
            for category, list_ in self.lists.items()
            for word in list_.words
            if (key := squeezed(word))
        }
        self._automaton = ahocorasick.Automaton()
        for key, meaning in words.items():
            self._automaton.add_word(key, (len(key), key.isascii(), meaning))
        self._any_words = bool(words)
        if words:
            self._automaton.make_automaton()
        self._spelled = PinyinWords(words)
        self._templates: dict[str, frozenset[tuple[str, str]]] = {}

    def text_findings(self, text: str) -> list[Hit]:
        """What a text that is to be filed holds: forbidden words and marketing; ways to reach somebody as warnings."""
        literal = _SLOT.sub(_HOLE, text)
        warned = [
            Hit(category, WHERE_TEXT, action=Action.WARN)
            for category, _ in _reaching(literal, WHERE_TEXT, None)
        ]
        return [*self._words(literal, WHERE_TEXT, spelled=True), *_marketing(literal, WHERE_TEXT), *warned]

    def variable_findings(self, slot: Slot, value: str) -> list[Hit]:
        """What one variable holds: whatever a text may not, and no way to reach somebody."""
        words = self._words(value, slot.name, spelled=slot.kind is not SlotKind.NAME)
        reaching = [Hit(category, slot.name) for category, _ in _reaching(value, slot.name, slot.kind)]
        return [*words, *_marketing(value, slot.name), *reaching]

    def findings(
        self, template: str, slots: Iterable[Slot], variables: Mapping[str, str], filled: str
    ) -> list[Hit]:
        """What filling a filed text brought in: in each variable, and where variable and text meet.

        What the filed text holds by itself was looked at by a person, and is not found again.
        """
        declared = {slot.name: slot for slot in slots}
        hits = [
            hit
            for name, value in variables.items()
            for hit in self.variable_findings(declared.get(name) or Slot(name, SlotKind.TEXT), value)
        ]
        known = self._known(template)
        seen = {(hit.category, hit.word) for hit in hits}
        together = [*self._words(filled, WHERE_TEXT, spelled=False), *_marketing(filled, WHERE_TEXT)]
        return hits + [hit for hit in together if (hit.category, hit.word) not in known | seen]

    def _known(self, template: str) -> frozenset[tuple[str, str]]:
        known = self._templates.get(template)
        if known is None:
            known = frozenset((hit.category, hit.word) for hit in self.text_findings(template))
            if len(self._templates) >= 1000:
                self._templates.clear()
            self._templates[template] = known
        return known

    def _words(self, text: str, where: str, *, spelled: bool) -> list[Hit]:
        if not self._any_words:
            return []
        base = squeezed(text)
        meanings = [
            meaning
            for end, (length, latin, meaning) in self._automaton.iter(base)
            if not latin or _stands_alone(base, end + 1 - length, end + 1)
        ]
        if spelled:
            meanings += self._spelled.find(base)
        return [
            Hit(meaning.category, where, meaning.word, meaning.word not in text, meaning.action)
            for meaning in dict.fromkeys(meanings)
        ]


def blocking(hits: Iterable[Hit]) -> list[Hit]:
    """Those that refuse."""
    return [hit for hit in hits if hit.action is Action.REFUSE]


def screen_filled(
    screen: Screen, template: str, slots: Iterable[Slot], variables: Mapping[str, str], filled: str
) -> Finding:
    """The gate's finding `content_screened` about a text whose slots were filled (row C7)."""
    hits = blocking(screen.findings(template, slots, variables, filled))
    if not hits:
        return allowed(RULE, list_version=screen.version)
    return refused(RULE, list_version=screen.version, hits=msgspec.to_builtins(hits[:10]))


def _reaching(text: str, where: str, kind: SlotKind | None) -> list[tuple[str, str]]:
    if kind in _NUMERIC:
        return []
    found = []
    if has_link(text):
        found.append(("link", where))
    if kind is not SlotKind.PHONE and has_phone_number(text):
        found.append(("phone_number", where))
    if has_messenger_id(text):
        found.append(("messenger_id", where))
    return found


def _marketing(text: str, where: str) -> list[Hit]:
    base = plain(text).replace(" ", "")
    return [
        Hit("marketing", where, name)
        for name, pattern in _MARKETING.items()
        if any(name != "价格诱导" or _PRICE_NEEDS_NUMBER.search(match[0]) for match in pattern.finditer(base))
    ]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A word in Latin letters is not a part of another."""
    before, behind = text[start - 1 : start] if start else "", text[end : end + 1]
    return not ((before.isascii() and before.isalpha()) or (behind.isascii() and behind.isalpha()))
