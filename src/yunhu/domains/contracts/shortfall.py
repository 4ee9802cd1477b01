"""What counts as capacity that the operator did not supply (row C13, §2.2.3). Pure.

A notification was lost for want of capacity, and at that moment the tenant had less than its contract grants. Who
wants more at once than was sold loses notifications, too; that is nobody's shortfall.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from yunhu.domains.contracts.words import ItemKind, ShortfallKind

LOST_EVENTS = frozenset({"notification.refused", "notification.expired"})


class Saw(msgspec.Struct, frozen=True):
    """What the gate's rules on capacity saw."""

    robots: int | None = None
    usable: int | None = None
    """Caller numbers that are allocated and on a trunk that can be used."""
    on_open_trunks: int | None = None
    """Of those, the ones on a trunk that carries fewer calls than it may."""


class _Finding(msgspec.Struct, frozen=True):
    rule: str
    outcome: str
    saw: Saw = Saw()


class _Verdict(msgspec.Struct, frozen=True):
    findings: tuple[_Finding, ...]


class _Lost(msgspec.Struct, frozen=True):
    reason: str
    verdict: _Verdict


class Missed(msgspec.Struct, frozen=True):
    """One notification lost to a shortfall."""

    kind: ShortfallKind
    granted: int
    supplied: int


def capacity_reason(payload: Mapping[str, Any]) -> str | None:
    """The rule of capacity that decided against a notification, if one did."""
    reason = payload.get("reason")
    return reason if isinstance(reason, str) and reason in _RULES else None


def missed_by(payload: Mapping[str, Any], granted: Mapping[ItemKind, int]) -> Missed | None:
    """What was missing when a notification was lost, or nothing that the contract grants."""
    reason = capacity_reason(payload)
    if reason is None:
        return None
    try:
        lost = msgspec.convert(payload, _Lost)
    except msgspec.ValidationError:
        return None  # published by an older version without its findings
    against = {finding.rule for finding in lost.verdict.findings if finding.outcome == "refused"}
    if against - _RULES:
        return None  # with all the capacity in the world it would not have been spoken
    saw = next((finding.saw for finding in lost.verdict.findings if finding.rule == reason), Saw())
    return _missed(reason, saw, granted)


def _missed(reason: str, saw: Saw, granted: Mapping[ItemKind, int]) -> Missed | None:
    if reason == "robot_free":
        kind, supplied, promised = ShortfallKind.ROBOT, saw.robots, granted.get(ItemKind.ROBOT, 0)
    elif reason == "trunk_free":
        kind, supplied = ShortfallKind.TRUNK, saw.on_open_trunks
        promised = granted.get(ItemKind.CALLER_NUMBER, 0)
    else:
        supplied, promised = saw.usable, granted.get(ItemKind.CALLER_NUMBER, 0)
        kind = ShortfallKind.CALLER_NUMBER if supplied else ShortfallKind.TRUNK
    if supplied is None or supplied >= promised:
        return None
    return Missed(kind, promised, supplied)


_RULES = frozenset({"robot_free", "caller_number_free", "trunk_free"})
