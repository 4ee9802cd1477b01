"""Bytes from the network to messages, and nothing but messages: every other input is a `SipParseError`."""

import re
from functools import lru_cache

from yunhu.telephony.sip.errors import SipParseError
from yunhu.telephony.sip.headers import parse_integer, parse_via
from yunhu.telephony.sip.message import ENCODING, ENCODING_ERRORS, Headers, Message, Request, Response
from yunhu.telephony.sip.uri import parse_uri

MAX_HEAD = 32 * 1024
"""Longest start line and headers together, in bytes."""
MAX_BODY = 64 * 1024
"""Longest body, in bytes."""
MAX_LINES = 256
"""Most header lines of one message."""

_REQUEST_LINE = re.compile(r"([A-Za-z0-9\-.!%*_+`'~]{1,64}) ([^ \t]+) SIP/([0-9]{1,4}\.[0-9]{1,4})")
_STATUS_LINE = re.compile(r"SIP/2\.0 ([1-6][0-9]{2}) ?([^\r\n]*)")
_NAME = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_FOLD = re.compile(r"[ \t]*\r\n[ \t]+")

_COMPACT = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "n": "identity-info",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}
"""Compact header forms (RFC 3261 §7.3.3, RFC 4028 §4, RFC 3515, RFC 6665 and the IANA registry)."""

_SINGLE = ("from", "to", "call-id", "cseq", "max-forwards", "content-length")
_MANDATORY = ("via", "from", "to", "call-id", "cseq")


class RefusedMessageError(SipParseError):
    """A request that is refused but can still be answered: enough of it was read to send a response."""

    def __init__(self, reason: str, status: int, request: Request) -> None:
        super().__init__(reason, status)
        self.request = request


def parse_message(data: bytes, *, stream: bool = False) -> Message:
    """Read one whole message.

    On a datagram, bytes after the body are dropped (RFC 3261 §18.3); on a `stream` the framer has cut exactly.
    Raises `RefusedMessageError` for a request that deserves an answer, `SipParseError` for anything else.
    """
    end = data.find(b"\r\n\r\n", 0, MAX_HEAD + 4)
    if end < 0:
        raise SipParseError("the headers have no end")
    head = data[:end].decode(ENCODING, ENCODING_ERRORS)
    if "\r\n " in head or "\r\n\t" in head:
        head = _FOLD.sub(" ", head)
    lines = head.split("\r\n", MAX_LINES + 1)
    if len(lines) > MAX_LINES:
        raise SipParseError("there are too many header lines")
    message = _start(lines[0])
    try:
        _read_headers(message.headers, lines)
        message.body = _body(message.headers, data[end + 4 :], stream)
        _check(message)
    except SipParseError as error:
        raise _refusal(message, error) from error
    return message


def _start(line: str) -> Message:
    """The message that the start line promises, still empty."""
    match = _STATUS_LINE.fullmatch(line)
    if match is not None:
        return Response(int(match.group(1)), match.group(2), Headers())
    match = _REQUEST_LINE.fullmatch(line)
    if match is not None:
        return Request(match.group(1), match.group(2), Headers(_version(match.group(3))))
    parts = line.split()
    if len(parts) >= 3 and parts[-1].upper() == "SIP/2.0" and _NAME.fullmatch(parts[0]):
        # A request line that breaks the grammar: kept so that a 400 can be sent (RFC 4475 §3.1.2.7 to 9).
        return Request(parts[0], "", Headers())
    raise SipParseError("the start line is neither a request's nor a response's")


def _version(version: str) -> dict[str, list[str]]:
    """A marker for versions other than 2.0, looked at once the request can be answered."""
    return {} if version == "2.0" else {"": [version]}


def _read_headers(headers: Headers, lines: list[str]) -> None:
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise SipParseError("a header line has no name")
        known = _header_name(name)
        if "\n" in value or "\r" in value:
            raise SipParseError("a header line holds half a line break")
        headers.add(known, value.strip(" \t"))


@lru_cache(maxsize=512)
def _header_name(text: str) -> str:
    """A header's name as we look it up; a peer writes the same few again and again. Raises `SipParseError`."""
    name = text.rstrip(" \t").lower()
    if not _NAME.fullmatch(name):
        raise SipParseError("a header line has no name")
    return _COMPACT.get(name, name)


def _body(headers: Headers, rest: bytes, stream: bool) -> bytes:
    """The body by Content-Length (RFC 3261 §18.3); on a datagram without one, all the rest."""
    declared = headers.first("content-length")
    if declared is None:
        length = 0 if stream else len(rest)
    else:
        if not declared.isascii() or not declared.isdigit():
            raise SipParseError("the Content-Length is no number")
        number = parse_integer(declared, limit=2**32)
        if number is None or number > len(rest):
            raise SipParseError("the body is shorter than its Content-Length")
        length = number
    if length > MAX_BODY:
        raise SipParseError("the body is too long", 513)
    return rest[:length]


def _check(message: Message) -> None:
    """What every message must carry (RFC 3261 §8.1.1, §8.2.6.2)."""
    headers = message.headers
    for name in _MANDATORY:
        if not headers.first(name):
            raise SipParseError(f"there is no {name}")
    for name in _SINGLE:
        if len(headers.all(name)) > 1:
            raise SipParseError(f"there is more than one {name}")
    message.via  # noqa: B018 - read for its checks
    message.from_  # noqa: B018 - read for its checks
    message.to  # noqa: B018 - read for its checks
    cseq = message.cseq
    if isinstance(message, Request):
        _check_request(message, cseq.method)


def _check_request(request: Request, cseq_method: str) -> None:
    if "" in request.headers:
        raise SipParseError("the version is not 2.0", 505)
    if cseq_method != request.method:
        raise SipParseError("the CSeq's method is another one")
    uri = parse_uri(request.uri)
    if not uri.is_sip:
        raise SipParseError("the scheme of the Request-URI is not known", 416)
    if uri.headers:
        raise SipParseError("a Request-URI has no headers")
    for element in request.headers.elements("via")[1:]:
        parse_via(element)
    forwards = request.headers.first("max-forwards")
    if forwards is not None and parse_integer(forwards, limit=256) is None:
        raise SipParseError("Max-Forwards is no number up to 255")
    for name in ("contact", "route", "record-route"):
        request.headers.elements(name)


def _refusal(message: Message, error: SipParseError) -> SipParseError:
    """The error that says whether a response can be sent: only with a readable Via, From, To, Call-ID, CSeq."""
    if not isinstance(message, Request) or message.method == "ACK":
        return error
    if not all(message.headers.first(name) for name in _MANDATORY):
        return error
    try:
        message.via  # noqa: B018 - read for its checks
    except SipParseError:
        return error
    message.headers.set("")
    return RefusedMessageError(str(error), error.status, message)
