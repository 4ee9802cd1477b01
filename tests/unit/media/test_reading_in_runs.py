"""Eight packets by one system call: the same account as one by one, whatever lies among them."""

import ctypes
import random
import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.media.packets import rtp

from yunhu.telephony.media import Codec, RemoteMedia, inbound
from yunhu.telephony.media.datagrams import DatagramReader, endpoint, open_socket, run_of_heads
from yunhu.telephony.media.inbound import READING, Inbound
from yunhu.telephony.media.tape import Tape

HOST = "127.0.0.1"


class Sink:
    """A bound socket, who sends to it, and who judges what it got."""

    def __init__(self) -> None:
        self.sock = open_socket(HOST, 0)
        self.sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sender.bind((HOST, 0))
        self.reader = DatagramReader()

    def close(self) -> None:
        self.sock.close()
        self.sender.close()

    def receiver(self) -> Inbound:
        made = Inbound(Tape(), lambda _: None)
        port = self.sender.getsockname()[1]
        made.configure(RemoteMedia(HOST, port, Codec.PCMA, 8, 101))
        made.latch.announce(endpoint(HOST, port), answered=True)
        return made

    def read(self, packets: list[bytes]) -> int:
        for packet in packets:
            self.sender.sendto(packet, self.sock.getsockname())
        return self.reader.receive(ctypes.c_int(self.sock.fileno()))


@pytest.fixture
def sink() -> Iterator[Sink]:
    with closing(Sink()) as made:
        yield made


def audio(index: int, size: int = 160) -> bytes:
    return rtp(65_530 + index & 0xFFFF, index * 160, bytes([index & 0xFF]) * size)


def packets_with_faults(chance: random.Random) -> list[bytes]:
    """In order mostly; some missing, doubled, swapped, of another size, of another stream, or nonsense."""
    made = [audio(index) for index in range(60)]
    for _ in range(chance.randrange(8)):
        at = chance.randrange(len(made) - 1)
        fault = chance.randrange(6)
        if fault == 0:
            del made[at]
        elif fault == 1:
            made.insert(at, made[at])
        elif fault == 2:
            made[at], made[at + 1] = made[at + 1], made[at]
        elif fault == 3:
            made[at] = audio(at, size=chance.choice([80, 161, 240]))
        elif fault == 4:
            made.insert(at, rtp(7, 7, b"stranger" * 20, ssrc=99))
        else:
            made.insert(at, chance.randbytes(172))
    return made


@pytest.mark.parametrize("seed", range(40))
def test_given_packets_with_faults_when_read_in_runs_then_account_and_tape_are_those_of_one_by_one(
    sink: Sink, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever reads several at once anchors the first at its arrival; here they are read as they come.
    monkeypatch.setattr(inbound, "time", SimpleNamespace(time_ns=lambda: 0))
    chance = random.Random(seed)
    arrived = packets_with_faults(chance)
    runs, single = sink.receiver(), sink.receiver()
    while arrived:
        some, arrived = arrived[:READING], arrived[READING:]
        count = sink.read(some)
        assert count == len(some)
        for index in range(count):
            single.take(*sink.reader.datagram(index))
        runs.receive(sink.reader, count)
        for receiver in (runs, single):
            for _ in range(READING):
                receiver.tape.write(b"\xd5" * 160)
        assert (runs.received, runs.lost, runs.discarded) == (single.received, single.lost, single.discarded)
        assert runs.state.extended_highest == single.state.extended_highest
        assert runs.state.jitter_ms == pytest.approx(single.state.jitter_ms, abs=0.01)
    assert runs.tape.take(everything=True) == single.tape.take(everything=True)


def test_given_nothing_but_audio_in_order_when_read_then_the_short_way_takes_it(sink: Sink) -> None:
    receiver = sink.receiver()
    receiver.receive(sink.reader, sink.read([audio(0)]))
    receiver.tape.write(b"\xd5" * 160 * READING)
    count = sink.read([audio(index) for index in range(1, READING + 1)])
    # The sequence starts over after five packets: a run across that goes the long way.
    assert receiver._take_run(sink.reader, count) == 0
    receiver.receive(sink.reader, count)
    count = sink.read([audio(index) for index in range(READING + 1, 2 * READING + 1)])
    assert receiver._take_run(sink.reader, count) == READING
    assert receiver.received == 2 * READING + 1


def test_given_nothing_left_after_a_full_reading_when_read_again_then_nothing_changes(sink: Sink) -> None:
    receiver = sink.receiver()
    receiver.receive(sink.reader, sink.read([audio(index) for index in range(DatagramReader.CAPACITY)]))
    receiver.tape.write(b"\xd5" * 160 * DatagramReader.CAPACITY)
    receiver.receive(sink.reader, sink.read([]))
    assert (receiver.received, receiver.lost) == (DatagramReader.CAPACITY, 0)


def test_given_more_than_a_reading_holds_when_read_then_the_rest_waits_for_the_next(sink: Sink) -> None:
    count = sink.read([audio(index) for index in range(DatagramReader.CAPACITY + 4)])
    assert count == DatagramReader.CAPACITY
    assert sink.read([]) == 4
    assert sink.read([]) == 0


def test_given_datagrams_of_any_size_when_read_then_each_is_given_whole_and_cut_at_2048(sink: Sink) -> None:
    sizes = [0, 1, 11, 12, 13, 171, 172, 173]
    sent = [bytes([size & 0xFF]) * size for size in sizes]
    count = sink.read(sent)
    got = [sink.reader.datagram(index) for index in range(count)]
    assert [data for data, _, _ in got] == sent
    assert {source for _, source, _ in got} == {endpoint(HOST, sink.sender.getsockname()[1])}
    sink.read([b"x" * 4000])
    assert sink.reader.datagram(0)[0] == b"x" * 2048


@given(
    sequence=st.integers(0, 0x10000),
    timestamp=st.integers(0, 0xFFFFFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    count=st.integers(1, DatagramReader.CAPACITY),
)
def test_given_headers_in_a_row_when_compared_as_one_number_then_it_is_theirs_or_nobodys(
    sequence: int, timestamp: int, ssrc: int, count: int
) -> None:
    heads = b"".join(
        struct.pack("!HHII", 0x8008, sequence + index & 0xFFFF, timestamp + 160 * index & 0xFFFFFFFF, ssrc)
        for index in range(count)
    )
    whole = sequence + count <= 0x10000 and timestamp + 160 * count <= 0x100000000
    expected = run_of_heads(count, 0x8008, sequence, timestamp, ssrc)
    assert expected == (int.from_bytes(heads, "big") if whole else -1)
