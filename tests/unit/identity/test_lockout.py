"""Lock-out arithmetic by table."""

from datetime import UTC, datetime, timedelta

from yunhu.domains.identity.lockout import ADDRESS_POLICY, LOGIN_POLICY, Tally, after_failure, wait_of

NOW = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def failed(times: int, now: datetime = NOW) -> Tally | None:
    tally = None
    for _ in range(times):
        tally = after_failure(tally, LOGIN_POLICY, now)
    return tally


def test_given_four_failures_when_counted_then_nobody_waits_and_the_fifth_locks_for_15_minutes() -> None:
    assert wait_of(failed(4), NOW) == timedelta(0)
    assert wait_of(failed(5), NOW) == 15 * MINUTE
    assert wait_of(failed(5), NOW + 14 * MINUTE) == MINUTE
    assert wait_of(failed(5), NOW + 15 * MINUTE) == timedelta(0)


def test_given_a_lock_that_is_over_when_failing_again_then_five_more_tries_are_heard() -> None:
    again = after_failure(failed(5), LOGIN_POLICY, NOW + 15 * MINUTE)
    assert again.failures == 1
    assert again.blocked_until is None


def test_given_old_failures_when_failing_again_then_they_are_forgotten() -> None:
    again = after_failure(failed(4), LOGIN_POLICY, NOW + 15 * MINUTE)
    assert again.failures == 1
    soon = after_failure(failed(4), LOGIN_POLICY, NOW + 14 * MINUTE)
    assert soon.blocked_until == NOW + 29 * MINUTE


def test_given_an_address_when_failing_on_then_the_wait_doubles_up_to_15_minutes() -> None:
    tally, now, waits = None, NOW, []
    for _ in range(30):
        tally = after_failure(tally, ADDRESS_POLICY, now)
        wait = wait_of(tally, now)
        if wait:
            waits.append(int(wait.total_seconds()))
        now += wait
    assert waits == [15, 30, 60, 120, 240, 480, 900, 900, 900, 900, 900]
