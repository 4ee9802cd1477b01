from pathlib import Path

from tests.support.media.packets import key_event, key_press, rtp

from yunhu.telephony.media.rtp import parse
from yunhu.telephony.media.telephone_event import DigitReader

WIRE = Path(__file__).parent / "wire"


def digits(packets: list[bytes]) -> str:
    reader = DigitReader()
    found = []
    for data in packets:
        packet = parse(data, len(data))
        assert packet is not None
        found.append(reader.read(data[packet.start : packet.end], packet))
    return "".join(digit for digit in found if digit)


def event(
    code: int, duration: int, timestamp: int, *, end: bool = False, marker: bool = False, ssrc: int = 1
) -> bytes:
    return rtp(0, timestamp, key_event(code, duration, end=end), payload_type=101, marker=marker, ssrc=ssrc)


def test_given_the_event_on_the_wire_when_read_then_it_is_a_five() -> None:
    assert digits([(WIRE / "rtp_telephone_event.bin").read_bytes()]) == "5"


def test_given_every_key_when_pressed_then_each_is_told_once() -> None:
    packets = [packet for code in range(16) for packet in key_press(code, code * 10, code * 2000)]
    assert digits(packets) == "0123456789*#ABCD"


def test_given_the_same_key_twice_when_pressed_then_it_is_told_twice() -> None:
    assert digits(key_press(1, 0, 1000) + key_press(1, 10, 3000)) == "11"


def test_given_all_ends_lost_when_another_key_follows_then_both_are_told() -> None:
    assert digits(key_press(1, 0, 1000)[:4] + key_press(2, 10, 3000)[:4]) == "12"


def test_given_all_ends_lost_when_the_same_key_follows_then_it_is_told_again() -> None:
    assert digits(key_press(1, 0, 1000)[:4] + key_press(1, 10, 3000)[1:]) == "11"


def test_given_only_an_end_packet_arrives_then_the_key_is_told() -> None:
    assert digits(key_press(7, 0, 1000)[-1:]) == "7"


def test_given_a_straggler_of_the_key_before_then_it_is_not_told_again() -> None:
    first, second = key_press(3, 0, 1000), key_press(4, 10, 3000)
    assert digits(first + second[:2] + first[-1:] + second[2:]) == "34"


def test_given_a_key_held_beyond_one_segment_then_it_is_told_once() -> None:
    held = [event(5, 160, 1000, marker=True), event(5, 0xFFFF, 1000)]
    assert digits([*held, event(5, 160, 1000 + 0xFFFF), event(5, 320, 1000 + 0xFFFF, end=True)]) == "5"


def test_given_a_sender_that_moves_the_time_stamp_with_each_packet_then_the_key_is_told_once() -> None:
    assert digits([event(9, 160, 1000 + 160 * step, marker=step == 0) for step in range(10)]) == "9"


def test_given_flash_and_unknown_events_then_nothing_is_told() -> None:
    assert digits([event(16, 160, 1000), event(255, 160, 3000)]) == ""


def test_given_a_time_base_far_back_then_new_keys_are_still_told() -> None:
    assert digits(key_press(1, 0, 4_000_000) + key_press(2, 10, 1000)) == "12"


def test_given_another_ssrc_at_an_earlier_time_then_its_key_is_told() -> None:
    assert digits([event(1, 160, 5000, marker=True), event(2, 160, 4000, marker=True, ssrc=2)]) == "12"


def test_given_a_payload_cut_short_then_nothing_is_told() -> None:
    assert digits([rtp(0, 0, b"\x01\x0a\x00", payload_type=101)]) == ""
