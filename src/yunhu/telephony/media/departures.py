"""The packets of many sockets by one system call, io_submit(2).

A socket that is associated takes a `write`, and the kernel's queue takes any number of writes at once. Datagrams never
wait, so each is done when the call returns. Where the kernel has no such queue for us (its number is bounded by
fs.aio-max-nr, and sandboxes may forbid it), and for what the queue did not take, each packet leaves by a call of its own.
Numbers: docs/decisions/0003-media-clock.md.
"""

import ctypes
import platform
import struct
from array import array
from collections.abc import Callable, Hashable, MutableSequence, Sequence
from typing import Any, Final

_NUMBERS: Final = {"x86_64": (206, 207, 209), "aarch64": (0, 1, 2)}
_SETUP, _DESTROY, _SUBMIT = map(ctypes.c_long, _NUMBERS.get(platform.machine(), (-1, -1, -1)))
"""System calls by number: the C library has no names for them. Those of an unknown machine fail."""
_syscall: Final = ctypes.PyDLL(None).syscall
"""Keeps the interpreter lock, as all calls of the clock's thread."""
_syscall.restype = ctypes.c_long
_REQUEST: Final = struct.Struct("=8x8xHhIQQ8x8x8x")
"""struct iocb (linux/aio_abi.h): operation, priority, descriptor, buffer, octets."""
_WRITE: Final = 1
_RING_MAGIC: Final = 0xA10A10A1
_HEAD, _TAIL, _MAGIC = 2, 3, 4
"""Places in the head of the ring of answers, which the kernel maps at the queue's address; each has 32 bits."""
_ANSWERS: Final = 1024


class Departure:
    """One packet, ready to leave; its buffer lives as long as this."""

    __slots__ = ("_octets", "request", "send")

    def __init__(self, send: Callable[[], int], octets: bytearray | None = None) -> None:
        self.send = send
        """Sends it alone; negative when the kernel refused (full queue, no route)."""
        self._octets = octets
        self.request = (
            0 if octets is None else ctypes.addressof((ctypes.c_char * len(octets)).from_buffer(octets))
        )
        """Where the request for the kernel's queue lies; 0 where only `send` will do."""


def write_request(descriptor: int, address: int, size: int) -> bytearray:
    """The request to write so many octets, which lie there, to a socket."""
    return bytearray(_REQUEST.pack(_WRITE, 0, descriptor, address, size))


class KernelQueue:
    """Writes handed over together. Used on one thread."""

    def __init__(self, answers: int = _ANSWERS) -> None:
        self._context = ctypes.c_ulong(0)
        self._ring: ctypes.Array[ctypes.c_uint32] | None = None
        if _syscall(_SETUP, ctypes.c_long(answers), ctypes.byref(self._context)) != 0:
            return
        ring = (ctypes.c_uint32 * 8).from_address(self._context.value)
        if ring[_MAGIC] == _RING_MAGIC:
            self._ring = ring
        else:
            self.close()

    @property
    def is_open(self) -> bool:
        """Whether the kernel gave us one."""
        return self._ring is not None

    def submit(self, requests: "array[int]") -> int:
        """Hand over the requests whose addresses these are; how many of them, from the first on, were taken."""
        ring = self._ring
        if ring is None:
            return 0
        address, count = requests.buffer_info()
        taken: int = _syscall(_SUBMIT, self._context, ctypes.c_long(count), ctypes.c_void_p(address))
        # Nobody reads the answers: a packet that the kernel refused is lost like any other.
        ring[_HEAD] = ring[_TAIL]
        return max(0, taken)

    def close(self) -> None:
        """Give it back."""
        if self._context.value:
            self._ring = None
            _syscall(_DESTROY, self._context)
            self._context = ctypes.c_ulong(0)


class Departures:
    """Everything that leaves in some ticks: of each key one packet a tick."""

    __slots__ = ("_alone", "_keys", "_places", "_queue", "_requests", "_sends")

    def __init__(self, queue: KernelQueue, ticks: int) -> None:
        self._queue = queue
        self._keys: list[Hashable] = []
        self._places: dict[Hashable, int] = {}
        """Of those that the queue takes, their place in the sequences of each tick."""
        self._requests: tuple[array[int], ...] = tuple(array("Q") for _ in range(ticks))
        self._sends: tuple[list[Departure], ...] = tuple([] for _ in range(ticks))
        self._alone: tuple[dict[Hashable, Departure], ...] = tuple({} for _ in range(ticks))

    def put(self, key: Hashable, packets: Sequence[Departure]) -> None:
        """Have these leave, one in each tick; the key has none yet."""
        if not all(packet.request for packet in packets):
            for alone, packet in zip(self._alone, packets, strict=True):
                alone[key] = packet
            return
        self._places[key] = len(self._keys)
        self._keys.append(key)
        for requests, sends, packet in zip(self._requests, self._sends, packets, strict=True):
            requests.append(packet.request)
            sends.append(packet)

    def discard(self, key: Hashable) -> None:
        """Nothing of the key leaves any more."""
        place = self._places.pop(key, None)
        if place is None:
            for alone in self._alone:
                alone.pop(key, None)
            return
        self._fill(place, self._keys)
        for requests, sends in zip(self._requests, self._sends, strict=True):
            self._fill(place, requests)
            self._fill(place, sends)
        if place < len(self._keys):
            self._places[self._keys[place]] = place

    @staticmethod
    def _fill(place: int, sequence: MutableSequence[Any]) -> None:
        """Let the last one stand there."""
        last = sequence.pop()
        if place < len(sequence):
            sequence[place] = last

    def leave(self, tick: int) -> None:
        """Send what leaves in that tick."""
        sends = self._sends[tick]
        if sends:
            taken = self._queue.submit(self._requests[tick])
            if taken < len(sends):
                for packet in sends[taken:]:
                    packet.send()
        for packet in self._alone[tick].values():
            packet.send()
