"""What apply did or would do, for people."""

from collections import Counter
from collections.abc import Iterator

from yunhu.entrypoints.apply import ApplyReport
from yunhu.foundation.changes import Change, ChangeKind

_SIGNS = {ChangeKind.ADD: "+", ChangeKind.CHANGE: "~", ChangeKind.REMOVE: "-", ChangeKind.UNCHANGED: "="}
_SUMS = {
    ChangeKind.ADD: "to add",
    ChangeKind.CHANGE: "to change",
    ChangeKind.REMOVE: "to remove",
    ChangeKind.UNCHANGED: "unchanged",
}
_LONGEST = 240


def report_lines(report: ApplyReport, *, show_unchanged: bool) -> Iterator[str]:
    """One line an object, one more for each field that differs, a sum at the end."""
    for change in report.changes:
        if show_unchanged or change.kind is not ChangeKind.UNCHANGED:
            yield from _change_lines(change)
    for warning in report.warnings:
        yield f"! {warning}"
    counts = Counter(change.kind for change in report.changes)
    yield ", ".join(f"{counts[kind]} {_SUMS[kind]}" for kind in _SIGNS)


def _change_lines(change: Change) -> Iterator[str]:
    note = f"  ({change.note})" if change.note else ""
    yield f"{_SIGNS[change.kind]} {change.object} {change.name}{note}"
    for field in change.fields:
        yield f"    {field.name}: {_short(field.before)} → {_short(field.after)}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
