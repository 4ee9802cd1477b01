"""The gate: one pure function says whether a notification may leave now, and why (law 2).

Every rule speaks, allowed or not, so that a verdict explains itself: `POST /notifications/check` shows the
same findings that are stored with the call.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from yunhu.domains.dispatch.models import DAILY_CAP
from yunhu.domains.notifications.public import DeliveryPlan, Purpose, next_opening
from yunhu.domains.numbers.public import next_minute
from yunhu.foundation.clock import day_start, natural_day
from yunhu.foundation.verdicts import Asked, Finding, GatePart, Outcome, allowed, deferred, refused

_ROBOT_WAIT = timedelta(seconds=5)
_CALL_WAIT = timedelta(seconds=20)
_TRUNK_WAIT = timedelta(seconds=10)


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """Allowed, deferred until, or refused, with every rule that spoke."""

    outcome: Outcome
    at: datetime
    findings: tuple[Finding, ...]
    until: datetime | None = None

    @property
    def reason(self) -> str:
        """Name of the rule that decided; empty when everything was allowed."""
        deciding = [finding for finding in self.findings if finding.outcome is self.outcome]
        if self.outcome is Outcome.REFUSED:
            return deciding[0].rule
        latest = max(deciding, key=lambda finding: finding.until or self.at) if self.until else None
        return latest.rule if latest else ""

    @property
    def too_late(self) -> bool:
        """Refused only because time ran out, not because of what it is."""
        return self.outcome is Outcome.REFUSED and all(
            finding.rule == "deadline" or "too_late" in finding.saw
            for finding in self.findings
            if finding.outcome is Outcome.REFUSED
        )


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the rules may look at, read in one statement."""

    now: datetime
    channel: str
    purpose: Purpose
    deadline: datetime
    due_at: datetime
    plan: DeliveryPlan
    script_state: str
    refused: bool
    """The callee wants no more calls and texts from this tenant."""
    calls_today: int = 0
    callee_in_call: bool = False
    robots: int = 0
    robots_free: int = 0
    numbers: int = 0
    """Allocated caller numbers on trunks that can be used."""
    numbers_free: int = 0
    """Of these, below their limits and not cooling down."""
    numbers_on_open_trunks: int = 0
    """Of those, on trunks that carry fewer calls than they may."""
    sms_account: bool = False
    parts: tuple[tuple[GatePart[Any], Any], ...] = ()
    """What other slices have to say, with the facts that they asked for."""
    wording: tuple[Finding, ...] = ()
    """What was found in the text with its variables filled in."""


Rule = Callable[[Snapshot], Finding]


def cap_for(purpose: Purpose, plan: DeliveryPlan) -> int:
    """How many calls a day a notification of this purpose may be the last of (row C1)."""
    return DAILY_CAP if purpose is Purpose.YOUR_TURN else DAILY_CAP - plan.calls_kept_for_turn


def deadline(seen: Snapshot) -> Finding:
    """A call is worth something only while it is fresh (row A4)."""
    name = "deadline"
    return allowed(name) if seen.now < seen.deadline else refused(name, deadline=seen.deadline)


def not_before(seen: Snapshot) -> Finding:
    """The time asked for, or the retry interval, has come."""
    name = "not_before"
    return allowed(name) if seen.due_at <= seen.now else deferred(name, seen.due_at)


def script_approved(seen: Snapshot) -> Finding:
    """Only filed and approved texts leave (row C2)."""
    name = "script_approved"
    return allowed(name) if seen.script_state == "approved" else refused(name, state=seen.script_state)


def callee_refusal(seen: Snapshot) -> Finding:
    """A refusal is honoured at once (row C5)."""
    return refused("callee_refusal") if seen.refused else allowed("callee_refusal")


def time_window(seen: Snapshot) -> Finding:
    """Inside the hours that were filed (row C4)."""
    opening = next_opening(seen.plan.windows, seen.now)
    if opening is None:
        return refused("time_window")
    return allowed("time_window") if opening <= seen.now else deferred("time_window", opening)


