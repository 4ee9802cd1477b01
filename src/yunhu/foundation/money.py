"""Money: whole fen, rates in basis points, never a float. Pure."""

from fractions import Fraction

Fen = int
"""1/100 yuan. Negative where something goes the other way."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "兆")
MOST = 10**18 - 1
"""Fen that can be written in words."""


def half_up(value: Fraction) -> Fen:
    """The nearest whole fen; halves go away from zero, so that a debt and its reverse are the same amount."""
    if value < 0:
        return -half_up(-value)
    return int(value + Fraction(1, 2))


def vat_split(gross: Fen, basis_points: int) -> tuple[Fen, Fen]:
    """Net and tax of an amount with tax: the net is rounded half-up, and both make the amount again."""
    net = half_up(Fraction(gross * 10_000, 10_000 + basis_points))
    return net, gross - net


def share(total: Fen, part: int, whole: int) -> Fen:
    """What is due when `part` of `whole` is done, half-up: differences of it sum exactly to `total` at the end."""
    return half_up(Fraction(total * part, whole))


def yuan_text(amount: Fen) -> str:
    """`249,000.00`."""
    sign = "-" if amount < 0 else ""
    yuan, fen = divmod(abs(amount), 100)
    return f"{sign}{yuan:,}.{fen:02d}"


def yuan_plain(amount: Fen) -> str:
    """`249000.00`, as files for other programs want it."""
    return yuan_text(amount).replace(",", "")


def chinese_uppercase(amount: Fen) -> str:
    """人民币大写 of an amount: 贰拾肆万玖仟元整. Raises ValueError beyond `MOST`.

    Rules of 《正确填写票据和结算凭证的基本规定》 (Payment and Settlement Measures, annex 1): 整 follows 元 and 角,
    never 分; a run of zeros between digits is one 零; 角 that is missing between 元 and 分 is 零.
    """
    if abs(amount) > MOST:
        raise ValueError("too much to write in words")
    yuan, rest = divmod(abs(amount), 100)
    jiao, fen = divmod(rest, 10)
    words = f"{_integer(yuan)}元" if yuan else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        words += "零"
    words += f"{_DIGITS[fen]}分" if fen else "整"
    sign = "负" if amount < 0 else ""
    return f"{sign}{words}" if amount else "零元整"


def _integer(number: int) -> str:
    """A positive whole number in groups of four digits."""
    words, gap = "", False
    for place in reversed(range(len(_GROUPS))):
        group = number // 10_000**place % 10_000
        if not group:
            gap = True
            continue
        if words and (gap or group < 1000):
            words += "零"
        words += f"{_group(group)}{_GROUPS[place]}"
        gap = False
    return words


def _group(number: int) -> str:
    """A number from 1 to 9,999, without a zero in front."""
    words, gap = "", False
    for place in reversed(range(4)):
        digit = number // 10**place % 10
        if not digit:
            gap = True
            continue
        words += "零" if words and gap else ""
        words += f"{_DIGITS[digit]}{_PLACES[place]}"
        gap = False
    return words
