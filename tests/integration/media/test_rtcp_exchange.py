"""RTCP with a peer that answers our reports."""

import struct
from datetime import timedelta
from uuid import uuid4

from tests.support.media.peer import even_port, ignore, peer, running_plane, until

from yunhu.telephony.media import MediaConfig

CONFIG = MediaConfig(bind_host="127.0.0.1", rtcp_interval=timedelta(milliseconds=400))


def report_about(ssrc: int, sender_report: bytes, *, delay: int, own: int = 0x99) -> bytes:
    """A receiver report (RFC 3550 §6.4.2) that answers `sender_report`."""
    (last,) = struct.unpack_from("!I", sender_report, 10)
    block = struct.pack("!IIIIII", ssrc, (10 << 24) | 3, 500, 16, last, delay)
    return struct.pack("!BBHI", 0x81, 201, 7, own) + block


async def test_given_a_peer_that_reports_when_closed_then_the_stats_hold_what_it_said_and_a_goodbye_was_sent() -> (
    None
):
    port = even_port()
    async with (
        running_plane(CONFIG) as plane,
        peer(echo=True, port=port) as media,
        peer(port=port + 1) as control,
    ):
        session = plane.open(uuid4(), ignore, recording=None)
        session.connect(media.remote(), answered=True)
        await until(lambda: bool(control.packets))
        report = control.packets[0]
        ssrc = media.headers[0][4]
        assert report[1] == 200
        assert struct.unpack_from("!I", report, 4) == (ssrc,)
        assert set(control.sources) == {("127.0.0.1", session.local_port + 1)}
        control.send(report_about(ssrc, report, delay=0), session.local_port + 1)
        await until(lambda: session.stats.round_trip_ms is not None)
        session.close()
        stats = await session.wait_complete()
        await until(lambda: struct.pack("!BBHI", 0x81, 203, 1, ssrc) in control.packets[-1])
    assert stats.round_trip_ms is not None
    assert stats.round_trip_ms >= 0
    assert (stats.remote_packets_lost, stats.remote_jitter_ms) == (3, 2.0)


async def test_given_reports_from_a_stranger_and_garbage_when_received_then_they_change_nothing() -> None:
    port = even_port()
    async with running_plane(CONFIG) as plane, peer(port=port) as media, peer(port=port + 1) as control:
        session = plane.open(uuid4(), ignore, recording=None)
        session.connect(media.remote(), answered=True)
        await until(lambda: bool(control.packets))
        ssrc = media.headers[0][4]
        # before any RTP was accepted nobody is believed
        control.send(report_about(ssrc, control.packets[0], delay=0), session.local_port + 1)
        await until(lambda: session.stats.packets_discarded == 1)
        media.speak(session.local_port)
        await until(lambda: session.stats.packets_received == 1)
        for garbage in (
            b"",
            b"\x80",
            b"\x81\xc9\xff\xff" + bytes(60),
            bytes(1400),
            b"\x80\xc8\0\1" + bytes(4),
        ):
            control.send(garbage, session.local_port + 1)
        control.send(report_about(ssrc ^ 1, control.packets[0], delay=0), session.local_port + 1)
        seen = len(control.packets)
        await until(lambda: len(control.packets) > seen + 1)
        assert session.stats.round_trip_ms is None
        assert session.stats.remote_packets_lost is None


async def test_given_packets_lost_on_the_way_when_reported_then_the_block_says_so() -> None:
    port = even_port()
    async with running_plane(CONFIG) as plane, peer(port=port) as media, peer(port=port + 1) as control:
        session = plane.open(uuid4(), ignore, recording=None)
        session.connect(media.remote(), answered=True)
        media.speak(session.local_port, frames=2)
        media.sequence += 3
        media.speak(session.local_port, frames=1)
        await until(lambda: session.stats.packets_received == 3)
        await until(lambda: bool(control.packets) and control.packets[-1][0] & 0x1F == 1)
        source, loss = struct.unpack_from("!II", control.packets[-1], 28)
        assert source == 0x11223344
        assert loss & 0xFFFFFF == 3
        assert session.stats.packets_lost == 3
