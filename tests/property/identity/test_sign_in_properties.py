"""The sign-in machine and the lock-out arithmetic, whatever happens in whatever order."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.identity.lockout import (
    ADDRESS_POLICY,
    LOGIN_POLICY,
    LockPolicy,
    Tally,
    after_failure,
    wait_of,
)
from yunhu.domains.identity.roles import (
    PRESETS,
    Side,
    allowed_on,
    mixes_apart,
    permissions_of,
    second_factor_is_mandatory,
)
from yunhu.domains.identity.scopes import Scope
from yunhu.domains.identity.sign_in_rules import (
    SESSION_IDLE,
    Fact,
    Needs,
    SessionTimes,
    Step,
    next_step,
    session_is_over,
)

NOW = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)
PROVES = {
    Fact.PASSWORD_RIGHT: Step.PASSWORD,
    Fact.CODE_RIGHT: Step.SECOND_FACTOR,
    Fact.ENROLLED: Step.ENROLMENT,
    Fact.PASSWORD_CHANGED: Step.PASSWORD_CHANGE,
}
needs_ = st.builds(
    Needs,
    has_second_factor=st.booleans(),
    second_factor_mandatory=st.booleans(),
    must_change_password=st.booleans(),
)
policies = st.sampled_from([LOGIN_POLICY, ADDRESS_POLICY])


@given(needs_, st.lists(st.sampled_from(Fact), max_size=12))
def test_given_any_facts_in_any_order_when_signed_in_then_nothing_that_was_needed_is_missing(
    needs: Needs, facts: list[Fact]
) -> None:
    step, proved = Step.PASSWORD, set()
    for fact in facts:
        following = next_step(step, fact, needs)
        assert (following is not None) == (PROVES[fact] is step)
        if following is not None:
            proved.add(fact)
            step = following
    if step is Step.SIGNED_IN:
        assert Fact.PASSWORD_RIGHT in proved
        assert not needs.has_second_factor or Fact.CODE_RIGHT in proved
        assert needs.has_second_factor or not needs.second_factor_mandatory or Fact.ENROLLED in proved
        assert not needs.must_change_password or Fact.PASSWORD_CHANGED in proved


@given(needs_)
def test_given_any_needs_when_each_step_is_answered_then_the_session_begins_within_four(
    needs: Needs,
) -> None:
    step, taken = Step.PASSWORD, 0
    answers = {step: fact for fact, step in PROVES.items()}
    while step is not Step.SIGNED_IN:
        following = next_step(step, answers[step], needs)
        assert following is not None
        step, taken = following, taken + 1
    assert taken <= 4


def _guesses_heard(policy: LockPolicy, pauses: list[int]) -> list[datetime]:
    """Somebody who tries again and again, after pauses in seconds; only what is heard counts."""
    tally: Tally | None = None
    now, heard = NOW, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if not wait_of(tally, now):
            heard.append(now)
            tally = after_failure(tally, policy, now)
    return heard


@given(st.lists(st.integers(0, 1800), max_size=80))
def test_given_any_rhythm_of_guesses_when_counted_then_no_more_than_five_are_heard_in_15_minutes(
    pauses: list[int],
) -> None:
    heard = _guesses_heard(LOGIN_POLICY, pauses)
    quarter = timedelta(minutes=15)
    for index, moment in enumerate(heard):
        in_window = [other for other in heard[index:] if other - moment < quarter]
        assert len(in_window) <= 2 * LOGIN_POLICY.allowed - 1
    for index in range(len(heard) - LOGIN_POLICY.allowed):
        run = heard[index : index + LOGIN_POLICY.allowed + 1]
        assert any(later - earlier >= quarter for earlier, later in itertools.pairwise(run))


@given(policies, st.lists(st.integers(0, 1800), max_size=60))
def test_given_any_rhythm_when_waiting_then_the_wait_is_never_longer_than_the_longest(
    policy: LockPolicy, pauses: list[int]
) -> None:
    tally: Tally | None = None
    now = NOW
    for pause in pauses:
        now += timedelta(seconds=pause)
        before = tally.failures if tally else 0
        if not wait_of(tally, now):
            tally = after_failure(tally, policy, now)
            assert tally.failures in {1, before + 1}
        assert timedelta(0) <= wait_of(tally, now) <= policy.longest_wait
        assert not wait_of(tally, now + policy.longest_wait)


@given(st.integers(0, 100_000), st.integers(0, 100_000), st.booleans())
def test_given_any_times_when_a_session_is_judged_then_it_never_outlives_idle_or_absolute_limits(
    seen: int, left: int, ended: bool
) -> None:
    times = SessionTimes(NOW - timedelta(seconds=seen), NOW + timedelta(seconds=left), NOW if ended else None)
    alive = not session_is_over(times, NOW)
    assert alive == (not ended and left > 0 and seen < SESSION_IDLE.total_seconds())


_names = st.sets(st.sampled_from(sorted({name for _, name in PRESETS} | {"no such role"})))
_words = st.sets(st.sampled_from([*Scope, "no:such"]))


@given(st.sampled_from(Side), _names, _words)
def test_given_any_roles_when_added_up_then_they_stay_on_their_side_and_never_shrink(
    side: Side, presets: set[str], words: set[str]
) -> None:
    held = permissions_of(side, presets, words)
    assert held <= allowed_on(side)
    for name in presets:
        assert permissions_of(side, [name], []) <= held
    if side is Side.OPERATOR or Scope.USERS_MANAGE in held:
        assert second_factor_is_mandatory(side, held, for_all=False)
    if "auditor" in presets and Scope.USERS_MANAGE in held and side is Side.TENANT:
        assert mixes_apart(side, presets, held)


def test_given_the_auditor_when_looked_at_then_it_only_reads() -> None:
    auditor = PRESETS[Side.TENANT, "auditor"]
    assert all(scope.endswith(":read") for scope in auditor.scopes)
    assert auditor.apart_from_administration
