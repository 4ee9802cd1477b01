"""Phone numbers digit by digit, 1 as 幺, in groups the ear can hold."""

import re

from yunhu.foundation.phone import InvalidPhoneError, Phone
from yunhu.speech.reading.numerals import digit_by_digit

_SHORT = re.compile(r"1\d{2}|1[0-2]\d{3}|9[56]\d{3,4}|1[0-2]\d{4}", re.ASCII)
"""Emergency and service numbers, which the numbering plan's library does not call subscribers' numbers."""


def read(text: str) -> str | None:
    """13812345678 → 幺三八，幺二三四，五六七八. None when it is no number of mainland China."""
    digits = _dialled(text)
    if digits is None:
        return None
    return "，".join(digit_by_digit(group, yao=True) for group in _groups(digits))


def _dialled(text: str) -> str | None:
    if _SHORT.fullmatch(text):
        return text
    try:
        return Phone.parse(text).dialled
    except InvalidPhoneError:
        return None


def _groups(digits: str) -> list[str]:
    if len(digits) <= 6:
        return [digits]
    if digits.startswith("0"):
        area = 3 if digits[1] in "12" else 4
        return [digits[:area], *_groups_of_subscriber(digits[area:])]
    if len(digits) == 11:
        return [digits[:3], digits[3:7], digits[7:]]
    if len(digits) == 10:
        return [digits[:3], digits[3:6], digits[6:]]
    return _groups_of_subscriber(digits)


def _groups_of_subscriber(digits: str) -> list[str]:
    return [digits[:-4], digits[-4:]] if len(digits) > 4 else [digits]
