"""Install the peers of the test suite: `python -m tests.support.peers.install`.

As root on Debian or Ubuntu it installs SIPp and baresip with apt, and Asterisk into a chroot of its own under
the cache directory. Anywhere else it says what is missing and how to get it. It never fails a build: tests whose
peer is missing are skipped, and the run says so loudly (`--strict` makes a missing peer an error).
"""

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.peers.apt_sources import configured_mirror, distribution
from tests.support.peers.availability import (
    READY_MARK,
    asterisk_root,
    cache_directory,
    missing_peers,
    summary_lines,
)

PACKAGES = {
    "sipp": "sip-tester",
    "baresip": "baresip-core",
    "debootstrap": "debootstrap",
    "chromium": "chromium",
}
"""Program by which a package is known to be there, and the package."""
CHINESE_FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
"""Of the package fonts-noto-cjk: without it the pictures of the console show boxes."""
SUITES = ("sid", "bullseye")
"""Debian suites that carry Asterisk, newest first: 22 and 16.28."""
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class Deadline:
    """A time limit over many steps."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds, never less than one so that a step can fail by itself."""
        return max(1.0, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether the limit is over."""
        return time.monotonic() >= self._end


@contextmanager
def one_installer(directory: Path, deadline: Deadline) -> Iterator[None]:
    """Hold the lock of the cache directory; a second installer waits for the first."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "install.lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if deadline.passed:
                    raise TimeoutError("another installation holds the lock") from None
                time.sleep(0.5)
        yield


def run(argv: list[str], deadline: Deadline, log: Path) -> bool:
    """Run a step with its output appended to the log; False when it failed or took too long."""
    say(f"{' '.join(argv[:3])} … (log: {log})")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1", "LC_ALL": "C.UTF-8"}
    with log.open("ab") as output:
        try:
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                timeout=deadline.left,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            say(f"  gave up: {error}")
            return False
    if done.returncode:
        say(f"  failed with exit code {done.returncode}")
    return done.returncode == 0


def apt_install(packages: list[str], deadline: Deadline, log: Path) -> bool:
    """Refresh the lists and install; waits for another apt up to its own limit."""
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    if not run([*apt, "update"], deadline, log):
        say("  the package lists could not be refreshed; trying with those at hand")
    return run([*apt, "install", "-y", "--no-install-recommends", *packages], deadline, log)


def bootstrap_asterisk(deadline: Deadline, log: Path) -> bool:
    """Make the chroot beside its final place and move it there when it is whole."""
    target = cache_directory() / "asterisk"
    mirror = configured_mirror()
    if shutil.which("debootstrap") is None or mirror is None:
        return False
    for suite in SUITES:
        partial = target.with_name(f"asterisk-{suite}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        argv = ["debootstrap", "--variant=minbase", "--include=asterisk"]
        argv += [f"--keyring={KEYRING}"] if KEYRING.exists() else []
        if (
            run([*argv, suite, str(partial), mirror], deadline, log)
            and (partial / "usr/sbin/asterisk").exists()
        ):
            (partial / READY_MARK).write_text(f"{suite}\n")
            shutil.rmtree(partial / "var/cache/apt", ignore_errors=True)
            shutil.rmtree(target, ignore_errors=True)
            partial.rename(target)
            return True
        shutil.rmtree(partial, ignore_errors=True)
    return False


def install(deadline: Deadline) -> None:
    """Bring in what is missing. Repeating it does nothing."""
    log = cache_directory() / "install.log"
    with one_installer(cache_directory(), deadline):
        wanted = [package for program, package in PACKAGES.items() if shutil.which(program) is None]
        if asterisk_root() is not None and "debootstrap" in wanted:
            wanted.remove("debootstrap")
        if "chromium" in wanted and not CHINESE_FONT.exists():
            wanted.append("fonts-noto-cjk")
        if wanted:
            apt_install(wanted, deadline, log)
        if asterisk_root() is None and not bootstrap_asterisk(deadline, log):
            say("no chroot of Asterisk could be made; trying the distribution's own package")
            apt_install(["asterisk"], deadline, log)


def say(text: str) -> None:
    """To the terminal at once: long steps follow."""
    print(text, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.peers.install", description=__doc__)
    parser.add_argument(
        "--limit", type=float, default=600, metavar="SECONDS", help="give up after (default 600)"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a peer is missing in the end")
    options = parser.parse_args(arguments)
    if missing_peers():
        if os.geteuid() != 0:
            say("not root: nothing is installed")
        elif shutil.which("apt-get") is None:
            say(f"no apt-get on this system ({distribution() or 'unknown'}): nothing is installed")
        else:
            try:
                install(Deadline(options.limit))
            except (OSError, TimeoutError) as error:
                say(f"the installation broke off: {error}")
    for line in summary_lines():
        say(line)
    return 1 if options.strict and missing_peers() else 0


if __name__ == "__main__":
    sys.exit(main())
