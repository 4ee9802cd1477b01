"""SIP and SIPS URIs (RFC 3261 §19.1); any other scheme is kept whole."""

import re

import msgspec

from yunhu.telephony.sip.errors import SipParseError
from yunhu.telephony.sip.params import Params, parse_params

MAX_URI = 2048
"""Longest URI read, in characters."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_HOST_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.\-_]+)(?::([0-9]{1,5}))?")
_FORBIDDEN = re.compile(r'[\x00-\x20\x7f<>"]')


class SipUri(msgspec.Struct, frozen=True):
    """One URI. `user` holds the raw user part with its escapes, password and user parameters."""

    scheme: str
    user: str | None
    host: str
    """Host name or address; an IPv6 address without its brackets. Empty for schemes other than sip and sips."""
    port: int | None = None
    params: Params = msgspec.field(default_factory=dict)
    headers: str = ""

    @property
    def is_sip(self) -> bool:
        """Whether the scheme is sip or sips."""
        return self.scheme in {"sip", "sips"}

    @property
    def is_loose(self) -> bool:
        """Whether it names a loose router (RFC 3261 §19.1.1, `lr`)."""
        return "lr" in self.params


def parse_uri(text: str) -> SipUri:
    """Read a URI. Raises `SipParseError`."""
    if len(text) > MAX_URI or _FORBIDDEN.search(text):
        raise SipParseError("the URI is too long or holds characters that must be escaped")
    match = _SCHEME.match(text)
    if match is None:
        raise SipParseError("the URI has no scheme")
    scheme, rest = match.group(1).lower(), text[match.end() :]
    if scheme not in {"sip", "sips"}:
        return SipUri(scheme, None, "", headers=rest)
    user: str | None = None
    at = rest.find("@")
    if at >= 0:
        user, rest = rest[:at], rest[at + 1 :]
        if not user:
            raise SipParseError("the URI has an empty user part")
    rest, _, headers = rest.partition("?")
    host_port, _, params = rest.partition(";")
    host, port = parse_host_port(host_port)
    return SipUri(scheme, user, host, port, parse_params(params) if params else {}, headers)


def parse_host_port(text: str) -> tuple[str, int | None]:
    """Read `host[:port]` (RFC 3261 §25.1 `hostport`). Raises `SipParseError`."""
    match = _HOST_PORT.fullmatch(text)
    if match is None:
        raise SipParseError("a host and perhaps a port were expected")
    host, port_text = match.group(1), match.group(2)
    port = int(port_text) if port_text else None
    if port is not None and not 0 < port < 65536:
        raise SipParseError("the port is out of range")
    return host.strip("[]"), port


def bracketed(host: str) -> str:
    """The host as it stands in a URI or a Via: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host
