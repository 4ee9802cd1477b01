"""How much of what should have been said was heard, syllable by syllable, without tones."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from types import MappingProxyType

import msgspec

from yunhu.speech.asr.syllables import syllables

_LETTER_SOUNDS = MappingProxyType(
    {
        "a": {"a", "ei", "ai"},
        "b": {"b", "bi"},
        "c": {"c", "si", "xi", "sei"},
        "d": {"d", "di"},
        "e": {"e", "yi"},
        "g": {"g", "ji"},
        "h": {"h", "aiqi"},
        "j": {"j", "zhei", "jie"},
        "k": {"k", "kai", "kei"},
        "o": {"o", "ou"},
        "p": {"p", "pi"},
        "q": {"q", "kou", "qiu"},
        "t": {"t", "ti"},
        "u": {"u", "you"},
        "v": {"v", "wei"},
        "y": {"y", "wai"},
    }
)
"""Chinese characters that a recogniser writes for a letter's name: the sound was right."""


_CHARACTER_BEFORE_DIGITS = re.compile(r"([\u4e00-\u9fff])[,，、 ]?(?=[0-9])")


class Difference(msgspec.Struct, frozen=True):
    """A place where the two part."""

    expected: tuple[str, ...]
    heard: tuple[str, ...]


class Comparison(msgspec.Struct, frozen=True):
    """The result over one sentence."""

    expected: int
    """Syllables that should have been heard."""
    right: int
    """Those that were."""
    differences: tuple[Difference, ...]

    @property
    def share(self) -> float:
        """Right syllables as a share of the expected, 0 … 1; surplus syllables count against it."""
        surplus = sum(max(0, len(place.heard) - len(place.expected)) for place in self.differences)
        return self.right / max(1, self.expected + surplus)


def compare(expected: str, heard: str) -> Comparison:
    """Align what was heard with the words that should have been said; of two ways to read a code, the better."""
    readings = (
        _aligned(syllables(expected), syllables(heard, short_codes_cardinal=way)) for way in (False, True)
    )
    return max(readings, key=lambda reading: reading.share)


def _aligned(wanted: list[str], got: list[str]) -> Comparison:
    written = _letters_restored(wanted, got)
    matcher = SequenceMatcher(None, wanted, written, autojunk=False)
    differences = tuple(
        Difference(tuple(wanted[a:b]), tuple(got[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    )
    return Comparison(len(wanted), sum(block.size for block in matcher.get_matching_blocks()), differences)


def queue_number_right(number: str, heard: str, *, before: str = "", after: str = "") -> bool:
    """Whether a queue or window number was heard, whole and exact.

    `number` may be as printed (`A001`) or in words. `before` and `after` are the words around it in the
    sentence: a syllable or two of them pin it down, so that 3 is not found within 13 or 30.
    """
    lead, tail = syllables(before)[-1:], syllables(after)[:1]
    wanted = [*lead, *syllables(number), *tail]
    heard = _letter_before_digits(number, heard)
    return any(_contains(syllables(heard, short_codes_cardinal=way), wanted) for way in (False, True))


def _letter_before_digits(number: str, heard: str) -> str:
    """Where a character sounds as the number's letter and digits follow, the letter: a recogniser writes 诶,123 for A123."""
    sounds = _LETTER_SOUNDS.get(number[:1].lower(), set())

    def letter(found: re.Match[str]) -> str:
        return number[0] if syllables(found[1])[0] in sounds else found[0]

    return _CHARACTER_BEFORE_DIGITS.sub(letter, heard)


def _contains(heard: list[str], wanted: list[str]) -> bool:
    got = _letters_restored(wanted, heard)
    return any(got[at : at + len(wanted)] == wanted for at in range(len(got) - len(wanted) + 1))


def _letters_restored(wanted: Sequence[str], got: Sequence[str]) -> list[str]:
    """Where a syllable is how a wanted letter sounds and that letter stands next to the same digit, write the letter."""
    restored = list(got)
    for place, letter in enumerate(wanted):
        if len(letter) != 1 or letter not in _LETTER_SOUNDS:
            continue
        following = wanted[place + 1] if place + 1 < len(wanted) else None
        for at, syllable in enumerate(restored):
            next_heard = restored[at + 1] if at + 1 < len(restored) else None
            if syllable in _LETTER_SOUNDS[letter] and next_heard == following:
                restored[at] = letter
    return restored
