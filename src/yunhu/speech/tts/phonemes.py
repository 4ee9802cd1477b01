"""Mandarin words → the phoneme alphabet that Kokoro was trained on."""

import logging
import re
import warnings
from pathlib import Path
from threading import Lock
from types import MappingProxyType

with warnings.catch_warnings():
    # their sources hold invalid escapes, which Python reports whenever it compiles them anew
    warnings.simplefilter("ignore")
    import jieba
    from misaki.zh import ZHG2P

VERSION = "zh-2"
"""Raise it whenever the same words get other phonemes: cached prompts depend on it."""

_LEXICON = MappingProxyType(
    {
        "重听": ("chong2", "ting1"),
        "重播": ("chong2", "bo1"),
        "重拨": ("chong2", "bo1"),
        "叫号": ("jiao4", "hao4"),
        "过号": ("guo4", "hao4"),
        "应缴": ("ying1", "jiao3"),
        "应交": ("ying1", "jiao1"),
        "补正": ("bu3", "zheng4"),
        "行政": ("xing2", "zheng4"),
        "还款": ("huan2", "kuan3"),
        "为您": ("wei4", "nin2"),
    }
)
"""Words of service halls whose general reading is another one (重听 alone is read as zhòngtīng, hard of hearing)."""

_LETTER_NAMES = "ˈA bˈi sˈi dˈi ˈi ˈɛf ʤˈi ˈAʧ ˈI ʤˈA kˈA ˈɛl ˈɛm ˈɛn ˈO pˈi kjˈu ˈɑɹ ˈɛs tˈi jˈu vˈi dˈʌbᵊlju ˈɛks wˈI zˈi"
_LETTERS = MappingProxyType(dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTER_NAMES.split(), strict=True)))
"""Letters are spelled by their English names, as people in China do."""
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_DIGITS = "零幺一二三四五六七八九"
_PIECES = re.compile(
    rf"({'|'.join(_LEXICON)})|([A-Za-z])(?=([{_DIGITS}]{{2}})?)|([{_HAN}]+)|([^{_HAN}A-Za-z]+)"
)


class MandarinPhonemes:
    """Grapheme to phoneme by misaki, with a lexicon of its own and spelled letters. Safe to share by threads.

    jieba keeps its dictionary cache in `cache_directory`, and keeps quiet.
    """

    def __init__(self, cache_directory: Path) -> None:
        cache_directory.mkdir(parents=True, exist_ok=True)
        jieba.setLogLevel(logging.WARNING)
        jieba.dt.tmp_dir = str(cache_directory)
        self._g2p = ZHG2P()
        self._guard = Lock()

    def __call__(self, words: str) -> str:
        """The phonemes; marks of punctuation stay, as the model makes pauses of them."""
        with self._guard:
            return " ".join("".join(self._piece(match) for match in _PIECES.finditer(words)).split())

    def _piece(self, match: re.Match[str]) -> str:
        known, letter, code, han, other = match.groups()
        if known:
            return "".join(self._g2p.py2ipa(syllable) for syllable in _LEXICON[known]) + " "
        if letter:
            # Without a breath before a code's digits, A幺 is one sound, and A123 is heard as A23.
            return f" {_LETTERS[letter.upper()]}{',' if code else ''} "
        if han:
            return str(self._g2p(han)[0])
        return f"{self._g2p.map_punctuation(other)} "
