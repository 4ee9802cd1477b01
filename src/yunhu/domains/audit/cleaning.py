"""What may stand in an entry: no mobile number in full, nothing that PostgreSQL cannot store, nothing endless."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from yunhu.foundation.changes import differences

MOST_CHARACTERS = 2000
_MOBILE = re.compile(r"(?<![0-9A-Za-z])((?:\+?86)?1[3-9]\d)\d{4}(\d{4})(?![0-9A-Za-z])", re.ASCII)


def clean(text: str) -> str:
    """The text with mobile numbers masked, without NUL and lone surrogates, cut to `MOST_CHARACTERS`."""
    storable = text.replace("\x00", "").encode("utf-8", "replace").decode()
    masked = _MOBILE.sub(r"\1****\2", storable)
    return masked if len(masked) <= MOST_CHARACTERS else f"{masked[: MOST_CHARACTERS - 1]}…"


def changed_fields(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[dict[str, str | None]]:
    """The fields that differ, in order of their names; values as text, None where there was none."""
    return [
        {"name": clean(name), "before": _as_text(old), "after": _as_text(new)}
        for name, old, new in differences(before or {}, after or {})
    ]


def _as_text(value: Any) -> str | None:
    plain = msgspec.to_builtins(value, enc_hook=str)
    if plain is None or isinstance(plain, str):
        return None if plain is None else clean(plain)
    return clean(msgspec.json.encode(plain, order="sorted").decode())
