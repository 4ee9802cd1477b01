"""SIP messages as values, and their bytes (RFC 3261 §7)."""

from functools import lru_cache

from yunhu.telephony.sip.errors import SipError, SipParseError
from yunhu.telephony.sip.headers import CSeq, NameAddr, Via, parse_cseq, parse_name_addr, parse_via
from yunhu.telephony.sip.params import split_commas

ENCODING = "utf-8"
ENCODING_ERRORS = "surrogateescape"
"""Headers are UTF-8; bytes that are not go through unchanged, for what we echo must be what we got."""

REASON_PHRASES = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    400: "Bad Request",
    405: "Method Not Allowed",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    422: "Session Interval Too Small",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    500: "Server Internal Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "Version Not Supported",
}
"""Default phrases of the statuses that we send (RFC 3261 §21)."""

_WIRE_NAMES = {
    "call-id": "Call-ID",
    "cseq": "CSeq",
    "rack": "RAck",
    "rseq": "RSeq",
    "min-se": "Min-SE",
    "mime-version": "MIME-Version",
    "www-authenticate": "WWW-Authenticate",
}


@lru_cache(maxsize=256)
def wire_name(name: str) -> str:
    """The usual capitals of a header name."""
    known = _WIRE_NAMES.get(name)
    if known is None:
        known = "-".join(part.capitalize() for part in name.split("-"))
    return known


class Headers:
    """Header values by lower-case name; names keep the order of their first value."""

    __slots__ = ("_values",)

    def __init__(self, values: dict[str, list[str]] | None = None) -> None:
        self._values: dict[str, list[str]] = {} if values is None else values

    def first(self, name: str) -> str | None:
        """The first value, or None."""
        values = self._values.get(name)
        return values[0] if values else None

    def all(self, name: str) -> list[str]:
        """Every value, as the lines stood."""
        return self._values.get(name, [])

    def elements(self, name: str) -> list[str]:
        """Every element of a comma-separated header. Raises `SipParseError`."""
        return [item for value in self._values.get(name, ()) for item in split_commas(value)]

    def set(self, name: str, *values: str) -> None:
        """Replace the values; none at all removes the header."""
        if values:
            self._values[name] = list(values)
        else:
            self._values.pop(name, None)

    def add(self, name: str, value: str) -> None:
        """One value more."""
        self._values.setdefault(name, []).append(value)

    def put_first(self, name: str, value: str) -> None:
        """Set one value and move the header to the top, where proxies look for Via (RFC 3261 §7.3.1)."""
        self._values.pop(name, None)
        self._values = {name: [value], **self._values}

    def copy(self) -> "Headers":
        """A copy that shares nothing with this one."""
        return Headers({name: list(values) for name, values in self._values.items()})

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def lines(self) -> list[str]:
        """`Name: value` for every value, in order. Content-Length is left to the message."""
        return [
            f"{wire_name(name)}: {value}"
            for name, values in self._values.items()
            if name != "content-length"
            for value in values
        ]


class Message:
    """What requests and responses share."""

    __slots__ = ("body", "headers")

    def __init__(self, headers: Headers, body: bytes = b"") -> None:
        self.headers = headers
        self.body = body

    @property
    def via(self) -> Via:
        """The topmost Via. Raises `SipParseError`."""
        value = self.headers.first("via") or ""
        if "," in value:
            value = (split_commas(value) or [""])[0]
        if not value.strip():
            raise SipParseError("there is no Via")
        return parse_via(value)

    @property
    def cseq(self) -> CSeq:
        """Raises `SipParseError`."""
        return parse_cseq(self.headers.first("cseq") or "")

    @property
    def from_(self) -> NameAddr:
        """Raises `SipParseError`."""
        return parse_name_addr(self.headers.first("from") or "")

    @property
    def to(self) -> NameAddr:
        """Raises `SipParseError`."""
        return parse_name_addr(self.headers.first("to") or "")

    @property
    def call_id(self) -> str:
        """The Call-ID, empty when there is none."""
        return self.headers.first("call-id") or ""

    def start_line(self) -> str:
        """The first line."""
        raise NotImplementedError

    def to_bytes(self) -> bytes:
        """The message on the wire. Raises `SipError` when a value would smuggle in a line of its own."""
        lines = self.headers.lines()
        lines.insert(0, self.start_line())
        lines.append(f"Content-Length: {len(self.body)}\r\n\r\n")
        head = "\r\n".join(lines)
        if head.count("\n") != len(lines) + 1 or head.count("\r") != len(lines) + 1:
            raise SipError("a header value holds a line break")
        return head.encode(ENCODING, ENCODING_ERRORS) + self.body


class Request(Message):
    """A request (RFC 3261 §7.1)."""

    __slots__ = ("method", "uri")

    def __init__(self, method: str, uri: str, headers: Headers, body: bytes = b"") -> None:
        super().__init__(headers, body)
        self.method = method
        self.uri = uri

    def start_line(self) -> str:
        """Request-Line."""
        return f"{self.method} {self.uri} SIP/2.0"

    def copy(self) -> "Request":
        """A copy whose headers can be changed."""
        return Request(self.method, self.uri, self.headers.copy(), self.body)


class Response(Message):
    """A response (RFC 3261 §7.2)."""

    __slots__ = ("phrase", "status")

    def __init__(self, status: int, phrase: str, headers: Headers, body: bytes = b"") -> None:
        super().__init__(headers, body)
        self.status = status
        self.phrase = phrase

    def start_line(self) -> str:
        """Status-Line."""
        return f"SIP/2.0 {self.status} {self.phrase}"


def response_to(request: Request, status: int, to_tag: str = "") -> Response:
    """A response to the request (RFC 3261 §8.2.6.2). `to_tag` is added when the request's To has none."""
    headers = Headers()
    headers.set("via", *request.headers.all("via"))
    headers.set("from", *request.headers.all("from")[:1])
    to = request.headers.first("to") or ""
    try:
        has_tag = request.to.tag is not None
    except SipParseError:
        has_tag = True
    headers.set("to", f"{to};tag={to_tag}" if to_tag and not has_tag else to)
    headers.set("call-id", *request.headers.all("call-id")[:1])
    headers.set("cseq", *request.headers.all("cseq")[:1])
    if status < 300 and request.method in {"INVITE", "UPDATE"}:
        headers.set("record-route", *request.headers.all("record-route"))
    if status == 100:
        headers.set("timestamp", *request.headers.all("timestamp"))
    return Response(status, REASON_PHRASES.get(status, "Unknown"), headers)
