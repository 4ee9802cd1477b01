"""Whatever order a visit's events come in, and however often: the rules keep their promises."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.notifications.plans import NearTurn, ScenarioPlan, YourTurn
from yunhu.domains.notifications.rules import EventFacts, JourneyFacts, announced, judge
from yunhu.domains.notifications.states import JourneyState, Purpose, QueueEventKind

_NOON = datetime(2026, 2, 9, 4, 0, tzinfo=UTC)
_PLAN = ScenarioPlan(
    near_turn=NearTurn(script="near", ahead_at_most=3, valid_seconds=86_400),
    your_turn=YourTurn(script="turn", valid_seconds=86_400),
)
_ENDED = {JourneyState.SERVED, JourneyState.CANCELLED}
_CALLS = {QueueEventKind.CALLED, QueueEventKind.RECALLED}

_events = st.builds(
    EventFacts,
    kind=st.sampled_from(QueueEventKind),
    occurred_at=st.integers(0, 12).map(lambda minutes: _NOON + timedelta(minutes=minutes)),
    ahead=st.none() | st.integers(0, 8),
    window=st.none() | st.sampled_from(["1", "2"]),
    has_phone=st.booleans(),
)


def _run(events: list[EventFacts]) -> list[tuple[JourneyFacts, EventFacts, Purpose | None]]:
    journey, steps = JourneyFacts(), []
    for event in events:
        decision = judge(journey, event, _PLAN, _NOON + timedelta(minutes=15))
        purpose = decision.announce.purpose if decision.announce else None
        steps.append((journey, event, purpose))
        journey = announced(decision)
    return steps


@given(st.lists(_events, max_size=14), st.randoms())
def test_given_any_visit_when_events_are_shuffled_and_doubled_then_nobody_is_told_too_often(
    events: list[EventFacts], random: object
) -> None:
    shuffled = events + events[: len(events) // 2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    steps = _run(shuffled)
    purposes = [purpose for _, _, purpose in steps]
    assert purposes.count(Purpose.NEAR_TURN) <= 1
    assert purposes.count(Purpose.YOUR_TURN) <= sum(event.kind in _CALLS for event in shuffled)


@given(st.lists(_events, max_size=14))
def test_given_any_order_when_something_is_announced_then_nothing_newer_had_counted(
    events: list[EventFacts],
) -> None:
    for before, event, purpose in _run(events):
        if purpose is None:
            continue
        assert before.judged_at is None or event.occurred_at >= before.judged_at
        assert before.state not in _ENDED
        if before.state is JourneyState.MISSED:
            assert event.kind is QueueEventKind.RECALLED
            assert before.judged_at is not None
            assert event.occurred_at > before.judged_at
        expected = Purpose.YOUR_TURN if event.kind in _CALLS else Purpose.NEAR_TURN
        assert purpose is expected


@given(st.lists(_events, max_size=14))
def test_given_any_order_when_judged_then_the_latest_moment_only_moves_on(events: list[EventFacts]) -> None:
    steps = _run(events)
    moments = [journey.judged_at for journey, _, _ in steps if journey.judged_at]
    assert moments == sorted(moments)
    counts = [journey.calls_announced for journey, _, _ in steps]
    assert counts == sorted(counts)
