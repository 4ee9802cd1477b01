"""UDP system calls that keep the interpreter lock.

`socket.sendto` gives the interpreter lock up around every call. On a busy process the clock thread would then
have to win it back for each packet, up to a switch interval (5 ms) every time. The calls here never block
(`MSG_DONTWAIT`) and cost 2–4 µs, so the lock is kept. Numbers: docs/decisions/0003-media-clock.md.
Linux on 64-bit machines: structures as in recvmsg(2), cmsg(3), ip(7), socket(7).
"""

import ctypes
import socket
import struct
import time
from functools import partial
from typing import Any, Final

from yunhu.telephony.media.departures import Departure, write_request

_SO_TIMESTAMPNS: Final = 35
"""asm-generic/socket.h; Python 3.11 does not name it. The control message has the same number."""
_LARGEST: Final = 2048
"""Octets kept of one datagram."""
_BATCH: Final = 16
"""Datagrams of one system call at most."""
_ADDRESS_SIZE: Final = 16
_ADDRESS_LENGTH: Final = ctypes.c_uint32(_ADDRESS_SIZE)
_ARRIVAL: Final = struct.Struct("=2x6s8x12xiQQ")
"""sockaddr_in, then cmsghdr (length, level, type) and timespec (seconds, nanoseconds), one behind the other."""
_ARRIVALS: Final = tuple(struct.Struct("=" + "2x6s8x16xQQ" * count) for count in range(_BATCH + 1))
_CONTROL_SIZE: Final = _ARRIVAL.size - _ADDRESS_SIZE
_RECEIVED: Final = struct.Struct("=40xQ8xI4x")
"""What the kernel writes into an mmsghdr: size of the control message, size of the datagram (recvmmsg(2))."""
_HEAD: Final = struct.Struct("!HHII")
"""The first octets of a datagram, read as an RTP header: two octets, sequence, time stamp, SSRC (RFC 3550 §5.1)."""
_HEAD_BITS: Final = 8 * _HEAD.size
_FRAME_SIZE: Final = 160
"""Octets behind it that are kept apart: the audio of a packet of 20 ms."""
_ALIKE: Final = tuple(sum(1 << _HEAD_BITS * index for index in range(count)) for count in range(_BATCH + 1))
"""Multiplied by a head: so many of them in one number."""
_STEPS: Final = tuple(
    sum((count - 1 - index) * (1 << 64 | _FRAME_SIZE << 32) << _HEAD_BITS * index for index in range(count))
    for count in range(_BATCH + 1)
)
"""Added to that: sequence number and time stamp of each count on from the first's."""
_REST: Final = _LARGEST - _HEAD.size - _FRAME_SIZE
_FLAGS: Final = ctypes.c_int(socket.MSG_DONTWAIT)
_RECEIVE_BUFFER: Final = 64 * 1024
"""Bound of what a stranger can pile up in the kernel on one port, octets."""


