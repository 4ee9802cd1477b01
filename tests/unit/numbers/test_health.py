"""Health by table: what a number's figures say against its pool's."""

from uuid import UUID

import pytest

from yunhu.domains.numbers.health import Counts, Health, health_of, resting

POOL = Counts(reached=3000, answered=1800, refused=60)


@pytest.mark.parametrize(
    ("own", "poor", "reasons"),
    [
        pytest.param(Counts(), False, (), id="never used"),
        pytest.param(Counts(reached=29, answered=0), False, (), id="too few calls to conclude from"),
        pytest.param(Counts(reached=100, answered=60, refused=2), False, (), id="like the pool"),
        pytest.param(Counts(reached=100, answered=80), False, (), id="better than the pool"),
        pytest.param(Counts(reached=100, answered=49), False, ("answer_rate",), id="worth watching"),
        pytest.param(Counts(reached=100, answered=40), True, ("answer_rate",), id="hardly answered"),
        pytest.param(Counts(reached=100, answered=60, refused=9), True, ("refusals",), id="often declined"),
        pytest.param(
            Counts(reached=5, answered=3, flagged=1), True, ("flagged",), id="barred by the network"
        ),
    ],
)
def test_given_counts_when_judged_against_the_pool_then_only_what_is_far_off_is_poor(
    own: Counts, poor: bool, reasons: tuple[str, ...]
) -> None:
    health = health_of(own, POOL)
    assert (health.poor, health.reasons) == (poor, reasons)
    assert (
        (health.score == 100) == (not reasons and own.answered >= own.reached * 0.6)
        or reasons
        or own.reached < 30
    )


def test_given_a_bad_day_for_everybody_when_judged_then_nobody_is_poor() -> None:
    bad = Counts(reached=3000, answered=300, refused=600)
    assert not health_of(Counts(reached=100, answered=10, refused=20), bad).poor


def test_given_a_pool_that_is_all_poor_when_resting_then_a_third_rests_and_the_worst_first() -> None:
    judged = {UUID(int=i): Health(score=i, poor=True) for i in range(9)}
    assert resting(judged, already=0) == [UUID(int=0), UUID(int=1), UUID(int=2)]
    assert resting(judged, already=2) == [UUID(int=0)]
    assert resting(judged, already=3) == []


def test_given_two_numbers_when_one_is_poor_then_it_goes_on_because_health_never_stops_a_hall() -> None:
    judged = {UUID(int=1): Health(score=0, poor=True), UUID(int=2): Health(score=100)}
    assert resting(judged, already=0) == []
