"""A plan against what was filed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.hall.builders import ALWAYS, DEFAULT_PLAN

from yunhu.domains.filings.public import CallPlan, FiledTerms
from yunhu.domains.notifications.plans import RetryRule, TimeWindow
from yunhu.domains.scenarios.rules import filing_faults, uncovered
from yunhu.telephony.port import ResultClass

OFFICE = TimeWindow(days=(1, 2, 3, 4, 5), start="09:00", end="17:00")
PLAN = msgspec.structs.replace(DEFAULT_PLAN, windows=(OFFICE,))
SLUGS = ("near-turn", "your-turn", "menu", "confirmation")


def filed(**changes: object) -> dict[str, FiledTerms]:
    terms = CallPlan(windows=(OFFICE,), daily_calls=100, daily_messages=100)
    plan = msgspec.structs.replace(terms, **changes)
    return {slug: FiledTerms(plan, ("near_turn", "your_turn", "notice")) for slug in SLUGS}


def test_given_a_plan_as_filed_when_checked_then_nothing_is_against_it() -> None:
    assert filing_faults(PLAN, filed()) == []


def test_given_a_script_without_a_filing_when_checked_then_its_place_is_named() -> None:
    terms = filed()
    del terms["confirmation"]
    (fault,) = filing_faults(PLAN, terms)
    assert (fault.rule, fault.pointer) == ("filing_in_force", "/your_turn/keys/1/confirmation")


def test_given_another_purpose_when_checked_then_refused() -> None:
    terms = filed() | {"near-turn": FiledTerms(filed()["menu"].plan, ("your_turn",))}
    assert [fault.rule for fault in filing_faults(PLAN, terms)] == ["filed_purpose"]


@pytest.mark.parametrize(
    ("days", "start", "end"),
    [
        ((6,), "09:00", "10:00"),
        ((1,), "08:59", "10:00"),
        ((1,), "16:00", "17:01"),
        ((1, 7), "09:00", "17:00"),
    ],
)
def test_given_hours_outside_when_checked_then_the_window_is_named(
    days: tuple[int, ...], start: str, end: str
) -> None:
    plan = msgspec.structs.replace(PLAN, windows=(OFFICE, TimeWindow(days=days, start=start, end=end)))
    faults = filing_faults(plan, filed())
    assert {(fault.rule, fault.pointer) for fault in faults} == {("filed_window", "/windows/1")}


def test_given_no_window_when_office_hours_were_filed_then_day_and_night_is_refused() -> None:
    plan = msgspec.structs.replace(PLAN, windows=())
    assert {fault.pointer for fault in filing_faults(plan, filed())} == {"/windows"}
    assert filing_faults(plan, filed(windows=ALWAYS)) == []


def test_given_more_frequent_retries_than_filed_when_checked_then_count_and_interval_are_named() -> None:
    retries = {ResultClass.BUSY: RetryRule(after_seconds=60, at_most=2)}
    plan = msgspec.structs.replace(PLAN, retries=retries)
    faults = filing_faults(plan, filed(calls_per_callee=2, minutes_between_calls=5))
    assert [(fault.rule, fault.pointer) for fault in faults] == [
        ("filed_frequency", "/retries/busy/at_most"),
        ("filed_frequency", "/retries/busy/after_seconds"),
    ]


TIMES = st.integers(0, 48).map(lambda half: f"{half // 2:02d}:{half % 2 * 30:02d}")


@st.composite
def windows(draw: st.DrawFn) -> TimeWindow:
    start, end = draw(st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] < pair[1]))
    days = draw(st.sets(st.integers(1, 7), min_size=1))
    return TimeWindow(days=tuple(sorted(days)), start=start, end=end)


@given(windows(), st.lists(windows(), max_size=5))
def test_given_any_windows_when_compared_then_every_half_hour_agrees(
    window: TimeWindow, allowed: list[TimeWindow]
) -> None:
    halves = [f"{half // 2:02d}:{half % 2 * 30:02d}" for half in range(48)]
    outside = [
        day
        for day in window.days
        if any(
            window.start <= half < window.end
            and not any(day in one.days and one.start <= half < one.end for one in allowed)
            for half in halves
        )
    ]
    assert uncovered(window, allowed) == outside
