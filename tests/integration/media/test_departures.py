"""Packets of many sockets at once, and one by one where the kernel takes none or not all of them."""

import ctypes
import socket
from array import array
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunhu.telephony.media.datagrams import Destination, Outlet, associate, endpoint, open_socket
from yunhu.telephony.media.departures import Departure, Departures, KernelQueue, write_request

_TICKS = 2
_OCTETS = array("B", b"a")


class Peer:
    """Somebody who gets packets."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.destination = Destination(endpoint(*self.socket.getsockname()))

    def heard(self) -> list[bytes]:
        found = []
        try:
            while True:
                found.append(self.socket.recv(2048))
        except BlockingIOError:
            return sorted(found)


class Sender:
    """One of those whose packets leave; they say who sent them, and in which tick."""

    def __init__(self, name: bytes, peer: Peer, *, associated: bool = True) -> None:
        self.socket = open_socket("127.0.0.1", 0)
        outlet = Outlet(
            self.socket.fileno(), bytearray(b"".join(name + b"%d" % tick for tick in range(_TICKS))), _TICKS
        )
        if associated:
            assert associate(ctypes.c_int(self.socket.fileno()), peer.destination)
        self.packets = outlet.onwards() if associated else outlet.towards(peer.destination)


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.socket.close()


MakeSender = Callable[..., Sender]


@pytest.fixture
def sender_of(peer: Peer) -> Iterator[MakeSender]:
    made: list[Sender] = []

    def make(name: bytes, *, associated: bool = True) -> Sender:
        made.append(Sender(name, peer, associated=associated))
        return made[-1]

    yield make
    for sender in made:
        sender.socket.close()


@pytest.fixture(params=["queue", "no queue"])
def queue(request: pytest.FixtureRequest) -> Iterator[KernelQueue]:
    # The kernel refuses a queue of no answers, as it refuses any where it has none to give.
    queue = _given() if request.param == "queue" else KernelQueue(answers=0)
    assert queue.is_open == (request.param == "queue")
    yield queue
    queue.close()


def _given(**size: int) -> KernelQueue:
    queue = KernelQueue(**size)
    if not queue.is_open:
        pytest.skip("this machine's kernel gives no queue: packets leave one by one here")
    return queue


def test_given_senders_of_both_kinds_when_a_tick_leaves_then_each_packet_of_it_arrives_once(
    peer: Peer, sender_of: MakeSender, queue: KernelQueue
) -> None:
    senders = [sender_of(b"%c" % (97 + index), associated=index % 3 != 0) for index in range(20)]
    departures = Departures(queue, _TICKS)
    for index, sender in enumerate(senders):
        departures.put(index, sender.packets)

    for tick in (0, 1, 0):
        departures.leave(tick)

        assert peer.heard() == [b"%c%d" % (97 + index, tick) for index in range(20)]


def test_given_a_socket_that_is_gone_when_a_tick_leaves_then_the_others_packets_leave(
    peer: Peer, sender_of: MakeSender, queue: KernelQueue
) -> None:
    senders = [sender_of(name) for name in (b"a", b"b", b"c")]
    departures = Departures(queue, _TICKS)
    for sender in senders:
        departures.put(sender, sender.packets)
    senders[1].socket.close()

    departures.leave(0)

    assert peer.heard() == [b"a0", b"c0"]


def test_given_more_packets_than_the_queue_has_room_for_when_they_leave_then_the_rest_is_sent_alone(
    sender_of: MakeSender,
) -> None:
    queue = _given(answers=1)  # the kernel gives some more, by the number of processors
    request = write_request(sender_of(b"a").socket.fileno(), *_OCTETS.buffer_info())
    alone: list[None] = []
    packets = [Departure(lambda: alone.append(None) or 0, request)] * _TICKS
    room = queue.submit(array("Q", [packets[0].request]) * 50_000)
    assert 0 < room < 50_000
    departures = Departures(queue, _TICKS)
    for key in range(room + 10):
        departures.put(key, packets)

    for times in (1, 2, 3):
        departures.leave(0)

        assert len(alone) == 10 * times
    queue.close()


class _Recorded(Departure):
    """A departure that notes its turn and touches no socket."""

    def __init__(self, name: int, log: list[int], *, queued: bool) -> None:
        super().__init__(lambda: log.append(name) or 0, bytearray(64) if queued else None)


@given(st.lists(st.tuples(st.integers(0, 7), st.booleans()), max_size=60))
def test_given_any_comings_and_goings_when_ticks_leave_then_exactly_those_that_are_in_send(
    moves: list[tuple[int, bool]],
) -> None:
    log: list[int] = []
    departures = Departures(KernelQueue(answers=0), _TICKS)
    present: set[int] = set()
    for key, queued in moves:
        if key in present:
            departures.discard(key)
            present.remove(key)
        else:
            departures.put(key, [_Recorded(key * 10 + tick, log, queued=queued) for tick in range(_TICKS)])
            present.add(key)
        for tick in range(_TICKS):
            log.clear()
            departures.leave(tick)
            assert sorted(log) == sorted(key * 10 + tick for key in present)
