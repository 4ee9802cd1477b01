"""RTCP (RFC 3550 §6): reports, descriptions, goodbyes."""

import struct
from collections.abc import Iterator
from typing import Final

import msgspec

_SENDER_REPORT: Final = 200
_RECEIVER_REPORT: Final = 201
_DESCRIPTION: Final = 202
_GOODBYE: Final = 203
_CNAME: Final = 1
_HEADER: Final = struct.Struct("!BBHI")
_SENDER: Final = struct.Struct("!QIII")
_BLOCK: Final = struct.Struct("!IIIIII")
_LARGEST_COMPOUND: Final = 1500
_NTP_EPOCH: Final = 2_208_988_800
"""Seconds from 1900 to 1970."""


class ReportBlock(msgspec.Struct, frozen=True, kw_only=True):
    """What a receiver says of one source (§6.4.1)."""

    ssrc: int
    fraction_lost: int
    """1/256."""
    lost: int
    """Signed, cut to 24 bits."""
    extended_highest: int
    jitter: int
    """Time stamp units."""
    last_sender_report: int
    """Middle 32 bits of the NTP time of the last sender report, 0 when there was none."""
    delay: int
    """Since that report, 1/65536 s."""


class SenderInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What a sender says of itself (§6.4.1)."""

    ntp: int
    """64 bits: seconds since 1900 and their fraction."""
    timestamp: int
    packets: int
    octets: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A sender report, or a receiver report when `sender` is absent."""

    ssrc: int
    sender: SenderInfo | None
    blocks: tuple[ReportBlock, ...]


class Goodbye(msgspec.Struct, frozen=True):
    """A source has left (§6.6)."""

    ssrc: int


def ntp_time(unix_ns: int) -> int:
    """64-bit NTP time (§4) of nanoseconds since 1970."""
    seconds, nanoseconds = divmod(unix_ns, 1_000_000_000)
    return ((seconds + _NTP_EPOCH) << 32) | ((nanoseconds << 32) // 1_000_000_000)


def middle(ntp: int) -> int:
    """The middle 32 bits of an NTP time: 1/65536 s."""
    return (ntp >> 16) & 0xFFFFFFFF


def build(report: Report, cname: str, *, goodbye: bool = False) -> bytes:
    """A compound packet: report, description with the CNAME, and a goodbye if asked (§6.1)."""
    kind = _RECEIVER_REPORT if report.sender is None else _SENDER_REPORT
    body = b""
    if report.sender is not None:
        sender = report.sender
        body = _SENDER.pack(
            sender.ntp, sender.timestamp, sender.packets & 0xFFFFFFFF, sender.octets & 0xFFFFFFFF
        )
    body += b"".join(_build_block(block) for block in report.blocks)
    item = cname.encode("ascii")
    items = bytes((_CNAME, len(item))) + item
    items += bytes(4 - len(items) % 4)
    compound = _packet(kind, len(report.blocks), report.ssrc, body) + _packet(
        _DESCRIPTION, 1, report.ssrc, items
    )
    return compound + _packet(_GOODBYE, 1, report.ssrc, b"") if goodbye else compound


def _packet(kind: int, count: int, ssrc: int, body: bytes) -> bytes:
    return _HEADER.pack(0x80 | count, kind, 1 + len(body) // 4, ssrc) + body


def _build_block(block: ReportBlock) -> bytes:
    lost = max(-0x800000, min(0x7FFFFF, block.lost)) & 0xFFFFFF
    return _BLOCK.pack(
        block.ssrc,
        (block.fraction_lost << 24) | lost,
        block.extended_highest,
        block.jitter,
        block.last_sender_report,
        block.delay,
    )


def parse(data: bytes | bytearray, size: int) -> tuple[Report | Goodbye, ...]:
    """Reports and goodbyes of a compound packet; nothing of one that is not well formed (A.2)."""
    packets = _split(bytes(data[:size])) if 8 <= size <= _LARGEST_COMPOUND else None
    if packets is None:
        return ()
    found: list[Report | Goodbye] = []
    for kind, count, body in packets:
        if kind in {_SENDER_REPORT, _RECEIVER_REPORT}:
            report = _parse_report(kind, count, body)
            if report is not None:
                found.append(report)
        elif kind == _GOODBYE:
            found.extend(Goodbye(ssrc) for (ssrc,) in _words(body, count))
    return tuple(found)


def _split(data: bytes) -> list[tuple[int, int, bytes]] | None:
    """(type, count, body after the header word) of each packet, if lengths and versions fit."""
    packets: list[tuple[int, int, bytes]] = []
    position = 0
    while position < len(data):
        if position + 4 > len(data):
            return None
        first, kind, words = struct.unpack_from("!BBH", data, position)
        end = position + 4 + 4 * words
        if first & 0xC0 != 0x80 or end > len(data) or (first & 0x20 and end != len(data)):
            return None
        packets.append((kind, first & 0x1F, data[position + 4 : end]))
        position = end
    well_begun = bool(packets) and packets[0][0] in {_SENDER_REPORT, _RECEIVER_REPORT}
    return packets if well_begun else None


def _words(body: bytes, count: int) -> Iterator[tuple[int]]:
    whole = min(count, len(body) // 4) * 4
    return struct.iter_unpack("!I", body[:whole])


def _parse_report(kind: int, count: int, body: bytes) -> Report | None:
    start = 4 + (_SENDER.size if kind == _SENDER_REPORT else 0)
    if len(body) < start + count * _BLOCK.size:
        return None
    sender = None
    if kind == _SENDER_REPORT:
        ntp, timestamp, packets, octets = _SENDER.unpack_from(body, 4)
        sender = SenderInfo(ntp=ntp, timestamp=timestamp, packets=packets, octets=octets)
    blocks = tuple(_parse_block(body, start + index * _BLOCK.size) for index in range(count))
    return Report(ssrc=int.from_bytes(body[:4], "big"), sender=sender, blocks=blocks)


def _parse_block(body: bytes, position: int) -> ReportBlock:
    ssrc, loss, highest, jitter, last, delay = _BLOCK.unpack_from(body, position)
    lost = loss & 0xFFFFFF
    return ReportBlock(
        ssrc=ssrc,
        fraction_lost=loss >> 24,
        lost=lost - 0x1000000 if lost & 0x800000 else lost,
        extended_highest=highest,
        jitter=jitter,
        last_sender_report=last,
        delay=delay,
    )
