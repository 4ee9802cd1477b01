"""Message ids as centres write them: one form to store, and the forms a receipt may use for the same id."""

import re

_HEX = re.compile(r"[0-9A-Fa-f]+")
_MAX_CHARACTERS = 64
"""SMPP 3.4 §5.2.23: a C-octet string of at most 65 octets with its NUL."""


def stored_form(raw: str) -> str:
    """The id as it is kept: printable, at most 64 characters; numbers in lower case without leading zeros.

    Centres pad numbers (`0000001A`) in the answer and not in the receipt, or the other way round.
    """
    text = "".join(c for c in raw if c.isprintable() and not c.isspace())[:_MAX_CHARACTERS]
    if _HEX.fullmatch(text) is None:
        return text
    return text.lower().lstrip("0") or "0"


def receipt_forms(raw: str) -> tuple[str, ...]:
    """Stored forms that a receipt's id may stand for, best first: itself, its decimal, its hexadecimal twin.

    Empty for an empty id.
    """
    own = stored_form(raw)
    if not own:
        return ()
    forms = [own]
    if _HEX.fullmatch(own):
        forms.append(str(int(own, 16)))
    if own.isdecimal():
        forms.append(f"{int(own):x}")
    return tuple(dict.fromkeys(forms))
