"""Rates and delays, by a clock of our own."""

import pytest

from yunhu.messaging.backoff import Backoff
from yunhu.messaging.rate import TokenBucket


class Seconds:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_given_a_bucket_when_drained_then_waits_grow_by_the_rate_and_time_refills_it() -> None:
    clock = Seconds()
    bucket = TokenBucket(10, 2, clock)
    assert [round(bucket.take(), 3) for _ in range(4)] == [0, 0, 0.1, 0.2]
    clock.now += 60
    assert [round(bucket.take(), 3) for _ in range(3)] == [0, 0, 0.1]


def test_given_a_bucket_when_paused_then_nobody_passes_before_the_end() -> None:
    clock = Seconds()
    bucket = TokenBucket(10, 5, clock)
    bucket.pause(3)
    assert bucket.take() == pytest.approx(3.1)
    clock.now += 3.2
    assert bucket.take() == pytest.approx(0)


def test_given_attempts_that_fail_when_delayed_then_doubling_to_the_cap_within_the_upper_half() -> None:
    low = Backoff(1, 8, lambda: 0.0)
    assert [low.next() for _ in range(5)] == [0.5, 1, 2, 4, 4]
    high = Backoff(1, 8, lambda: 0.999999)
    assert [round(high.next()) for _ in range(5)] == [1, 2, 4, 8, 8]
    high.reset()
    assert round(high.next()) == 1
