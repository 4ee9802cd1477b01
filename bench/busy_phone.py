"""A UDP port that answers every INVITE with 486 and tells the kernel's time of its arrival.

Printed: the port, then a line `<user part of the Request-URI> <nanoseconds since 1970>` for every first INVITE.
"""

import re
import socket
import struct

from bench.media_plane import SO_TIMESTAMPNS

_INVITE = re.compile(rb"INVITE sip:([^@ ]+)@")
_COPIED = re.compile(rb"^(?:Via|v|From|f|To|t|Call-ID|i|CSeq)[ \t]*:.*\r\n", re.IGNORECASE | re.MULTILINE)
_TO = re.compile(rb"^((?:To|t)[ \t]*:[^\r]*)\r\n", re.IGNORECASE | re.MULTILINE)


def answer(packet: bytes) -> bytes:
    """486 (RFC 3261 §8.2.6)."""
    copied = _TO.sub(rb"\1;tag=busy\r\n", b"".join(_COPIED.findall(packet)))
    return b"SIP/2.0 486 Busy Here\r\n" + copied + b"Content-Length: 0\r\n\r\n"


def main() -> None:
    """Until it is killed."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    sock.bind(("127.0.0.1", 0))
    print(sock.getsockname()[1], flush=True)
    seen: set[bytes] = set()
    while True:
        packet, control, _, source = sock.recvmsg(65535, 64)
        found = _INVITE.match(packet)
        if found is None:
            continue
        sock.sendto(answer(packet), source)
        if found[1] not in seen:
            seen.add(found[1])
            seconds, nanoseconds = struct.unpack("qq", control[0][2])
            print(found[1].decode(), seconds * 1_000_000_000 + nanoseconds, flush=True)


if __name__ == "__main__":
    main()
