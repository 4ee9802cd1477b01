"""Two wordings side by side, word by word. Pure but for the dictionary that segmentation loads once."""

import logging
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import jieba

_PIECES = re.compile(r"(\{[a-z][a-z0-9_]*\}|[0-9]+|[A-Za-z]+)")


class RunKind(StrEnum):
    """What became of a run of words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


class Run(msgspec.Struct, frozen=True):
    """Neighbouring words of one kind."""

    kind: RunKind
    text: str


def compare_words(before: str, after: str) -> list[Run]:
    """Runs in reading order. Same and removed runs give `before`, same and added runs give `after`, character for
    character."""
    old, new = _words(before), _words(after)
    runs: list[Run] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            _add(runs, RunKind.SAME, old[a:b])
            continue
        _add(runs, RunKind.REMOVED, old[a:b])
        _add(runs, RunKind.ADDED, new[c:d])
    return runs


def _add(runs: list[Run], kind: RunKind, words: Sequence[str]) -> None:
    if words:
        runs.append(Run(kind, "".join(words)))


def _words(text: str) -> list[str]:
    """Words; a placeholder, a number and a word in Latin letters are one each."""
    words: list[str] = []
    for piece in _PIECES.split(text):
        words += [piece] if _PIECES.fullmatch(piece) else _tokenizer().lcut(piece)
    return [word for word in words if word]


@cache
def _tokenizer() -> "jieba.Tokenizer":
    import jieba  # noqa: PLC0415 heavy: loaded with the first comparison

    jieba.setLogLevel(logging.WARNING)
    return jieba.Tokenizer()
