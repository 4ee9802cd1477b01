"""Digits and cardinals in Chinese characters."""

_DIGITS = "零一二三四五六七八九"
_COUNTED = tuple("人位个名次天件份张页点元角分秒")


def digit_by_digit(digits: str, *, yao: bool) -> str:
    """`001` → 零零一, or 零零幺 with `yao`. Takes ASCII digits only."""
    words = "".join(_DIGITS[int(digit)] for digit in digits)
    return words.replace("一", "幺") if yao else words


def cardinal(number: int) -> str:
    """0 → 零, 12 → 十二, 101 → 一百零一; up to 16 digits, none negative."""
    import cn2an  # type: ignore[import-untyped]  # noqa: PLC0415 it takes long; neither stubs nor py.typed

    return str(cn2an.an2cn(number, "low"))


def counted(number: int, following: str) -> str:
    """A cardinal before a counter: 2 is 两 before 人, 位, 个, 点, …; otherwise as `cardinal`."""
    return "两" if number == 2 and following.startswith(_COUNTED) else cardinal(number)
