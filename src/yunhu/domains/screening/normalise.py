"""What a text says, whatever it is dressed up as. Pure.

`plain` undoes disguise of single characters: full-width and circled forms, zero-width and combining marks,
Latin letters of other scripts, digits of other scripts, traditional characters, case. `squeezed` also takes out
everything that is put between characters. Both are idempotent and never fail.
"""

import unicodedata
from functools import cache

import opencc
from confusable_homoglyphs import confusables

_DROPPED = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me", "Mc"})
_SPACES = frozenset("\t\n\r")
_ASCII = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SYMBOLS = {"➕": "+", "✚": "+", "﹢": "+"}
_MOST_ROUNDS = 6
"""Undoing one disguise can uncover another; real texts need one round and a second that finds nothing."""


def plain(text: str) -> str:
    """The text without disguise, lower case; separators stay."""
    for _ in range(_MOST_ROUNDS):
        after = _one_round(text)
        if after == text:
            break
        text = after
    return text


def squeezed(text: str) -> str:
    """Letters, digits and Han characters of `plain`, nothing between them."""
    return "".join(character for character in plain(text) if character.isalnum())


def _one_round(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(
        " " if character in _SPACES else character
        for character in decomposed
        if character in _SPACES or unicodedata.category(character) not in _DROPPED
    )
    lower = unicodedata.normalize("NFKC", kept).casefold()
    simplified: str = _simplified().convert(lower.translate(_table()))
    return simplified


@cache
def _simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _table() -> dict[int, str]:
    """Look-alikes of ASCII letters and digits (Unicode's confusables), digits of every script, and signs for plus."""
    table = {ord(sign): plus for sign, plus in _SYMBOLS.items()}
    for target in _ASCII:
        for alike in confusables.confusables_data.get(target, ()):
            character = alike["c"]
            if len(character) == 1 and not character.isascii() and not _is_han(character):
                folded = character.casefold()
                if len(folded) == 1 and not folded.isascii():
                    table[ord(folded)] = target.casefold()
    for point in range(0x80, 0x20000):
        digit = unicodedata.digit(chr(point), None)
        if digit is not None:
            table[point] = str(digit)
    return table


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK")
