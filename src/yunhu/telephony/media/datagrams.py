"""UDP system calls that keep the interpreter lock.

`socket.sendto` gives the interpreter lock up around every call. On a busy process the clock thread would then
have to win it back for each packet, up to a switch interval (5 ms) every time. The calls here never block
(`MSG_DONTWAIT`) and cost 2–4 µs, so the lock is kept. Numbers: docs/decisions/0003-media-clock.md.
Linux on 64-bit machines: structures as in recvmsg(2), cmsg(3), ip(7), socket(7).
"""

import ctypes
import platform
import select
import socket
import struct
import time
from typing import Final

_SO_TIMESTAMPNS: Final = 35
"""asm-generic/socket.h; Python 3.11 does not name it. The control message has the same number."""
_LARGEST: Final = 2048
_ADDRESS_SIZE: Final = 16
_ARRIVAL: Final = struct.Struct("=2x6s8x12xiQQ")
"""sockaddr_in, then cmsghdr (length, level, type) and timespec (seconds, nanoseconds), one behind the other."""
_CONTROL_SIZE: Final = _ARRIVAL.size - _ADDRESS_SIZE
_FLAGS: Final = int(socket.MSG_DONTWAIT)
_RECEIVE_BUFFER: Final = 64 * 1024
"""Bound of what a stranger can pile up in the kernel on one port, octets."""


class _IoVector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _MessageHeader(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.c_void_p),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


_EVENT: Final = struct.Struct("=Ii4x" if platform.machine() == "x86_64" else "=I4xi4x")
"""epoll_event: events and descriptor; packed on x86-64 only (epoll_wait(2))."""
_libc: Final = ctypes.PyDLL(None)
_recvmsg: Final = _libc.recvmsg
_recvmsg.restype = ctypes.c_ssize_t
"""Without `argtypes`: whoever calls it 12,500 times a second hands over C values that were made once."""
_epoll_wait: Final = _libc.epoll_wait
_epoll_wait.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_int)
_epoll_wait.restype = ctypes.c_int
_sendto: Final = _libc.sendto
_sendto.restype = ctypes.c_ssize_t
"""Without `argtypes`, as `_recvmsg`."""


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


class Destination:
    """An address to send to, ready for the kernel."""

    __slots__ = ("_octets", "endpoint", "pointer")

    def __init__(self, to: bytes) -> None:
        self.endpoint = to
        self._octets = bytearray(struct.pack("=H", socket.AF_INET) + to + bytes(8))
        self.pointer = ctypes.c_void_p(address_of(self._octets))

    def next_port(self) -> "Destination":
        """The same host, one port up: where RTCP lives (RFC 3550 §11)."""
        port = (int.from_bytes(self.endpoint[:2], "big") + 1) & 0xFFFF
        return Destination(port.to_bytes(2, "big") + self.endpoint[2:])


class Outlet:
    """Sends what lies in one buffer, always the whole of it, from one socket."""

    __slots__ = ("_buffer", "_descriptor", "_pointer", "_size")

    def __init__(self, descriptor: int, buffer: bytearray) -> None:
        self._buffer = buffer
        self._descriptor = ctypes.c_int(descriptor)
        self._pointer = ctypes.c_void_p(address_of(buffer))
        self._size = ctypes.c_size_t(len(buffer))

    def send(self, to: Destination) -> bool:
        """Send the buffer; false when the kernel refused (full queue, no route)."""
        sent = _sendto(self._descriptor, self._pointer, self._size, _FLAGS, to.pointer, _ADDRESS_SIZE)
        return bool(sent == len(self._buffer))


class DatagramReader:
    """Reads single datagrams into one buffer; what it tells is true until the next read."""

    __slots__ = ("_arrival", "_header", "_pointer", "_vector", "arrival_ns", "data", "source")

    def __init__(self) -> None:
        self.data = bytearray(_LARGEST)
        self.source = b""
        """Port and address of the sender, to be compared with `endpoint`."""
        self.arrival_ns = 0
        """When the kernel took the datagram in: nanoseconds of wall-clock time."""
        self._arrival = bytearray(_ARRIVAL.size)
        self._vector = _IoVector(address_of(self.data), _LARGEST)
        self._header = _MessageHeader(
            address_of(self._arrival),
            _ADDRESS_SIZE,
            ctypes.addressof(self._vector),
            1,
            address_of(self._arrival) + _ADDRESS_SIZE,
            _CONTROL_SIZE,
            0,
        )
        self._pointer = ctypes.c_void_p(ctypes.addressof(self._header))

    def receive(self, descriptor: int) -> int:
        """Read one datagram; its size, cut at 2,048, or -1 when there is none."""
        size: int = _recvmsg(descriptor, self._pointer, _FLAGS)
        if size >= 0:
            self.source, kind, seconds, nanoseconds = _ARRIVAL.unpack_from(self._arrival)
            if kind == _SO_TIMESTAMPNS and self._header.control_length == _CONTROL_SIZE:
                self.arrival_ns = seconds * 1_000_000_000 + nanoseconds
            else:
                self.arrival_ns = time.time_ns()
                self._header.control_length = _CONTROL_SIZE
        return size


class ReadableSockets:
    """Tells which of many sockets hold a datagram, without waiting."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._descriptor = self._epoll.fileno()
        self._watched = 0
        self._events = bytearray(0)
        self._pointer = 0

    def watch(self, sock: socket.socket) -> None:
        """Include a socket."""
        self._epoll.register(sock, select.EPOLLIN)
        self._watched += 1

    def forget(self, sock: socket.socket) -> None:
        """Leave a socket out again, before it is closed."""
        self._epoll.unregister(sock)
        self._watched -= 1

    def close(self) -> None:
        """Release the kernel's part."""
        self._epoll.close()

    def poll(self) -> list[int]:
        """Descriptors that can be read now."""
        if self._watched * _EVENT.size > len(self._events):
            self._events = bytearray(2 * self._watched * _EVENT.size)
            self._pointer = address_of(self._events)
        room = len(self._events) // _EVENT.size
        if not room:
            return []
        count = _epoll_wait(self._descriptor, self._pointer, room, 0)
        if count <= 0:
            return []
        return [descriptor for _, descriptor in _EVENT.iter_unpack(self._events[: count * _EVENT.size])]
