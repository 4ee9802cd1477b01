"""Text → toneless syllables, the form in which what was said and what was heard can be compared.

Spelling must not count: A001, A零零幺, "A 001" and a零零一 are the same four sounds; 十二 and 一二 are not.
"""

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

from yunhu.speech.reading import read_free_text
from yunhu.speech.reading.numerals import cardinal

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_UNITS = re.compile(rf"[A-Za-z]|[{_HAN}]+")
_CODE_DIGITS = re.compile(r"(?<![0-9])0[0-9]+|(?<=[A-Za-z])[- ]?[0-9]+")
_SHORT_CODE = re.compile(r"(?<=[A-Za-z])[- ]?([1-9][0-9]?)(?![0-9])")
_SAME_SOUND = {"yao": "yi"}
"""幺 and 一 are two words for one digit."""


def syllables(text: str, *, short_codes_cardinal: bool = False) -> list[str]:
    """`A001号` → ['a', 'ling', 'ling', 'yi', 'hao']: letters as they are, digits and Han as pinyin without tones.

    A recogniser writes B12 whether it heard B十二 or B一二. Codes are read digit by digit; with
    `short_codes_cardinal` those of one or two digits are read as a cardinal.
    """
    plain = unicodedata.normalize("NFKC", text)
    if short_codes_cardinal:
        plain = _SHORT_CODE.sub(lambda code: cardinal(int(code[1])), plain)
    plain = _CODE_DIGITS.sub(_single_digits, plain)
    found: list[str] = []
    for unit in _UNITS.findall(read_free_text(plain)):
        found += [unit.lower()] if unit.isascii() else _pinyin(unit)
    return [_SAME_SOUND.get(syllable, syllable) for syllable in found]


def _single_digits(match: re.Match[str]) -> str:
    return "".join("零一二三四五六七八九"[int(digit)] for digit in match[0] if digit.isdigit())


def _pinyin(han: str) -> list[str]:
    return [str(syllable) for syllable in lazy_pinyin(han, style=Style.NORMAL)]
