"""Forbidden words spelled in pinyin, wholly or in part: `daikuan`, `dai kuan`, `贷kuan`. Pure.

Characters alone are no concern of this module: 带宽 and 贷款 sound alike and are both written honestly.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Generic, TypeVar

import ahocorasick

T = TypeVar("T")
_SHORTEST = 4
"""Letters of a spelled word; shorter ones stand inside too many others."""
_LONGEST_SYLLABLE = 6
_LATIN = re.compile(r"[a-z]+")


class PinyinWords(Generic[T]):
    """An automaton over the spellings of words."""

    def __init__(self, words: Mapping[str, T]) -> None:
        self._automaton = ahocorasick.Automaton()
        for word, meaning in words.items():
            if len(word) > 1 and all("\u4e00" <= character <= "\u9fff" for character in word):
                spelling = "".join(_spelled(word)).replace("ü", "v")
                if len(spelling) >= _SHORTEST:
                    self._automaton.add_word(spelling, (len(spelling), meaning))
        self._empty = len(self._automaton) == 0
        if not self._empty:
            self._automaton.make_automaton()

    def find(self, squeezed: str) -> list[T]:
        """Words that are spelled, at least in part, in Latin letters."""
        if self._empty or not _LATIN.search(squeezed):
            return []
        spelled, latin, starts = _spelling(squeezed)
        found = []
        for end, (length, meaning) in self._automaton.iter(spelled):
            start = end + 1 - length
            if any(latin[start : end + 1]) and _on_syllables(spelled, latin, starts, start, end + 1):
                found.append(meaning)
        return found


def _spelling(squeezed: str) -> tuple[str, list[bool], set[int]]:
    """Everything in Latin letters; which of them stood there so, and where a character of the text begins."""
    letters: list[str] = []
    latin: list[bool] = []
    starts: set[int] = set()
    for character in squeezed:
        starts.add(len(latin))
        own = character.isascii()
        sound = character if own else _sound(character)
        letters.append(sound)
        latin.extend([own] * len(sound))
    starts.add(len(latin))
    return "".join(letters), latin, starts


def _on_syllables(spelled: str, latin: list[bool], starts: set[int], start: int, end: int) -> bool:
    """Whether it begins and ends between syllables: what stands before and behind it in Latin letters is pinyin too."""
    if start not in starts or end not in starts:
        return False
    first, last = start, end
    while first > 0 and latin[first - 1] and spelled[first - 1].isalpha():
        first -= 1
    while last < len(latin) and latin[last] and spelled[last].isalpha():
        last += 1
    return _is_pinyin(spelled[first:start]) and _is_pinyin(spelled[end:last])


def _is_pinyin(letters: str) -> bool:
    """Whether letters can be read as syllables; nothing can. Linear in their number."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        begins = range(max(0, end - _LONGEST_SYLLABLE), end)
        if any(begin in reached and letters[begin:end] in _syllables() for begin in begins):
            reached.add(end)
    return len(letters) in reached


@cache
def _sound(character: str) -> str:
    """Of a character; a sign that no word has for whatever has no sound."""
    if not "\u4e00" <= character <= "\u9fff":
        return "|"
    spelled = _spelled(character)[0]
    return spelled if spelled.isascii() else "|"


def _spelled(characters: str) -> list[str]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 heavy: loaded with the first word list

    spelled: list[str] = lazy_pinyin(characters, v_to_u=False)
    return spelled


@cache
def _syllables() -> frozenset[str]:
    from pypinyin.contrib.tone_convert import to_normal  # noqa: PLC0415 heavy, as above
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415

    tones = {tone for sounds in pinyin_dict.values() for tone in sounds.split(",")}
    return frozenset(to_normal(tone).replace("ü", "v") for tone in tones)
