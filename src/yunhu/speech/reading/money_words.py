"""Amounts in yuan: 元, 角, 分, counted in integer fen."""

import re

from yunhu.speech.reading.numerals import cardinal, digit_by_digit

_AMOUNT = re.compile(r"[¥￥]?\s?(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{1,2}))?\s?元?", re.ASCII)


def parse_fen(text: str) -> int | None:
    """`1234.50`, `¥1,234.5`, `12元` → fen. None when it is no amount, or is negative."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    return int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0"))


def read(fen: int, *, unit_follows: bool = False) -> str:
    """123450 → 一千二百三十四元五角; 5 → 五分; 100005 → 一千元零五分.

    With `unit_follows` the text itself says 元 next, so 1234.50 becomes 一千二百三十四点五零.
    """
    yuan, jiao, cent = fen // 100, fen // 10 % 10, fen % 10
    if unit_follows:
        decimals = digit_by_digit(f"{jiao}{cent}", yao=False)
        return cardinal(yuan) if not jiao and not cent else f"{cardinal(yuan)}点{decimals}"
    words = f"{_yuan(yuan)}元" if yuan or not (jiao or cent) else ""
    if jiao:
        words += f"{cardinal(jiao)}角"
    elif cent and yuan:
        words += "零"
    return words + (f"{cardinal(cent)}分" if cent else "")


def _yuan(yuan: int) -> str:
    return "两" if yuan == 2 else cardinal(yuan)
