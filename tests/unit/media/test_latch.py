from yunhu.telephony.media.datagrams import endpoint
from yunhu.telephony.media.latch import SourceLatch

SDP = endpoint("192.0.2.1", 4000)
NAT = endpoint("198.51.100.7", 61000)
STRANGER = endpoint("203.0.113.9", 1234)


def latch(*, answered: bool) -> SourceLatch:
    made = SourceLatch()
    made.announce(SDP, answered=answered)
    return made


def run(source: SourceLatch, sender: bytes, sequences: range, ssrc: int = 1) -> list[bool]:
    return [source.admit(sender, ssrc, sequence) for sequence in sequences]


def test_given_no_sdp_yet_then_nobody_is_admitted() -> None:
    assert run(SourceLatch(), SDP, range(9)) == [False] * 9


def test_given_the_announced_source_speaks_then_it_is_admitted_at_once_even_before_the_answer() -> None:
    early = latch(answered=False)
    assert early.admit(SDP, 1, 1)
    assert early.locked == SDP


def test_given_no_answer_yet_then_another_source_is_never_admitted() -> None:
    assert not any(run(latch(answered=False), NAT, range(50)))


def test_given_the_answer_and_a_silent_announced_source_then_another_is_admitted_after_its_probation() -> (
    None
):
    answered = latch(answered=True)
    assert run(answered, NAT, range(6)) == [False] * 4 + [True, True]
    assert answered.locked == NAT


def test_given_the_sequence_wraps_during_probation_then_it_still_counts() -> None:
    assert [latch_.admit(NAT, 1, s) for latch_ in [latch(answered=True)] for s in (65534, 65535, 0, 1, 2)][-1]


def test_given_the_announced_source_speaks_during_probation_then_it_wins() -> None:
    answered = latch(answered=True)
    run(answered, NAT, range(4))
    assert answered.admit(SDP, 2, 9)
    assert not any(run(answered, NAT, range(4, 40)))


def test_given_packets_that_are_no_sequence_then_probation_never_ends() -> None:
    answered = latch(answered=True)
    assert not any(answered.admit(STRANGER, 1, sequence * 2) for sequence in range(200))
    assert not any(answered.admit(STRANGER, sequence, sequence) for sequence in range(200))


def test_given_two_strangers_in_turn_then_neither_is_admitted() -> None:
    answered = latch(answered=True)
    assert not any(answered.admit((NAT, STRANGER)[n % 2], 1, n // 2) for n in range(100))


def test_given_a_source_is_locked_then_no_other_is_admitted_again() -> None:
    answered = latch(answered=True)
    run(answered, NAT, range(5))
    assert not any(run(answered, STRANGER, range(50)))
    assert not answered.admit(SDP, 1, 1)


def test_given_the_same_sdp_again_then_the_lock_stays() -> None:
    answered = latch(answered=True)
    run(answered, NAT, range(5))
    answered.announce(SDP, answered=True)
    assert answered.locked == NAT


def test_given_an_sdp_with_another_address_then_the_lock_is_open_again() -> None:
    answered = latch(answered=True)
    answered.admit(SDP, 1, 1)
    answered.announce(STRANGER, answered=True)
    assert answered.admit(STRANGER, 1, 1)
    assert not answered.admit(SDP, 1, 2)
