"""Hand-made RTP, so that the tests do not ask the code under test what is right."""

import struct


def rtp(
    sequence: int,
    timestamp: int,
    payload: bytes = b"\xd5" * 160,
    *,
    payload_type: int = 8,
    ssrc: int = 0x11223344,
    marker: bool = False,
) -> bytes:
    second = payload_type | (0x80 if marker else 0)
    return struct.pack("!BBHII", 0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + payload


def key_event(event: int, duration: int, *, end: bool = False) -> bytes:
    """Payload of RFC 4733 §2.3, volume 10."""
    return struct.pack("!BBH", event, (0x80 if end else 0) | 10, duration)


def key_press(
    event: int, sequence: int, timestamp: int, *, payload_type: int = 101, ssrc: int = 0x11223344
) -> list[bytes]:
    """Seven packets as phones send them: four while the key is held, the end three times."""
    payloads = [key_event(event, 160 * step) for step in range(1, 5)] + [key_event(event, 800, end=True)] * 3
    return [
        rtp(sequence + index, timestamp, payload, payload_type=payload_type, ssrc=ssrc, marker=index == 0)
        for index, payload in enumerate(payloads)
    ]
