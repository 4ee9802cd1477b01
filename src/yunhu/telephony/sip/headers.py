"""Structured header values: name-addr, Via, CSeq, RAck, Reason, Session-Expires."""

import re
from functools import lru_cache

import msgspec

from yunhu.telephony.sip.errors import SipParseError
from yunhu.telephony.sip.params import Params, parse_params, split_commas, unquote
from yunhu.telephony.sip.uri import bracketed, parse_host_port

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_VIA = re.compile(
    r"SIP\s*/\s*2\.0\s*/\s*([A-Za-z0-9\-]+)\s+([^;\s]+(?:\s*:\s*[0-9]+)?)\s*(;.*)?", re.I | re.DOTALL
)
_CSEQ = re.compile(r"([0-9]{1,10})\s+([A-Za-z0-9\-.!%*_+`'~]{1,64})")
_RACK = re.compile(r"([0-9]{1,10})\s+([0-9]{1,10})\s+([A-Za-z0-9\-.!%*_+`'~]{1,64})")
_INTEGER = re.compile(r"[0-9]{1,10}")

_remembered = lru_cache(maxsize=512)
"""A message is asked for the same value several times, and answers repeat what we said. What is returned is shared:
its parameters must not be changed."""

MAX_SEQUENCE = 2**31
"""A CSeq number is below this (RFC 3261 §8.1.1.5)."""


class NameAddr(msgspec.Struct, frozen=True):
    """From, To, Contact, Route and their like (RFC 3261 §20.10)."""

    uri: str
    params: Params
    display: str | None = None

    @property
    def tag(self) -> str | None:
        """The `tag` parameter (RFC 3261 §19.3)."""
        return self.params.get("tag")


class Via(msgspec.Struct, frozen=True):
    """One hop of the way back (RFC 3261 §20.42)."""

    transport: str
    host: str
    port: int | None
    params: Params

    @property
    def branch(self) -> str:
        """The transaction's id, empty when there is none."""
        return self.params.get("branch") or ""


class CSeq(msgspec.Struct, frozen=True):
    """Sequence number and method (RFC 3261 §20.16)."""

    number: int
    method: str


@_remembered
def parse_name_addr(value: str) -> NameAddr:
    """Read `"Name" <uri>;params` or `uri;params`. Raises `SipParseError`."""
    value = value.strip()
    display: str | None = None
    rest = value
    if value.startswith('"'):
        quoted = _QUOTED.match(value)
        if quoted is None:
            raise SipParseError("the display name's quotes are open")
        display, rest = unquote(quoted.group()), value[quoted.end() :].lstrip()
        if not rest.startswith("<"):
            raise SipParseError("a display name must be followed by an address in angle brackets")
    start = rest.find("<")
    if start < 0:
        uri, _, params = rest.partition(";")
        if not uri.strip() or '"' in uri or "," in uri or "?" in uri:
            raise SipParseError("the address needs angle brackets")
        return NameAddr(uri.strip(), parse_params(params) if params else {})
    end = rest.find(">", start)
    if end < 0:
        raise SipParseError("the angle bracket is open")
    if start and display is None:
        display = rest[:start].strip()
        if '"' in display:
            raise SipParseError("the display name's quotes are open")
    after = rest[end + 1 :].strip()
    if after and not after.startswith(";"):
        raise SipParseError("only parameters may follow the address")
    return NameAddr(rest[start + 1 : end], parse_params(after[1:]) if after else {}, display)


@_remembered
def parse_via(value: str) -> Via:
    """Read one Via element. Raises `SipParseError`."""
    match = _VIA.fullmatch(value.strip())
    if match is None:
        raise SipParseError("the Via cannot be read")
    host, port = parse_host_port(re.sub(r"\s", "", match.group(2)))
    params = match.group(3)
    return Via(match.group(1).upper(), host, port, parse_params(params[1:]) if params else {})


def via_text(via: Via) -> str:
    """The Via as it stands on the wire."""
    port = f":{via.port}" if via.port is not None else ""
    params = "".join(
        f";{name}" if value is None else f";{name}={value}" for name, value in via.params.items()
    )
    return f"SIP/2.0/{via.transport} {bracketed(via.host)}{port}{params}"


@_remembered
def parse_cseq(value: str) -> CSeq:
    """Read a CSeq. Raises `SipParseError`."""
    match = _CSEQ.fullmatch(value.strip())
    if match is None or int(match.group(1)) >= MAX_SEQUENCE:
        raise SipParseError("the CSeq cannot be read")
    return CSeq(int(match.group(1)), match.group(2))


def parse_rack(value: str) -> tuple[int, int, str] | None:
    """RSeq, CSeq number and method of an RAck (RFC 3262 §7.2), or None."""
    match = _RACK.fullmatch(value.strip())
    return None if match is None else (int(match.group(1)), int(match.group(2)), match.group(3))


def parse_integer(value: str | None, limit: int = 2**32) -> int | None:
    """A non-negative number below `limit`, perhaps followed by parameters or a comment; None for all else."""
    match = _INTEGER.match(value.strip()) if value else None
    if match is None:
        return None
    number = int(match.group())
    return number if number < limit else None


def parse_reason_cause(values: list[str]) -> int | None:
    """The Q.850 cause of the Reason headers (RFC 3326 §2), 1 to 127; None where none says one."""
    for value in values:
        protocol, _, params = value.partition(";")
        if protocol.strip().upper() != "Q.850":
            continue
        try:
            cause = parse_integer(unquote(parse_params(params).get("cause") or ""), limit=128)
        except SipParseError:
            continue
        if cause:
            return cause
    return None


def parse_session_expires(value: str | None) -> tuple[int, str | None] | None:
    """Seconds and refresher (`uac`, `uas` or None) of a Session-Expires (RFC 4028 §4), or None."""
    seconds = parse_integer(value, limit=2**31)
    if value is None or not seconds:
        return None
    try:
        refresher = parse_params(value.partition(";")[2]).get("refresher")
    except SipParseError:
        return seconds, None
    refresher = refresher.lower() if refresher else None
    return seconds, refresher if refresher in {"uac", "uas"} else None


def tokens(values: list[str]) -> frozenset[str]:
    """Lower-case tokens of Allow, Supported, Require and their like; what cannot be read is left out."""
    found: set[str] = set()
    for value in values:
        try:
            found.update(item.lower() for item in split_commas(value) if _TOKEN.fullmatch(item))
        except SipParseError:
            continue
    return frozenset(found)
