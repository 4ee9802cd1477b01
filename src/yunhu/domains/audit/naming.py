"""Entries of the audit log in words, as the console says them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from yunhu.domains.audit.words import ACTIONS, FIELDS, SUBJECTS, VERBS, Words


def action_text(action: str, english: bool) -> str:
    """What was done: the whole word's own meaning, or object and verb; the word itself where there is none yet."""
    whole = _known(ACTIONS, action, english)
    if whole is not None:
        return whole
    name, _, rest = action.partition(".")
    subject, verb = _known(SUBJECTS, name, english), _known(VERBS, rest.replace(".", "_"), english)
    if subject is None or verb is None:
        return action
    return f"{subject}: {verb}" if english else f"{subject}：{verb}"


def subject_text(kind: str, english: bool) -> str:
    """What kind of thing it was done to."""
    return _known(SUBJECTS, kind, english) or kind


def field_text(name: str, english: bool) -> str:
    """A field of a change. `qualification.checked_by` is named part by part."""
    return " · ".join(_known(FIELDS, part, english) or part for part in name.split("."))


def changes_text(changes: Sequence[Mapping[str, Any]], english: bool) -> str:
    """Every changed field with what it was and what it is."""
    told = (
        f"{field_text(change['name'], english)}{': ' if english else '：'}{_sides(change)}"
        for change in changes
    )
    return ("; " if english else "；").join(told)


def _sides(change: Mapping[str, Any]) -> str:
    before, after = change.get("before"), change.get("after")
    if before is None:
        return "—" if after is None else str(after)
    return f"{before} → {'—' if after is None else after}"


def _known(words: Words, key: str, english: bool) -> str | None:
    found = words.get(key)
    return found[0 if english else 1] if found is not None else None
