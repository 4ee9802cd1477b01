"""Reads from the machine's own apt configuration where Debian's packages come from."""

import re
from collections.abc import Iterator
from pathlib import Path

_ONE_LINE = re.compile(r"^deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)", re.MULTILINE)


def distribution(root: Path = Path("/")) -> str | None:
    """`ID` of os-release, such as `debian` or `ubuntu`."""
    return _os_release(root).get("ID")


def configured_mirror(root: Path = Path("/")) -> str | None:
    """The mirror that serves this release of Debian; None elsewhere, where another suite's packages do not fit."""
    release = _os_release(root)
    if release.get("ID") != "debian":
        return None
    codename = release.get("VERSION_CODENAME", "")
    for uri, suite in _sources(root / "etc/apt"):
        if suite == codename and uri.startswith(("http://", "https://")):
            return uri
    return None


def _os_release(root: Path) -> dict[str, str]:
    path = root / "etc/os-release"
    lines = path.read_text().splitlines() if path.exists() else []
    return {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines)}


def _sources(apt: Path) -> Iterator[tuple[str, str]]:
    """Every (URI, suite) of the one-line and the deb822 files (sources.list(5))."""
    for path in (apt / "sources.list", *sorted(apt.glob("sources.list.d/*.list"))):
        if path.exists():
            yield from _ONE_LINE.findall(path.read_text())
    for path in sorted(apt.glob("sources.list.d/*.sources")):
        for stanza in path.read_text().split("\n\n"):
            fields = _fields(stanza)
            if "deb" in fields.get("types", "").split():
                yield from (
                    (u, s) for u in fields.get("uris", "").split() for s in fields.get("suites", "").split()
                )


def _fields(stanza: str) -> dict[str, str]:
    lines = [line for line in stanza.splitlines() if line and not line.startswith("#")]
    return {key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
