"""The gate's rules, by table."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from yunhu.domains.dispatch.rules import Snapshot, judge
from yunhu.domains.notifications.plans import TimeWindow
from yunhu.domains.notifications.public import DeliveryPlan, Purpose
from yunhu.foundation.verdicts import Outcome

TUESDAY_TEN = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in China
WEEKDAYS = (TimeWindow(days=(1, 2, 3, 4, 5), start="08:30", end="18:00"),)


def seen(**changes: Any) -> Snapshot:
    fine = Snapshot(
        now=TUESDAY_TEN,
        channel="voice",
        purpose=Purpose.YOUR_TURN,
        deadline=TUESDAY_TEN + timedelta(minutes=3),
        due_at=TUESDAY_TEN,
        plan=DeliveryPlan(windows=WEEKDAYS, calls_kept_for_turn=1),
        script_state="approved",
        refused=False,
        robots=2,
        robots_free=1,
        numbers=40,
        numbers_free=40,
        numbers_on_open_trunks=40,
    )
    return msgspec.structs.replace(fine, **changes)


@dataclass
class Row:
    name: str
    changes: dict[str, Any]
    outcome: Outcome
    reason: str


NEXT_WEEK = TUESDAY_TEN + timedelta(days=7)
TABLE = [
    Row("everything in order", {}, Outcome.ALLOWED, ""),
    Row("deadline reached", {"deadline": TUESDAY_TEN}, Outcome.REFUSED, "deadline"),
    Row("not yet due", {"due_at": TUESDAY_TEN + timedelta(minutes=1)}, Outcome.DEFERRED, "not_before"),
    Row(
        "due after the deadline", {"due_at": TUESDAY_TEN + timedelta(hours=1)}, Outcome.REFUSED, "not_before"
    ),
    Row("script retired", {"script_state": "retired"}, Outcome.REFUSED, "script_approved"),
    Row("script a draft", {"script_state": "draft"}, Outcome.REFUSED, "script_approved"),
    Row("callee refused", {"refused": True}, Outcome.REFUSED, "callee_refusal"),
    Row("third call of the day for a turn", {"calls_today": 2}, Outcome.ALLOWED, ""),
    Row(
        "third call kept for the turn",
        {"calls_today": 2, "purpose": Purpose.NOTICE},
        Outcome.REFUSED,
        "daily_cap",
    ),
    Row("fourth call", {"calls_today": 3}, Outcome.REFUSED, "daily_cap"),
    Row(
        "fourth call, tomorrow is early enough",
        {"calls_today": 3, "deadline": NEXT_WEEK},
        Outcome.DEFERRED,
        "daily_cap",
    ),
    Row("callee on the phone with us", {"callee_in_call": True}, Outcome.DEFERRED, "callee_free"),
    Row("robots all speak", {"robots_free": 0}, Outcome.DEFERRED, "robot_free"),
    Row("no robot bought", {"robots": 0, "robots_free": 0}, Outcome.REFUSED, "robot_free"),
    Row(
        "numbers at their limits",
        {"numbers_free": 0, "deadline": NEXT_WEEK},
        Outcome.DEFERRED,
        "caller_number_free",
    ),
    Row("no trunk up", {"numbers": 0, "numbers_free": 0}, Outcome.DEFERRED, "caller_number_free"),
    Row("every trunk full", {"numbers_on_open_trunks": 0}, Outcome.DEFERRED, "trunk_free"),
    Row(
        "no number below its limits on any trunk",
        {"numbers_free": 0, "numbers_on_open_trunks": 0, "deadline": NEXT_WEEK},
        Outcome.DEFERRED,
        "caller_number_free",
    ),
    Row("SMS without account", {"channel": "sms"}, Outcome.REFUSED, "sms_account"),
    Row(
        "SMS needs no robot",
        {"channel": "sms", "sms_account": True, "robots": 0, "calls_today": 3},
        Outcome.ALLOWED,
        "",
    ),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_given_a_situation_when_judged_then_the_rule_that_must_speak_speaks(row: Row) -> None:
    verdict = judge(seen(**row.changes))
    assert (verdict.outcome, verdict.reason) == (row.outcome, row.reason)


@pytest.mark.parametrize(
    ("local", "outcome", "until"),
    [
        ("2026-11-24T08:29:59+08:00", Outcome.DEFERRED, "2026-11-24T08:30:00+08:00"),
        ("2026-11-24T08:30:00+08:00", Outcome.ALLOWED, None),
        ("2026-11-24T17:59:59+08:00", Outcome.ALLOWED, None),
        ("2026-11-24T18:00:00+08:00", Outcome.DEFERRED, "2026-11-25T08:30:00+08:00"),
        ("2026-11-27T18:00:00+08:00", Outcome.DEFERRED, "2026-11-30T08:30:00+08:00"),
    ],
)
def test_given_office_hours_when_judged_then_calls_wait_for_the_next_opening(
    local: str, outcome: Outcome, until: str | None
) -> None:
    now = datetime.fromisoformat(local)
    verdict = judge(seen(now=now, due_at=now, deadline=now + timedelta(days=5)))
    assert verdict.outcome is outcome
    assert verdict.until == (datetime.fromisoformat(until) if until else None)


def test_given_several_objections_when_judged_then_every_rule_is_reported() -> None:
    verdict = judge(seen(refused=True, calls_today=3, robots_free=0))
    spoke = {finding.rule for finding in verdict.findings if finding.outcome is not Outcome.ALLOWED}
    assert spoke == {"callee_refusal", "daily_cap", "robot_free"}


def test_given_only_lateness_when_refused_then_the_verdict_says_so() -> None:
    assert judge(seen(calls_today=3)).too_late
    assert judge(seen(deadline=TUESDAY_TEN)).too_late
    assert not judge(seen(refused=True)).too_late


def test_given_a_verdict_when_stored_then_it_survives_json() -> None:
    stored = msgspec.json.decode(msgspec.json.encode(judge(seen(calls_today=3))))
    assert stored["outcome"] == "refused"
    assert any(finding["rule"] == "daily_cap" for finding in stored["findings"])