class _IoVector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _MessageHeader(ctypes.Structure):
    """msghdr, and the size that makes it an mmsghdr."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.c_void_p),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
        ("flags_padding", ctypes.c_uint32),
        ("size", ctypes.c_uint32),
        ("size_padding", ctypes.c_uint32),
    )


_libc: Final = ctypes.PyDLL(None)
_recvmmsg: Final = _libc.recvmmsg
"""Without `argtypes`: whoever calls it thousands of times a second hands over C values that were made once."""
_sendto: Final = _libc.sendto
_sendto.restype = ctypes.c_ssize_t
_write: Final = _libc.write
_write.restype = ctypes.c_ssize_t
_connect: Final = _libc.connect
"""Without `argtypes`, as `_recvmmsg`."""
_NOBODY: Final = (ctypes.c_char * _ADDRESS_SIZE)()
"""AF_UNSPEC: dissolves an association (connect(2))."""


def address_of(buffer: bytearray) -> int:
    """Where the octets of a buffer lie. The buffer must live on, and must not be resized."""
    return ctypes.addressof((ctypes.c_char * len(buffer)).from_buffer(buffer))


def endpoint(host: str, port: int) -> bytes:
    """Port and IPv4 address in network order, 6 octets: the form in which sources are compared."""
    return struct.pack("!H", port) + socket.inet_aton(host)


def open_socket(host: str, port: int) -> socket.socket:
    """A bound, non-blocking UDP socket whose datagrams carry the kernel's time of arrival. Raises OSError."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def run_of_heads(count: int, start: int, sequence: int, timestamp: int, ssrc: int) -> int:
    """RTP headers (RFC 3550 §5.1) of packets of 20 ms that follow each other, as one number.

    `start` is the first two octets of each, the rest belongs to the first packet. One number, because comparing it is
    one step, whatever the count. Where sequence or time stamp would start over within the run, it equals no headers.
    """
    if sequence + count > 0x10000 or timestamp + count * _FRAME_SIZE > 0x100000000:
        return -1
    return (start << 80 | sequence << 64 | timestamp << 32 | ssrc) * _ALIKE[count] + _STEPS[count]


class Destination:
    """An address to send to, ready for the kernel."""

    __slots__ = ("endpoint", "octets")

    def __init__(self, to: bytes) -> None:
        self.endpoint = to
        octets = bytearray(struct.pack("=H", socket.AF_INET) + to + bytes(8))
        self.octets = (ctypes.c_char * len(octets)).from_buffer(octets)

    def next_port(self) -> "Destination":
        """The same host, one port up: where RTCP lives (RFC 3550 §11)."""
        port = (int.from_bytes(self.endpoint[:2], "big") + 1) & 0xFFFF
        return Destination(port.to_bytes(2, "big") + self.endpoint[2:])


def associate(descriptor: ctypes.c_int, other: Destination | None) -> bool:
    """Bind a socket to one other side, or to nobody; whether the kernel did.

    It then passes on nothing from anybody else, and finds route and socket of each packet without a search. A socket
    on every address of the machine is from then on on the one that the route to the other side has.
    """
    octets = _NOBODY if other is None else other.octets
    done: int = _connect(descriptor, octets, _ADDRESS_LENGTH)
    return done == 0


class Outlet:
    """Sends what lies in one buffer, in one datagram or in several of the same size, from one socket."""

    __slots__ = ("_descriptor", "_parts", "_size")

    def __init__(self, descriptor: int, buffer: bytearray, parts: int = 1) -> None:
        size = len(buffer) // parts
        self._descriptor = ctypes.c_int(descriptor)
        self._size = ctypes.c_size_t(size)
        self._parts = tuple((ctypes.c_char * size).from_buffer(buffer, part * size) for part in range(parts))

    def onwards(self) -> tuple[Departure, ...]:
        """Each part on its way to whom the socket is associated with."""
        descriptor, size = self._descriptor.value, self._size.value
        return tuple(
            Departure(
                partial(_write, self._descriptor, part, self._size),
                write_request(descriptor, ctypes.addressof(part), size),
            )
            for part in self._parts
        )

    def towards(self, to: Destination) -> tuple[Departure, ...]:
        """Each part on its way there."""
        return tuple(
            Departure(
                partial(_sendto, self._descriptor, part, self._size, _FLAGS, to.octets, _ADDRESS_LENGTH)
            )
            for part in self._parts
        )


