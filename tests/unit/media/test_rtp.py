from pathlib import Path

import pytest
from tests.support.media.packets import rtp

from yunhu.telephony.media.rtp import Order, ReceiverState, RtpPacket, parse

WIRE = Path(__file__).parent / "wire"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rtp_pcma.bin", RtpPacket(8, False, 0x1234, 0x00010203, 0xCAFEBABE, 12, 172)),
        ("rtp_marker_pcmu.bin", RtpPacket(0, True, 0xFFFF, 0xFFFFFFFF, 1, 12, 172)),
        (
            "rtp_csrc_extension_padding.bin",
            RtpPacket(8, False, 7, 160, 2, 12 + 8 + 4 + 8, 12 + 8 + 4 + 8 + 160),
        ),
        ("rtp_telephone_event.bin", RtpPacket(101, True, 9, 320, 3, 12, 16)),
    ],
)
def test_given_a_valid_wire_file_when_parsed_then_its_fields_come_out(name: str, expected: RtpPacket) -> None:
    data = (WIRE / name).read_bytes()
    assert parse(data, len(data)) == expected


@pytest.mark.parametrize("path", sorted(WIRE.glob("rtp_damaged_*.bin")), ids=lambda path: path.stem)
def test_given_a_damaged_wire_file_when_parsed_then_there_is_no_packet(path: Path) -> None:
    data = path.read_bytes()
    assert parse(data, len(data)) is None


def feed(state: ReceiverState, sequences: list[int], ssrc: int = 1) -> list[Order]:
    return [state.update(packet(sequence, ssrc), 0) for sequence in sequences]


def packet(sequence: int, ssrc: int = 1, timestamp: int = 0) -> RtpPacket:
    data = rtp(sequence, timestamp, ssrc=ssrc)
    parsed = parse(data, len(data))
    assert parsed is not None
    return parsed


def test_given_a_gap_when_counted_then_the_missing_packets_are_lost() -> None:
    state = ReceiverState()
    feed(state, [10, 11, 14, 15])
    assert (state.received, state.lost) == (4, 2)


def test_given_the_sequence_wraps_when_counted_then_nothing_is_lost() -> None:
    state = ReceiverState()
    assert feed(state, [65534, 65535, 0, 1])[1:] == [Order.NEWEST] * 3
    assert state.lost == 0
    assert state.extended_highest == 0x10001


def test_given_reordered_and_repeated_packets_when_counted_then_they_are_late() -> None:
    state = ReceiverState()
    assert feed(state, [5, 7, 6, 6])[1:] == [Order.NEWEST, Order.LATE, Order.LATE]
    assert state.lost == -1


def test_given_one_far_jump_when_counted_then_it_is_implausible_but_two_in_sequence_restart() -> None:
    state = ReceiverState()
    assert feed(state, [5, 30000, 6, 40000, 40001]) == [
        Order.FIRST,
        Order.IMPLAUSIBLE,
        Order.NEWEST,
        Order.IMPLAUSIBLE,
        Order.FIRST,
    ]


def test_given_another_ssrc_when_counted_then_earlier_losses_are_kept() -> None:
    state = ReceiverState()
    feed(state, [1, 3])
    assert feed(state, [900, 901], ssrc=2) == [Order.FIRST, Order.NEWEST]
    assert (state.received, state.lost, state.lost_of_stream) == (4, 1, 0)


def test_given_half_of_an_interval_lost_when_asked_then_the_fraction_is_128_once() -> None:
    state = ReceiverState()
    feed(state, [1, 2])
    assert state.fraction_lost() == 0
    feed(state, [4, 6])
    assert state.fraction_lost() == 128
    assert state.fraction_lost() == 0


def test_given_packets_in_step_with_the_clock_when_measured_then_jitter_is_zero() -> None:
    state = ReceiverState()
    for index in range(50):
        state.update(packet(index, timestamp=index * 160), index * 20_000_000)
    assert state.jitter_ms == 0


def test_given_every_other_packet_ten_ms_late_when_measured_then_jitter_nears_ten_ms() -> None:
    state = ReceiverState()
    for index in range(400):
        state.update(packet(index, timestamp=index * 160), index * 20_000_000 + (index % 2) * 10_000_000)
    assert 9.5 < state.jitter_ms <= 10.0
