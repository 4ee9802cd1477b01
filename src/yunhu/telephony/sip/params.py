"""Lists and parameters in header values: commas, semicolons and quoted strings (RFC 3261 §25.1)."""

import re

from yunhu.telephony.sip.errors import SipParseError

Params = dict[str, str | None]
"""Parameters by lower-case name; None where the parameter has no value. Quoted values keep their quotes."""

MAX_PARTS = 128
"""Most elements read of one comma-separated list, and most parameters of one value."""

_COMMA_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<]+', re.DOTALL)
_PARAM = re.compile(
    r"""\s*(?:;\s*)?([^\s;="]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^;"]*))?""",
    re.DOTALL,
)


def split_commas(value: str) -> list[str]:
    """Elements of a comma-separated header; commas in quotes or angle brackets do not count.

    Raises `SipParseError` for quotes or brackets left open, and for more than `MAX_PARTS` elements.
    """
    if "," not in value:
        return [value.strip()] if value.strip() else []
    parts: list[str] = []
    piece: list[str] = []
    at = 0
    while at < len(value):
        if value[at] == ",":
            parts.append("".join(piece).strip())
            piece.clear()
            at += 1
            continue
        match = _COMMA_PIECE.match(value, at)
        if match is None or len(parts) >= MAX_PARTS:
            raise SipParseError("a list is too long or has an open quote or bracket")
        piece.append(match.group())
        at = match.end()
    parts.append("".join(piece).strip())
    return [part for part in parts if part]


def parse_params(text: str) -> Params:
    """Read `name=value;name;…`, the first of equal names. Raises `SipParseError`."""
    params: Params = {}
    if '"' not in text:
        pieces = text.split(";", MAX_PARTS + 1)
        if len(pieces) > MAX_PARTS:
            raise SipParseError("too many parameters")
        for piece in pieces:
            name, equals, value = piece.partition("=")
            name = name.strip().lower()
            if name:
                params.setdefault(name, value.strip() if equals else None)
        return params
    at = 0
    while at < len(text):
        match = _PARAM.match(text, at)
        if match is None or match.end() == at or len(params) >= MAX_PARTS:
            if not text[at:].strip(" ;\t"):
                break
            raise SipParseError("the parameters cannot be read")
        raw = match.group(2)
        params.setdefault(match.group(1).lower(), raw.strip() if raw is not None else None)
        at = match.end()
    return params


def unquote(value: str) -> str:
    """The text of a quoted string, or the token as it stands (RFC 3261 §25.1 `quoted-string`)."""
    if len(value) >= 2 and value[0] == '"' == value[-1]:
        return re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL)
    return value


def quote(text: str) -> str:
    """A quoted string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
