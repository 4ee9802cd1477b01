"""SIPp as the callee's side: one scenario, one port, a log of every message."""

import signal
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.peers.ports import LOOPBACK, free_port, is_bound
from tests.support.peers.process import PeerProcess
from tests.support.peers.scenario import render
from tests.support.peers.sip_message import SipMessage
from tests.support.peers.sipp_log import SippStatistics, read_messages, read_statistics
from tests.support.peers.waiting import wait_until

_SOCKETS = {"udp": "u1", "tcp": "t1"}
_OPTIONS = {"repeated_200": ["-pause_msg_ign", "-rtp_echo"], "digits": []}
"""What a scenario needs beyond its XML; all others echo RTP. Digits would share a port with the echo of our own
packets, two sources (SSRC) at once, which no phone does."""


def _options(scenario: str, values: Mapping[str, str]) -> list[str]:
    """A call that lingers takes what a bad line brings too late, instead of calling it unexpected."""
    lingering = ["-pause_msg_ign"] if "linger" in values else []
    return _OPTIONS.get(scenario, ["-rtp_echo"]) + lingering


class Sipp:
    """Plays a scenario of `scenarios/` for every call that comes in.

    `values` replace `{{name}}` in the scenario. `advertise` is the address that its Contact shows, so that
    requests within a dialog take the way of a proxy in front of it. RTP is echoed to its sender.
    """

    def __init__(
        self,
        scenario: str,
        directory: Path,
        *,
        transport: str = "udp",
        advertise: tuple[str, int] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> None:
        self.transport = transport
        self.host = LOOPBACK
        self.port = free_port()
        media_port = free_port(count=4, even=True)
        self._stem = directory / f"sipp-{scenario}-{self.port}"
        directory.mkdir(parents=True, exist_ok=True)
        contact = advertise or (self.host, self.port)
        path = self._stem.with_suffix(".xml")
        path.write_text(render(scenario, contact, self.transport, values or {}))
        self._process = PeerProcess(
            f"sipp {scenario}",
            self._argv(path, media_port) + _options(scenario, values or {}),
            self._stem.with_suffix(".screen"),
        )

    def _argv(self, scenario: Path, media_port: int) -> list[str]:
        stem = str(self._stem)
        return [
            "sipp", "-sf", str(scenario), "-t", _SOCKETS[self.transport], "-nostdin", "-aa",
            "-i", self.host, "-bind_local", "-p", str(self.port), "-mi", self.host, "-mp", str(media_port),
            "-cp", str(free_port()), "-trace_msg", "-message_file", f"{stem}.messages",
            "-trace_err", "-error_file", f"{stem}.errors",
            "-trace_stat", "-stf", f"{stem}.csv", "-fd", "100ms",
        ]  # fmt: skip

    @property
    def address(self) -> tuple[str, int]:
        """Where it waits for SIP."""
        return self.host, self.port

    async def __aenter__(self) -> Self:
        await self._process.start(lambda: is_bound(self.port, self.transport))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._process.stop(signal.SIGKILL)

    @property
    def messages(self) -> list[SipMessage]:
        """Every message up to now, both ways."""
        return read_messages(self._stem.with_suffix(".messages"))

    def received(self, method: str) -> list[SipMessage]:
        """Requests of one method that arrived, retransmissions included."""
        return [m for m in self.messages if m.received and m.is_request and m.method == method]

    def calls(self) -> list[tuple[datetime, str]]:
        """When, and at what request URI, somebody was called: first INVITE of each dialog-to-be, in order."""
        found: dict[str, tuple[datetime, str]] = {}
        for invite in self.received("INVITE"):
            if "tag=" not in invite.header("to"):
                found.setdefault(invite.call_id, (invite.at, invite.request_uri))
        return list(found.values())

    def unacknowledged(self) -> list[SipMessage]:
        """Final responses to an INVITE that no ACK of the same dialog, or none at all, has answered."""
        heard = {(m.call_id, m.header("cseq").split()[0], m.header("to")) for m in self.received("ACK")}
        return [
            m
            for m in self.messages
            if not m.received
            and (m.status or 0) >= 200
            and m.method == "INVITE"
            and (m.call_id, m.header("cseq").split()[0], m.header("to")) not in heard
        ]

    @property
    def statistics(self) -> SippStatistics:
        """Its verdict up to now (at most 0.1 s old)."""
        return read_statistics(self._stem.with_suffix(".csv"))

    @property
    def errors(self) -> str:
        """What it complained of."""
        path = self._stem.with_suffix(".errors")
        return path.read_text(errors="replace") if path.exists() else ""

    def transcript(self) -> str:
        """The whole conversation, for a failure's message."""
        return self._stem.with_suffix(".messages").read_text(errors="replace") + self.errors

    async def completed(self, calls: int = 1, limit: float = 10.0) -> SippStatistics:
        """Wait until so many calls are over, and return the verdict on them."""

        def over() -> bool:
            now = self.statistics
            return now.successful + now.failed >= calls

        await wait_until(over, f"SIPp finished {calls} call(s); {self.errors[-800:]}", limit)
        return self.statistics
