"""Asterisk placing the same calls: ordered over its console socket, so that no manager events cost it anything."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

from tests.support.peers.asterisk import Asterisk
from tests.support.peers.asterisk_config import AsteriskAccount, asterisk_conf, modules_conf
from tests.support.peers.ports import LOOPBACK
from tests.support.peers.waiting import wait_until

from bench.callee import Callee, process_id

_RTP_FIRST, _RTP_LAST = 20_000, 28_999
"""Below the ephemeral ports; Asterisk passes over those that are taken."""
_CONSOLE = "asterisk.ctl"


class AsteriskCaller(Asterisk):
    """An instance with one endpoint to call through, an A-law file to play, and a quiet log."""

    def __init__(self, folder: Path, callee: Callee, prompt_seconds: float) -> None:
        self._callee = callee
        self._prompt_seconds = prompt_seconds
        super().__init__(folder)
        self._writer: asyncio.StreamWriter | None = None
        self._drain: asyncio.Task[None] | None = None

    def _write_configuration(self, numbers: str, accounts: tuple[AsteriskAccount, ...]) -> None:
        for name in ("etc", "lib", "log", "run", "spool"):
            (self._outside / name).mkdir(parents=True)
        triplet = next((self._root / "usr/lib").glob("*/asterisk/modules")).parents[1].name
        quiet = asterisk_conf(self._home).format(triplet=triplet).replace("verbose = 4", "verbose = 0")
        modules = modules_conf().replace("load = res_pjsip_logger.so\n", "") + "load = res_clioriginate.so\n"
        files = {
            "asterisk.conf": quiet,
            "modules.conf": modules,
            "logger.conf": "[logfiles]\nfull.log => warning,error\n",
            "rtp.conf": f"[general]\nrtpstart = {_RTP_FIRST}\nrtpend = {_RTP_LAST}\n",
            "cdr.conf": "[general]\nenable = no\n",
            "pjsip.conf": _pjsip_conf(self.host, self.port),
            "extensions.conf": "[callees]\nexten => _X!,1,Hangup()\n",
        }
        for name, text in files.items():
            (self._outside / "etc" / name).write_text(text)
        octets = bytes(range(256)) * int(self._prompt_seconds * 8000 / 256)
        (self._outside / "prompt.alaw").write_bytes(octets)

    @property
    def pid(self) -> int:
        """Its process."""
        return process_id(self._process)

    async def __aenter__(self) -> "AsteriskCaller":
        socket_path = self._outside / "run" / _CONSOLE
        await self._process.start(socket_path.exists, limit=40)
        reader, self._writer = await asyncio.open_unix_connection(str(socket_path))
        self._drain = asyncio.create_task(_discard(reader))
        self._command("core waitfullybooted")
        await asyncio.sleep(2)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._drain is not None:
            self._drain.cancel()
        if self._writer is not None:
            self._writer.close()
        await super().__aexit__(None, None, None)

    def _command(self, text: str) -> None:
        assert self._writer is not None
        self._writer.write(text.encode() + b"\0")

    async def place(self, calls: int, per_second: float) -> int:
        """Order the calls and wait until SIPp has seen their ends; how many it has not."""
        before = self._callee.statistics.successful
        uri = f"sip:13812345678@{LOOPBACK}:{self._callee.port}"
        order = f"channel originate PJSIP/callee/{uri} application Playback {self._home}/prompt"
        begun = time.monotonic()
        for index in range(calls):
            await asyncio.sleep(max(0.0, begun + index / per_second - time.monotonic()))
            self._command(order)
        with suppress(TimeoutError):
            await wait_until(
                lambda: self._callee.statistics.successful - before >= calls,
                "SIPp saw the end of every call",
                self._prompt_seconds + 5,
            )
        return calls - (self._callee.statistics.successful - before)


async def _discard(reader: asyncio.StreamReader) -> None:
    while await reader.read(65536):
        pass


def _pjsip_conf(host: str, port: int) -> str:
    return f"""[global]
type = global
[udp]
type = transport
protocol = udp
bind = {host}:{port}
[callee]
type = endpoint
context = callees
transport = udp
disallow = all
allow = alaw
dtmf_mode = rfc4733
direct_media = no
rtp_symmetric = yes
"""
