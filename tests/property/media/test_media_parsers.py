"""Whatever arrives: no crash, no growth, no lie about what is ours."""

import struct

from hypothesis import given
from hypothesis import strategies as st
from tests.support.media.packets import key_press, rtp

from yunhu.telephony.media import Codec, RemoteMedia, rtcp
from yunhu.telephony.media.datagrams import endpoint
from yunhu.telephony.media.inbound import Inbound
from yunhu.telephony.media.rtp import parse
from yunhu.telephony.media.tape import Tape

SDP = endpoint("192.0.2.1", 4000)
REMOTE = RemoteMedia("192.0.2.1", 4000, Codec.PCMA, 8, 101)
U32 = st.integers(0, 0xFFFFFFFF)
U16 = st.integers(0, 0xFFFF)

plausible = st.builds(
    rtp,
    U16,
    U32,
    st.binary(max_size=400),
    payload_type=st.sampled_from([0, 8, 13, 101, 72, 127]),
    ssrc=st.integers(0, 2),
    marker=st.booleans(),
)
datagrams = st.one_of(st.binary(max_size=2048), plausible, plausible.map(lambda data: data[: len(data) // 2]))


def inbound(told: list[str]) -> Inbound:
    made = Inbound(Tape(), told.append)
    made.configure(REMOTE)
    made.latch.announce(SDP, answered=True)
    return made


def deliver(receiver: Inbound, data: bytes, source: bytes = SDP) -> None:
    receiver.take(data, source, 0)


@given(st.binary(max_size=2048))
def test_given_any_octets_when_parsed_as_rtp_then_the_payload_lies_within(data: bytes) -> None:
    packet = parse(data, len(data))
    if packet is not None:
        assert 12 <= packet.start <= packet.end <= len(data)


@given(st.lists(st.tuples(datagrams, st.booleans()), max_size=60))
def test_given_any_datagrams_when_taken_then_the_tape_stays_small_and_every_one_is_counted(
    arrived: list[tuple[bytes, bool]],
) -> None:
    told: list[str] = []
    receiver = inbound(told)
    for data, known in arrived:
        deliver(receiver, data, SDP if known else endpoint("203.0.113.9", 99))
        receiver.tape.write(b"\xd5" * 160)
    assert receiver.received + receiver.discarded == len(arrived)
    assert len(told) <= len(arrived)
    position, left, right = receiver.tape.take(everything=True)
    assert (position, len(left), len(right)) == (0, 160 * len(arrived), 160 * len(arrived))
    assert 0 <= receiver.state.fraction_lost() <= 255
    assert 0 <= receiver.state.jitter <= 0xFFFFFFFF


@given(st.lists(datagrams, max_size=40))
def test_given_strangers_before_the_answer_when_taken_then_nothing_of_them_is_used(
    arrived: list[bytes],
) -> None:
    told: list[str] = []
    receiver = inbound(told)
    receiver.latch.announce(SDP, answered=False)
    for data in arrived:
        deliver(receiver, data, endpoint("203.0.113.9", 99))
    assert (receiver.received, told, receiver.heard) == (0, [], False)


@given(st.lists(st.integers(0, 15), max_size=12), st.data())
def test_given_keys_with_lost_and_repeated_packets_when_taken_then_each_is_told_once(
    keys: list[int], data: st.DataObject
) -> None:
    told: list[str] = []
    receiver = inbound(told)
    for index, key in enumerate(keys):
        packets = key_press(key, index * 7, 50_000 + index * 2_000)
        arrivals = data.draw(st.lists(st.sampled_from(packets), min_size=1, max_size=12))
        for packet in arrivals:
            deliver(receiver, packet)
    assert "".join(told) == "".join("0123456789*#ABCD"[key] for key in keys)


@given(st.binary(max_size=1600))
def test_given_any_octets_when_parsed_as_rtcp_then_it_answers(data: bytes) -> None:
    assert isinstance(rtcp.parse(data, len(data)), tuple)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 31), st.sampled_from([200, 201, 202, 203, 204, 205]), st.binary(max_size=120)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_given_well_framed_nonsense_when_parsed_as_rtcp_then_what_comes_out_can_be_built_again(
    packets: list[tuple[int, int, bytes]],
) -> None:
    data = b"".join(
        struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body[: len(body) // 4 * 4]
        for count, kind, body in packets
    )
    for item in rtcp.parse(data, len(data)):
        if isinstance(item, rtcp.Report):
            again = rtcp.build(item, "x")
            assert rtcp.parse(again, len(again)) == (item,) or len(again) > 1500


@given(st.lists(st.tuples(U32, st.integers(1, 960), st.booleans(), st.integers(0, 30)), max_size=60))
def test_given_any_time_stamps_when_placed_then_both_sides_of_the_tape_stay_equally_long_and_bounded(
    placed: list[tuple[int, int, bool, int]],
) -> None:
    tape, end = Tape(), 0
    for timestamp, size, in_order, ticks in placed:
        tape.place(timestamp, b"a" * size, in_order=in_order)
        tape.skip(ticks)
        position, left, right = tape.take()
        assert position == end
        assert len(left) == len(right)
        end += len(left)
        assert sum(map(len, tape._right)) <= tape._left_size + 8000 + 960
