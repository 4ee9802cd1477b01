"""Free ports of the loopback interface, and whether somebody has bound one."""

import socket
from contextlib import ExitStack
from pathlib import Path

LOOPBACK = "127.0.0.1"
_TCP_LISTENING = "0A"


def free_port(*, count: int = 1, even: bool = False) -> int:
    """The first of `count` neighbouring ports that are free for UDP and TCP."""
    for _ in range(200):
        with ExitStack() as held:
            first = _bound(held, socket.SOCK_DGRAM, 0)
            if first is None or first + count > 65535 or (even and first % 2):
                continue
            rest = [_bound(held, socket.SOCK_DGRAM, port) for port in range(first + 1, first + count)]
            streams = [_bound(held, socket.SOCK_STREAM, port) for port in range(first, first + count)]
            if None not in rest and None not in streams:
                return first
    raise OSError(f"no {count} neighbouring free ports were found")


def is_bound(port: int, transport: str = "udp") -> bool:
    """Whether a socket waits on the port (Linux: /proc/net)."""
    for line in Path(f"/proc/net/{transport}").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].rpartition(":")[2], 16) == port and (
            transport == "udp" or fields[3] == _TCP_LISTENING
        ):
            return True
    return False


def _bound(held: ExitStack, kind: int, port: int) -> int | None:
    sock = held.enter_context(socket.socket(socket.AF_INET, kind))
    try:
        sock.bind((LOOPBACK, port))
    except OSError:
        return None
    return int(sock.getsockname()[1])