class DatagramReader:
    """Reads up to sixteen datagrams of one socket by one system call; they are there until the next read."""

    __slots__ = (
        "_arrivals",
        "_audio",
        "_count",
        "_frames",
        "_headers",
        "_heads",
        "_pointer",
        "_rests",
        "_vectors",
        "_whole",
    )

    CAPACITY: Final = _BATCH

    def __init__(self) -> None:
        self._heads = bytearray(_BATCH * _HEAD.size)
        self._audio = bytearray(_BATCH * _FRAME_SIZE)
        self._rests = bytearray(_BATCH * _REST)
        self._arrivals = bytearray(_BATCH * _ARRIVAL.size)
        self._headers = bytearray(_BATCH * ctypes.sizeof(_MessageHeader))
        parts = ((self._heads, _HEAD.size), (self._audio, _FRAME_SIZE), (self._rests, _REST))
        self._vectors = (_IoVector * (_BATCH * len(parts)))()
        """Each datagram is scattered over three buffers, so that the audio of several lies in one piece."""
        arrivals = address_of(self._arrivals)
        headers = (_MessageHeader * _BATCH).from_buffer(self._headers)
        for index, header in enumerate(headers):
            for part, (buffer, size) in enumerate(parts):
                vector = self._vectors[index * len(parts) + part]
                vector.base, vector.length = address_of(buffer) + index * size, size
            arrival = arrivals + index * _ARRIVAL.size
            header.name, header.name_length = arrival, _ADDRESS_SIZE
            header.vectors = ctypes.addressof(self._vectors[index * len(parts)])
            header.vector_count = len(parts)
            header.control, header.control_length = arrival + _ADDRESS_SIZE, _CONTROL_SIZE
        self._whole = bytes(self._headers)
        """The headers as they are before a read; the kernel overwrites some fields, with what they were mostly."""
        for header in headers:
            header.size = _HEAD.size + _FRAME_SIZE
        self._frames = tuple(bytes(self._headers[: count * _RECEIVED.size]) for count in range(_BATCH + 1))
        """The headers after a read that brought nothing but datagrams of a plain RTP header and 160 octets."""
        self._pointer = ctypes.c_void_p(address_of(self._headers))
        self._count = ctypes.c_uint(_BATCH)

    def receive(self, descriptor: ctypes.c_int) -> int:
        """Read what waits, up to `CAPACITY`; how many datagrams that were, 0 for none."""
        count: int = _recvmmsg(descriptor, self._pointer, self._count, _FLAGS, None)
        return max(0, count)

    def all_frames(self, count: int) -> bool:
        """Whether each of them has the size of an RTP packet of 160 octets, and a time of arrival."""
        return self._headers[: count * _RECEIVED.size] == self._frames[count]

    def heads(self, count: int) -> int:
        """Their RTP headers as one number, to compare with `run_of_heads`; of meaning where `all_frames` is true."""
        return int.from_bytes(self._heads[: count * _HEAD.size], "big")

    def arrivals(self, count: int) -> tuple[Any, ...]:
        """Of each: source, seconds, nanoseconds; as `datagram` explains."""
        return _ARRIVALS[count].unpack_from(self._arrivals)

    def audio(self, count: int) -> bytes:
        """The audio of the datagrams in one piece, where `all_frames` is true."""
        return bytes(self._audio[: count * _FRAME_SIZE])

    def datagram(self, index: int) -> tuple[bytes, bytes, int]:
        """One datagram, cut at 2,048 octets: its octets, its source (as `endpoint`), its arrival.

        The arrival is when the kernel took it in, in nanoseconds of wall-clock time.
        """
        control, size = _RECEIVED.unpack_from(self._headers, index * _RECEIVED.size)
        source, kind, seconds, nanoseconds = _ARRIVAL.unpack_from(self._arrivals, index * _ARRIVAL.size)
        arrival = seconds * 1_000_000_000 + nanoseconds
        if control != _CONTROL_SIZE or kind != _SO_TIMESTAMPNS:
            self._restore(index)
            arrival = time.time_ns()
        octets = b"".join(
            buffer[index * length : (index + 1) * length]
            for buffer, length in (
                (self._heads, _HEAD.size),
                (self._audio, _FRAME_SIZE),
                (self._rests, _REST),
            )
        )
        return octets[:size], source, arrival

    def _restore(self, index: int) -> None:
        """Have the kernel told again how much room it has; the size of this datagram is lost by that."""
        start, end = index * _RECEIVED.size, (index + 1) * _RECEIVED.size
        self._headers[start:end] = self._whole[start:end]
