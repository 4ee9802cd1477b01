from yunhu.telephony.media.g711 import SILENT_FRAME
from yunhu.telephony.media.tape import Tape

WE = b"\x11" * 160
HOLD_TICKS = 5


def tape(ticks: int) -> Tape:
    made = Tape()
    for _ in range(ticks):
        made.write(WE)
    return made


def test_given_audio_in_order_when_taken_then_it_starts_where_the_first_packet_arrived() -> None:
    made = tape(2)
    for index in range(3):
        made.place(5000 + index * 160, bytes([index]) * 160, in_order=True)
        made.write(WE)
    position, left, right = made.take(everything=True)
    assert position == 0
    assert left == WE * 5
    assert right == SILENT_FRAME * 2 + b"\0" * 160 + b"\1" * 160 + b"\2" * 160


def test_given_the_last_100_ms_when_taken_then_they_stay_for_late_packets() -> None:
    made = tape(12)
    assert [len(part) for part in made.take()[1:]] == [7 * 160, 7 * 160]
    assert made.take()[0] == 7 * 160
    assert made.now == 12 * 160


def test_given_a_packet_out_of_order_when_placed_then_it_fills_its_gap() -> None:
    made = tape(1)
    made.place(0, b"a" * 160, in_order=True)
    made.place(320, b"c" * 160, in_order=True)
    made.place(160, b"b" * 160, in_order=False)
    made.skip(3)
    assert made.take(everything=True)[2] == SILENT_FRAME + b"a" * 160 + b"b" * 160 + b"c" * 160


def test_given_a_straggler_that_is_past_when_placed_then_it_is_left_out() -> None:
    made = tape(1)
    made.place(10_000, b"a" * 160, in_order=True)
    made.skip(20)
    made.take()
    assert not made.place(9_840, b"x" * 160, in_order=False)
    assert b"x" not in made.take(everything=True)[2]


def test_given_a_path_that_became_slower_when_placed_then_the_anchor_moves_to_the_present() -> None:
    made = tape(1)
    made.place(0, b"a" * 160, in_order=True)
    made.skip(49)
    made.take()
    assert made.place(160, b"b" * 160, in_order=True)
    made.skip(1)
    assert made.take(everything=True)[2][-160:] == b"b" * 160


def test_given_time_stamps_that_jump_far_ahead_when_placed_then_memory_stays_small() -> None:
    made = tape(1)
    for jump in range(200):
        made.place(jump * 1_000_000_000, b"a" * 160, in_order=True)
    made.skip(1)
    assert len(made.take(everything=True)[2]) == 320


def test_given_time_stamps_that_wrap_when_placed_then_audio_is_contiguous() -> None:
    made = Tape()
    for index in range(4):
        made.place(0xFFFFFFFF - 159 + index * 160, bytes([index]) * 160, in_order=True)
        made.write(WE)
    assert made.take(everything=True)[2] == b"".join(bytes([index]) * 160 for index in range(4))


def test_given_a_new_stream_when_placed_then_it_starts_at_the_present() -> None:
    made = tape(1)
    made.place(0, b"a" * 160, in_order=True)
    made.write(WE)
    made.unanchor()
    made.place(77, b"b" * 160, in_order=True)
    made.write(WE)
    assert made.take(everything=True)[2] == SILENT_FRAME + b"a" * 160 + b"b" * 160
