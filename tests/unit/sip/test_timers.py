"""Timers of the loop: none is early, the long ones are late by a quarter of a second at most."""

import asyncio

import pytest

from yunhu.telephony.sip.timers import LoopTimers, Timer


class HandLoop(asyncio.SelectorEventLoop):
    """A loop whose clock the test moves."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 100.0

    def time(self) -> float:
        return self.at

    def move(self, seconds: float) -> None:
        """Time passes in steps of 10 ms."""
        for _ in range(round(seconds * 100)):
            self.at += 0.01
            self.run_until_complete(asyncio.sleep(0))
            self.run_until_complete(asyncio.sleep(0))


@pytest.fixture
def loop():  # type: ignore[no-untyped-def]
    loop = HandLoop()
    yield loop
    loop.close()


@pytest.mark.parametrize("delay", [0.5, 2.99, 3.0, 3.1, 5.0, 32.0])
def test_given_a_timer_when_its_time_comes_then_it_fires_once_and_hardly_late(
    loop: HandLoop, delay: float
) -> None:
    fired: list[float] = []
    timers = LoopTimers(loop)
    timers.later(delay, lambda: fired.append(timers.now() - 100))
    loop.move(delay + 0.5)
    (moment,) = fired
    assert delay <= moment + 0.001
    assert moment <= delay + (0.3 if delay >= 3 else 0.03)


def test_given_many_long_timers_when_some_are_cancelled_then_only_the_others_fire_and_nothing_is_left(
    loop: HandLoop,
) -> None:
    fired: list[int] = []
    timers = LoopTimers(loop)
    running = [timers.later(4 + index / 50, lambda index=index: fired.append(index)) for index in range(50)]
    for timer in running[::2]:
        timer.cancel()
        timer.cancel()
    loop.move(6)
    assert fired == list(range(1, 50, 2))
    assert timers._slots == {}
    for timer in running:
        timer.cancel()


def test_given_a_timer_that_stops_the_next_of_its_slot_or_fails_when_it_fires_then_the_others_go_on(
    loop: HandLoop,
) -> None:
    told: list[str] = []
    timers = LoopTimers(loop)
    loop.set_exception_handler(lambda _, context: told.append(str(context["exception"])))
    later: list[Timer] = []

    def stop_the_next() -> None:
        later[0].cancel()

    def fail() -> None:
        raise ValueError("this one fails")

    timers.later(4.0, stop_the_next)
    timers.later(4.0, fail)
    later.append(timers.later(4.0, lambda: told.append("stopped")))
    timers.later(4.0, lambda: told.append("last"))
    loop.move(5)
    assert told == ["this one fails", "last"]
