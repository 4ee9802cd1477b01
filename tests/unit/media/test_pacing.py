from itertools import pairwise

from yunhu.telephony.media.pacing import PERIOD_NS, Pacer

MS = 1_000_000


def test_given_every_tick_a_little_late_then_the_schedule_does_not_drift() -> None:
    pacer = Pacer(0)
    for index in range(1000):
        assert pacer.next_tick == index * PERIOD_NS
        assert pacer.begin(pacer.next_tick + 3 * MS) == 0


def test_given_a_stall_of_50_ms_then_it_is_caught_up_at_16_ms_a_tick() -> None:
    pacer = Pacer(0)
    now, starts = 0, []
    for index in range(20):
        now = max(now, pacer.next_tick) if index != 1 else 70 * MS
        assert pacer.begin(now) == 0
        starts.append(now // MS)
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert gaps[0] == 70
    assert min(gaps) == 16
    assert gaps[-1] == 20
    assert starts[-1] == 19 * 20


def test_given_a_stall_of_a_second_then_ticks_are_skipped_and_the_schedule_goes_on() -> None:
    pacer = Pacer(0)
    pacer.begin(0)
    assert pacer.begin(1_000 * MS + 5 * MS) == 49
    assert pacer.next_tick == 1_021 * MS
    assert pacer.begin(pacer.next_tick) == 0
    assert pacer.next_tick == 1_040 * MS


def test_given_a_stop_of_an_hour_then_ten_seconds_are_told() -> None:
    pacer = Pacer(0)
    assert pacer.begin(3_600_000 * MS) == 500
    assert pacer.next_tick == 3_600_020 * MS
