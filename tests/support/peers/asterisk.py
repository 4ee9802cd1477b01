"""Asterisk as callee and as registrar, in a chroot of its own (or the system's), one instance a test.

Nothing is mounted: /dev comes from the bootstrap, and Asterisk does without /proc.
"""

import shutil
import signal
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self
from uuid import uuid4

from tests.support.peers.asterisk_config import (
    DIALPLAN,
    AsteriskAccount,
    asterisk_conf,
    modules_conf,
    pjsip_conf,
)
from tests.support.peers.audio import frames
from tests.support.peers.availability import asterisk_root
from tests.support.peers.ports import LOOPBACK, free_port
from tests.support.peers.process import PeerProcess
from tests.support.peers.waiting import wait_until

_RTP_PORTS = 32


class Asterisk:
    """One running instance. Dialled numbers behave like the extension `numbers` of the dialplan."""

    def __init__(
        self, directory: Path, *, numbers: str = "echo", accounts: tuple[AsteriskAccount, ...] = ()
    ) -> None:
        root = asterisk_root()
        if root is None:
            raise RuntimeError("there is no Asterisk here; mark the test with peer('asterisk')")
        self.host = LOOPBACK
        self.port = free_port()
        self._directory = directory
        self._root = root
        self._home = (
            PurePosixPath("/srv" if root != Path("/") else str(directory)) / f"asterisk-{uuid4().hex[:12]}"
        )
        self._outside = root / self._home.relative_to("/")
        self._write_configuration(numbers, accounts)
        conf = str(self._home / "etc/asterisk.conf")
        argv = ["asterisk", "-C", conf, "-f", "-n", "-q"]
        if root != Path("/"):
            argv = ["chroot", str(root), "/usr/sbin/asterisk", *argv[1:]]
        directory.mkdir(parents=True, exist_ok=True)
        self._process = PeerProcess("asterisk", argv, directory / f"asterisk-{self.port}.console")

    def _write_configuration(self, numbers: str, accounts: tuple[AsteriskAccount, ...]) -> None:
        for name in ("etc", "lib", "log", "run", "spool", "recordings"):
            (self._outside / name).mkdir(parents=True)
        modules = next((self._root / "usr/lib").glob("*/asterisk/modules"))
        rtp = free_port(count=_RTP_PORTS, even=True)
        files = {
            "asterisk.conf": asterisk_conf(self._home).format(triplet=modules.parents[1].name),
            "modules.conf": modules_conf(),
            "logger.conf": "[general]\ndateformat = %FT%T.%3q\n[logfiles]\nfull.log => notice,warning,error,verbose,debug,dtmf\n",
            "rtp.conf": f"[general]\nrtpstart = {rtp}\nrtpend = {rtp + _RTP_PORTS - 1}\n",
            "pjsip.conf": pjsip_conf(self.host, self.port, accounts),
            "extensions.conf": DIALPLAN.format(recordings=self._home / "recordings", numbers=numbers),
        }
        for name, text in files.items():
            (self._outside / "etc" / name).write_text(text)

    def announce(self, alaw: bytes) -> None:
        """What the extension `announcing` says, as A-law."""
        (self._outside / "recordings/announcement.alaw").write_bytes(alaw)

    @property
    def address(self) -> tuple[str, int]:
        """Where it waits for SIP, over UDP and TCP."""
        return self.host, self.port

    @property
    def log(self) -> str:
        """Its log, with a trace of every SIP message."""
        path = self._outside / "log/full.log"
        return path.read_text(errors="replace") if path.exists() else ""

    async def __aenter__(self) -> Self:
        await self._process.start(lambda: "Asterisk Ready" in self.log)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._process.stop(signal.SIGTERM)
        shutil.copytree(self._outside, self._directory / self._home.name, dirs_exist_ok=True, symlinks=True)
        shutil.rmtree(self._outside)

    async def recording(self, limit: float = 5.0) -> Path:
        """The WAV (16 bit, mono, 8,000 samples a second) of what it heard; whole once the call has ended."""

        def whole() -> Path | None:
            return next((path for path in (self._outside / "recordings").glob("*.wav") if frames(path)), None)

        path = await wait_until(whole, "Asterisk wrote its recording", limit)
        return Path(shutil.copy(path, self._directory))
