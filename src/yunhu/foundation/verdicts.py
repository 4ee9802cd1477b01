"""Verdicts as values (law 2), and how a slice adds its rules to the gate.

A slice that has something to say about an outgoing notification exports one `GatePart` from its `public.py`.
Dispatch reads the facts of all parts in one statement, together with the notification, and asks every rule.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec


class Outcome(StrEnum):
    """What the gate says."""

    ALLOWED = "allowed"
    DEFERRED = "deferred"
    REFUSED = "refused"


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one rule says, and what it saw."""

    rule: str
    outcome: Outcome
    saw: dict[str, Any] = {}
    until: datetime | None = None


def allowed(rule: str, **saw: Any) -> Finding:
    """Nothing against it."""
    return Finding(rule, Outcome.ALLOWED, saw)


def deferred(rule: str, until: datetime, **saw: Any) -> Finding:
    """Not before this moment."""
    return Finding(rule, Outcome.DEFERRED, saw, until)


def refused(rule: str, **saw: Any) -> Finding:
    """Never."""
    return Finding(rule, Outcome.REFUSED, saw)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about, the same for every part."""

    now: datetime
    channel: str
    """`voice` or `sms`."""
    purpose: str
    deadline: datetime


F = TypeVar("F")


class GatePart(msgspec.Struct, Generic[F], frozen=True, kw_only=True):
    """The facts that a slice wants looked up, and its rules over them."""

    name: str
    """Of the slice."""
    sql: str
    """A SELECT that gives exactly one row. It may refer to the row `picked` (tenant_id, callee_index,
    script_version_id, journey_id, channel, purpose) and to the parameters :now (moment), :day (natural day) and
    :tenant_id, and must go through indexes alone. Its columns become the fields of `facts`, by way of JSON."""
    facts: type[F]
    rules: Mapping[str, Sequence[Callable[[F, Asked], Finding]]]
    """By channel."""