def daily_cap(seen: Snapshot) -> Finding:
    """At most 3 calls to one callee in one natural day, some of them kept for the turn (row C1)."""
    cap = cap_for(seen.purpose, seen.plan)
    saw = {"calls_today": seen.calls_today, "cap": cap}
    if seen.calls_today < cap:
        return allowed("daily_cap", **saw)
    return deferred("daily_cap", day_start(natural_day(seen.now) + timedelta(days=1)), **saw)


def callee_free(seen: Snapshot) -> Finding:
    """One person is never called by two calls at once."""
    name = "callee_free"
    return deferred(name, seen.now + _CALL_WAIT) if seen.callee_in_call else allowed(name)


def robot_free(seen: Snapshot) -> Finding:
    """A robot is one concurrent call (row B2)."""
    saw = {"robots": seen.robots, "free": seen.robots_free}
    if seen.robots == 0:
        return refused("robot_free", **saw)
    if seen.robots_free == 0:
        return deferred("robot_free", seen.now + _ROBOT_WAIT, **saw)
    return allowed("robot_free", **saw)


def caller_number_free(seen: Snapshot) -> Finding:
    """Only allocated caller numbers, each below its frequency limits (rows B3, C6)."""
    saw = {"usable": seen.numbers, "free": seen.numbers_free}
    if seen.numbers == 0:
        return deferred("caller_number_free", seen.now + _TRUNK_WAIT, **saw)
    if seen.numbers_free == 0:
        return deferred("caller_number_free", next_minute(seen.now), **saw)
    return allowed("caller_number_free", **saw)


def trunk_free(seen: Snapshot) -> Finding:
    """A carrier takes so many calls at a time from all nodes together."""
    saw = {"free": seen.numbers_free, "on_open_trunks": seen.numbers_on_open_trunks}
    if seen.numbers_free and not seen.numbers_on_open_trunks:
        return deferred("trunk_free", seen.now + _ROBOT_WAIT, **saw)
    return allowed("trunk_free", **saw)


def sms_account(seen: Snapshot) -> Finding:
    """There is an SMS centre to hand it to."""
    return allowed("sms_account") if seen.sms_account else refused("sms_account")


_COMMON: tuple[Rule, ...] = (deadline, not_before, script_approved, callee_refusal, time_window)
RULES: dict[str, tuple[Rule, ...]] = {
    "voice": (*_COMMON, daily_cap, callee_free, robot_free, caller_number_free, trunk_free),
    "sms": (*_COMMON, sms_account),
}


def judge(seen: Snapshot) -> Verdict:
    """Ask every rule; the strictest answer wins. A deferral beyond the deadline is a refusal."""
    findings = tuple(rule(seen) for rule in RULES[seen.channel]) + _of_parts(seen) + seen.wording
    outcomes = {finding.outcome for finding in findings}
    if Outcome.REFUSED in outcomes:
        return Verdict(Outcome.REFUSED, seen.now, findings)
    if Outcome.DEFERRED not in outcomes:
        return Verdict(Outcome.ALLOWED, seen.now, findings)
    if any(finding.until is not None and finding.until >= seen.deadline for finding in findings):
        late = tuple(_refuse_if_late(finding, seen.deadline) for finding in findings)
        return Verdict(Outcome.REFUSED, seen.now, late)
    until = max(finding.until for finding in findings if finding.until is not None)
    return Verdict(Outcome.DEFERRED, seen.now, findings, until)


def _of_parts(seen: Snapshot) -> tuple[Finding, ...]:
    asked = Asked(now=seen.now, channel=seen.channel, purpose=seen.purpose, deadline=seen.deadline)
    return tuple(
        rule(facts, asked) for part, facts in seen.parts for rule in part.rules.get(seen.channel, ())
    )


def _refuse_if_late(finding: Finding, last: datetime) -> Finding:
    if finding.until is None or finding.until < last:
        return finding
    return Finding(finding.rule, Outcome.REFUSED, {**finding.saw, "too_late": finding.until})
