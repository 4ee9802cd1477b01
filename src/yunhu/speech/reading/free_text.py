"""Free text → words, by the WeText grammars, after what they are known to misread was taken out of their hands.

The grammars ship with the package as compiled transducers: nothing is fetched. Codes such as A101, padded
dates, amounts with ¥ and long identifiers are read here, because the grammars read them wrongly. Should the
grammars refuse a text, its digits are read one by one: a call never fails for want of a nicer reading.
"""

import re
import unicodedata
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from wetext import Normalizer

from yunhu.speech.reading import clock_words, money_words
from yunhu.speech.reading.numerals import digit_by_digit

_log = structlog.get_logger(__name__)

_CODE = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{1,4})-?(\d{1,8})(?![A-Za-z0-9.%])", re.ASCII)
_AMOUNT = re.compile(
    r"(?<![\d.,])[¥￥]\s?(?:\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.\d{1,2})?元?(?![\d.])", re.ASCII
)
_YUAN = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+|\d{1,12})\.\d{1,2}元", re.ASCII)
_DATE = re.compile(r"(?<!\d)\d{4}(?:年\d{1,2}月\d{1,2}[日号]|([-/])\d{1,2}\1\d{1,2}(?!\d))", re.ASCII)
_TIME = re.compile(r"(?<![\d:.])\d{1,2}:\d{2}(?::\d{2})?(?![\d:.])", re.ASCII)
_TIME_RANGE = re.compile(r"(?<![\d:.])(\d{1,2}:\d{2})\s?[-~～—至到]+\s?(\d{1,2}:\d{2})(?![\d:.])", re.ASCII)
_MONTH = re.compile(r"(\d{4})年0(\d)月", re.ASCII)
_PADDED = re.compile(r"(?<![\d.:,])0\d+(?![\d.:,%]|月|日)", re.ASCII)
_LONG_NUMBER = re.compile(r"(?<![\d.])\d{12,}[Xx]?(?![\d.])", re.ASCII)
_SILENT = str.maketrans(dict.fromkeys("“”‘’\"'《》〈〉「」『』【】{}*#_|\\^~`"))
_HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94) if chr(0x21 + i).isalnum()} | {0x3000: 0x20}
"""Full-width letters, digits and space; Chinese punctuation stays, as it shapes the pauses."""
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[：．－／，](?=[0-9])|(?<=[0-9])％|[－＋￥](?=[0-9])")
_SPEAKABLE = re.compile(r"[0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff]")
_guard = Lock()


@cache
def _normalizer() -> "Normalizer":
    from wetext import Normalizer  # noqa: PLC0415 heavy: loaded with the first text that is read aloud

    return Normalizer(lang="zh", operator="tn")


def is_speakable(text: str) -> bool:
    """Whether at least one character has a sound."""
    return _SPEAKABLE.search(text) is not None


def read_free_text(text: str) -> str:
    """请按1 → 请按一; 于2026-02-09办理 → 于二零二六年二月九日办理. Quotation marks have no sound and are dropped."""
    prepared = _BETWEEN_DIGITS.sub(_half_width, text.translate(_HALF_WIDTH))
    for pattern, reader in _TAKEN_OUT:
        prepared = pattern.sub(reader, prepared)
    return _by_grammar(prepared.translate(_SILENT))


def _by_grammar(text: str) -> str:
    try:
        with _guard:  # the transducers are shared, and nothing says that they are safe to run in parallel
            words = str(_normalizer().normalize(text))
    except (RuntimeError, ValueError, KeyError, IndexError, AssertionError) as error:
        _log.warning("reading.grammar_refused", length=len(text), error=type(error).__name__)
        words = text
    return re.sub(r"[0-9]", lambda digit: digit_by_digit(digit[0], yao=False), words)


def _half_width(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def _code(match: re.Match[str]) -> str:
    return match[1].upper() + digit_by_digit(match[2], yao=False)


def _amount(match: re.Match[str]) -> str:
    fen = money_words.parse_fen(match[0])
    return match[0] if fen is None else money_words.read(fen)


def _date(match: re.Match[str]) -> str:
    try:
        return clock_words.read_date(match[0]) or match[0]
    except ValueError:
        return match[0]


def _time(match: re.Match[str]) -> str:
    return _clock(match[0])


def _time_range(match: re.Match[str]) -> str:
    return f"{_clock(match[1])}到{_clock(match[2])}"


def _clock(text: str) -> str:
    try:
        return clock_words.read_time(text) or text
    except ValueError:
        return text


def _month(match: re.Match[str]) -> str:
    return f"{digit_by_digit(match[1], yao=False)}年{digit_by_digit(match[2], yao=False)}月"


def _padded(match: re.Match[str]) -> str:
    return digit_by_digit(match[0], yao=False)


def _long_number(match: re.Match[str]) -> str:
    return digit_by_digit(match[0].rstrip("Xx"), yao=True) + ("X" if match[0][-1] in "Xx" else "")


_TAKEN_OUT = (
    (_AMOUNT, _amount),
    (_YUAN, _amount),
    (_DATE, _date),
    (_MONTH, _month),
    (_TIME_RANGE, _time_range),
    (_TIME, _time),
    (_LONG_NUMBER, _long_number),
    (_CODE, _code),
    (_PADDED, _padded),
)
