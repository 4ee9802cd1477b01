"""baresip as the callee's phone: it registers nowhere, answers by itself, and records what it hears."""

import asyncio
import json
import signal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.peers.audio import frames
from tests.support.peers.availability import BARESIP_MODULES
from tests.support.peers.ports import LOOPBACK, free_port, is_bound
from tests.support.peers.process import PeerProcess
from tests.support.peers.waiting import wait_until

_CONFIG = """poll_method epoll
sip_listen {host}:{port}
call_max_calls 8
audio_source {source}
audio_player aubridge,nobody
audio_alert aubridge,nobody
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
rtp_ports {rtp}-{rtp_last}
rtp_stats yes
net_interface {host}
snd_path {heard}
ctrl_tcp_listen {host}:{control}
module_path {modules}
module g711.so
module aubridge.so
module aufile.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
"""
_RTP_PORTS = 16


class Baresip:
    """A phone at `sip:<user>@127.0.0.1:<port>`.

    `answers` False lets it ring until somebody gives up. `speaks` is a WAV (16 bit, mono, 8,000 samples a
    second) that it plays as its microphone, hanging up at its end; without one it is silent.
    """

    def __init__(
        self,
        user: str,
        directory: Path,
        *,
        answers: bool = True,
        speaks: Path | None = None,
        transport: str = "udp",
    ) -> None:
        self.user = user
        self.host = LOOPBACK
        self.port = free_port()
        self._control_port = free_port()
        self._home = directory / f"baresip-{self.port}"
        self.heard_directory = self._home / "heard"
        self.heard_directory.mkdir(parents=True)
        self._write_configuration(answers, speaks, transport)
        argv = ["baresip", "-4", "-s", "-f", str(self._home)]
        self._process = PeerProcess(f"baresip {user}", argv, self._home / "baresip.log")
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self.events: list[dict[str, Any]] = []
        """What it reported: `type` is CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED, CALL_DTMF_START, …"""

    def _write_configuration(self, answers: bool, speaks: Path | None, transport: str) -> None:
        rtp = free_port(count=_RTP_PORTS, even=True)
        config = _CONFIG.format(
            host=self.host,
            port=self.port,
            source=f"aufile,{speaks}" if speaks else "aubridge,silence",
            rtp=rtp,
            rtp_last=rtp + _RTP_PORTS - 1,
            heard=self.heard_directory,
            control=self._control_port,
            modules=BARESIP_MODULES,
        )
        (self._home / "config").write_text(config)
        mode = "auto" if answers else "manual"
        account = f"<sip:{self.user}@{self.host}:{self.port};transport={transport}>"
        (self._home / "accounts").write_text(
            f"{account};regint=0;answermode={mode};audio_codecs=PCMA/8000/1;ptime=20\n"
        )
        (self._home / "contacts").write_text("")

    @property
    def address(self) -> tuple[str, int]:
        """Where it waits for SIP."""
        return self.host, self.port

    async def __aenter__(self) -> Self:
        await self._process.start(lambda: is_bound(self.port) and is_bound(self._control_port, "tcp"))
        self._reader, self._writer = await asyncio.open_connection(self.host, self._control_port)
        self._listening = asyncio.create_task(self._listen(self._reader))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()
        if self._listening is not None:
            await self._listening
        await self._process.stop(signal.SIGTERM)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Read netstrings (`<length>:<octets>,`) of JSON until the connection ends."""
        try:
            while True:
                size = int((await reader.readuntil(b":"))[:-1])
                message = json.loads(await reader.readexactly(size))
                await reader.readexactly(1)
                if message.get("event"):
                    self.events.append(message)
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    def command(self, name: str, parameters: str = "") -> None:
        """Tell it something: `hangup`, `accept`, `hold`, …"""
        if self._writer is None:
            raise RuntimeError("the phone is not running")
        text = json.dumps({"command": name, "params": parameters, "token": name}).encode()
        self._writer.write(b"%d:%s," % (len(text), text))

    def event_types(self) -> list[str]:
        """The kinds of events so far."""
        return [str(event.get("type")) for event in self.events]

    async def wait_for(self, event_type: str, limit: float = 10.0) -> None:
        """Wait until it reported such an event."""
        await wait_until(lambda: event_type in self.event_types(), f"the phone reported {event_type}", limit)

    async def heard(self, limit: float = 5.0) -> Path:
        """The WAV (16 bit, mono) of the first call's incoming audio; to be asked for once the call is closed."""

        def whole() -> Path | None:
            return next(
                (path for path in sorted(self.heard_directory.glob("*-dec.wav")) if frames(path)), None
            )

        return await wait_until(whole, "the phone wrote what it heard", limit)

    @property
    def log(self) -> str:
        """Its log with a trace of every SIP message."""
        return self._process.log.read_text(errors="replace")
