"""The RTCP side of a session (RFC 3550 §6): reports about every 5 s, a goodbye, what the other side says."""

import random
import secrets
import time
from typing import Final

from yunhu.telephony.media import rtcp
from yunhu.telephony.media.datagrams import Destination, Outlet
from yunhu.telephony.media.inbound import Inbound
from yunhu.telephony.media.outbound import Outbound

_MOST_ROUND_TRIP: Final = 60 << 16
"""1/65536 s; a longer one is a mistake of the other side."""


class Reporter:
    """Lives on the clock's thread; sends from the RTCP port to the port above the other side's RTP port."""

    __slots__ = (
        "_cname",
        "_descriptor",
        "_due",
        "_inbound",
        "_interval",
        "_last_report",
        "_last_report_at",
        "_outbound",
        "_packets_reported",
        "discarded",
        "remote_jitter",
        "remote_lost",
        "round_trip",
    )

    def __init__(self, descriptor: int, outbound: Outbound, inbound: Inbound, interval_ticks: int) -> None:
        self._descriptor = descriptor
        self._outbound = outbound
        self._inbound = inbound
        self._interval = interval_ticks
        self._cname = secrets.token_urlsafe(12)
        """Of this session alone (RFC 7022 §4.2)."""
        self._due: int | None = None
        self._last_report = 0
        self._last_report_at = 0
        self._packets_reported = 0
        self.discarded = 0
        self.round_trip: int | None = None
        """1/65536 s."""
        self.remote_lost: int | None = None
        self.remote_jitter: int | None = None

    def tick(self, frame: int, samples: int, to: Destination) -> None:
        """Send a report when one is due; the first after half an interval (§6.3.1)."""
        if self._due is None:
            self._due = frame + self._spread(self._interval // 2)
        elif frame >= self._due:
            self._due = frame + self._spread(self._interval)
            self.send(samples, to)

    @staticmethod
    def _spread(ticks: int) -> int:
        """Half to one and a half of the interval (§6.3.1), so that sessions do not report in step."""
        return int(ticks * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load, guards nothing

    def send(self, samples: int, to: Destination, *, goodbye: bool = False) -> None:
        """Send a compound packet now."""
        now = time.time_ns()
        report = rtcp.Report(
            ssrc=self._outbound.ssrc, sender=self._sender(now, samples), blocks=self._blocks(now)
        )
        packet = bytearray(rtcp.build(report, self._cname, goodbye=goodbye))
        outlet, destination = Outlet(self._descriptor, packet), to.next_port()
        (departure,) = outlet.towards(destination)
        departure.send()

    def _sender(self, now: int, samples: int) -> rtcp.SenderInfo | None:
        """Only who has sent since the last report is a sender (§6.4)."""
        packets = self._outbound.packets
        if packets == self._packets_reported:
            return None
        self._packets_reported = packets
        return rtcp.SenderInfo(
            ntp=rtcp.ntp_time(now),
            timestamp=self._outbound.timestamp(samples),
            packets=packets,
            octets=packets * 160,
        )

    def _blocks(self, now: int) -> tuple[rtcp.ReportBlock, ...]:
        state = self._inbound.state
        if state.ssrc is None:
            return ()
        delay = 0 if not self._last_report else ((now - self._last_report_at) << 16) // 1_000_000_000
        block = rtcp.ReportBlock(
            ssrc=state.ssrc,
            fraction_lost=state.fraction_lost(),
            lost=state.lost_of_stream,
            extended_highest=state.extended_highest,
            jitter=state.jitter,
            last_sender_report=self._last_report,
            delay=max(0, min(delay, 0xFFFFFFFF)),
        )
        return (block,)

    def take(self, data: bytes, source: bytes, arrival_ns: int) -> None:
        """Use a datagram of the RTCP port; only the host whose RTP is accepted is believed."""
        accepted = self._inbound.latch.locked
        if accepted is None or accepted[2:] != source[2:]:
            self.discarded += 1
            return
        for item in rtcp.parse(data, len(data)):
            if isinstance(item, rtcp.Report):
                self._use(item, arrival_ns)

    def _use(self, report: rtcp.Report, arrival_ns: int) -> None:
        if report.sender is not None and report.ssrc == self._inbound.state.ssrc:
            self._last_report = rtcp.middle(report.sender.ntp)
            self._last_report_at = arrival_ns
        for block in report.blocks:
            if block.ssrc == self._outbound.ssrc:
                self.remote_lost = block.lost
                self.remote_jitter = block.jitter
                self._measure(block, rtcp.middle(rtcp.ntp_time(arrival_ns)))

    def _measure(self, block: rtcp.ReportBlock, arrival: int) -> None:
        """Round trip (§6.4.1): arrival minus the time of our report minus what the other side waited."""
        if block.last_sender_report:
            trip = (arrival - block.last_sender_report - block.delay) & 0xFFFFFFFF
            if trip <= _MOST_ROUND_TRIP:
                self.round_trip = trip
