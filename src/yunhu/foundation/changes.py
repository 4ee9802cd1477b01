"""What bringing stored state in line with a description would change, as data: shown to people before it is done."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

CONFIG_CHANNEL = "yunhu_config"
"""NOTIFY channel: `<tenant id>`: trunks, accounts, caller numbers, scripts or scenarios are no longer what they were."""


class ChangeKind(StrEnum):
    """What happens to an object."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    UNCHANGED = "unchanged"


class FieldChange(msgspec.Struct, frozen=True):
    """One field of an object that differs."""

    name: str
    before: str
    after: str


class Change(msgspec.Struct, frozen=True):
    """What happens to one object."""

    kind: ChangeKind
    object: str
    """`trunk`, `caller number`, … in people's words."""
    name: str
    fields: tuple[FieldChange, ...] = ()
    note: str = ""


_UNSET = "(none)"


def compared(object_: str, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    """`change` with every field that differs, or `unchanged`."""
    fields = tuple(
        FieldChange(field, _shown(old), _shown(new)) for field, old, new in differences(before, after)
    )
    return Change(ChangeKind.CHANGE if fields else ChangeKind.UNCHANGED, object_, name, fields)


def json_form(value: msgspec.Struct) -> dict[str, Any]:
    """A struct as PostgreSQL gives its JSON back, so that stored and wanted compare equal when they are."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return plain


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = ""
) -> Iterable[tuple[str, Any, Any]]:
    """Name, old and new value of each field that differs, in order of names; `outer.inner` for a mapping in a mapping."""
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from differences(old, new, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", old, new


def _shown(value: Any) -> str:
    if value is None:
        return _UNSET
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
