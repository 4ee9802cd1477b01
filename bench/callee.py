"""The side that is called: SIPp answers and hangs up when asked; its media is SIPp's echo or a sink with timestamps.

SIPp runs without message logs: writing them costs it more than the calls. Its echo is one thread in C.
"""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.support.peers.ports import LOOPBACK, free_port, is_bound
from tests.support.peers.process import PeerProcess
from tests.support.peers.scenario import render
from tests.support.peers.sipp_log import SippStatistics, read_statistics

_SDP = """v=0
      o=callee 1 1 IN IP4 127.0.0.1
      s=-
      c=IN IP4 127.0.0.1
      t=0 0
      m=audio {port} RTP/AVP 8 101
      a=rtpmap:8 PCMA/8000
      a=rtpmap:101 telephone-event/8000
      a=fmtp:101 0-15
      a=ptime:20
      a=sendrecv"""


class Callee:
    """SIPp with the scenario `answer_echo`; RTP goes to `media_port`, or to SIPp's own echo."""

    def __init__(self, folder: Path, *, media_port: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        echo_port = free_port(count=4, even=True)
        self._statistics = folder / f"sipp-{self.port}.csv"
        scenario = folder / f"callee-{self.port}.xml"
        sdp = _SDP.format(port=media_port or echo_port)
        scenario.write_text(render("answer_echo", (LOOPBACK, self.port), "udp", {"sdp": sdp}))
        argv = ["sipp", "-sf", str(scenario), "-t", "u1", "-nostdin", "-aa", "-i", LOOPBACK, "-bind_local"]
        argv += ["-p", str(self.port), "-mi", LOOPBACK, "-mp", str(echo_port), "-cp", str(free_port())]
        argv += ["-trace_stat", "-stf", str(self._statistics), "-fd", "500ms"]
        argv += [] if media_port else ["-rtp_echo"]
        self._process = PeerProcess("sipp", argv, folder / f"sipp-{self.port}.screen")

    async def __aenter__(self) -> "Callee":
        await self._process.start(lambda: is_bound(self.port))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._process.stop(signal.SIGKILL)

    @property
    def pid(self) -> int:
        """Its process id."""
        return process_id(self._process)

    @property
    def statistics(self) -> SippStatistics:
        """Calls that went through the scenario and calls that did not; at most 0.5 s old."""
        return read_statistics(self._statistics)


class MediaSink:
    """Echoes RTP in a process of its own and notes the kernel's time of arrival of every packet."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "bench.media_plane", "--echo"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def intervals(self) -> list[float]:
        """End it; milliseconds between packets of one stream, sorted."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"end", (LOOPBACK, self.port))
        output = self._process.communicate(timeout=60)[0]
        return [float(gap) for gap in json.loads(output)["gaps"]]

    def kill(self) -> None:
        """Make sure that it is gone."""
        self._process.kill()
        self._process.wait()


def process_id(process: PeerProcess) -> int:
    """Of a started peer."""
    child = process._child
    assert child is not None
    return child.pid
