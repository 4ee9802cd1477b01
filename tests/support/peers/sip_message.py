"""SIP messages as a peer saw them, read without any code of the product."""

from dataclasses import dataclass, field
from datetime import datetime

_COMPACT = {
    "i": "call-id", "m": "contact", "e": "content-encoding", "l": "content-length", "c": "content-type",
    "f": "from", "s": "subject", "k": "supported", "t": "to", "v": "via", "x": "session-expires",
}  # fmt: skip
"""RFC 3261 §7.3.3 and RFC 4028 §4."""


@dataclass(frozen=True)
class SipMessage:
    """One message on the wire."""

    at: datetime
    received: bool
    """Received by the peer, so sent by the product."""
    start_line: str
    fields: tuple[tuple[str, str], ...]
    """Header fields in order, names in lower case and long form."""
    body: str = field(repr=False, default="")

    @property
    def status(self) -> int | None:
        """Status code of a response."""
        return int(self.start_line.split()[1]) if self.start_line.startswith("SIP/2.0 ") else None

    @property
    def method(self) -> str:
        """Method of a request; of a response, that of its CSeq."""
        return self.start_line.split()[0] if self.status is None else self.header("cseq").split()[1]

    @property
    def is_request(self) -> bool:
        """Whether it is a request."""
        return self.status is None

    @property
    def request_uri(self) -> str:
        """The URI of a request's first line."""
        return self.start_line.split()[1]

    @property
    def call_id(self) -> str:
        """Call-ID."""
        return self.header("call-id")

    @property
    def branch(self) -> str:
        """The topmost Via's branch: one transaction."""
        return next(
            part.strip()[len("branch=") :]
            for part in self.header("via").split(",")[0].split(";")
            if part.strip().startswith("branch=")
        )

    def header(self, name: str) -> str:
        """The first value of a header field; KeyError when absent."""
        for key, value in self.fields:
            if key == name.lower():
                return value
        raise KeyError(name)

    def headers(self, name: str) -> list[str]:
        """Every value of a header field."""
        return [value for key, value in self.fields if key == name.lower()]

    def has(self, name: str) -> bool:
        """Whether the header field is there."""
        return bool(self.headers(name))


def parse_sip(text: str, at: datetime, *, received: bool) -> SipMessage:
    """Read one message, lines ended by LF or CRLF."""
    head, _, body = text.replace("\r\n", "\n").lstrip("\n").partition("\n\n")
    start_line, *lines = head.split("\n")
    fields: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
            continue
        name, _, value = line.partition(":")
        key = name.strip().lower()
        fields.append((_COMPACT.get(key, key), value.strip()))
    return SipMessage(at, received, start_line.strip(), tuple(fields), body)
