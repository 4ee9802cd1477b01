"""Dialogs: who speaks with whom, in which order and by which way (RFC 3261 §12)."""

from typing import NamedTuple

from yunhu.telephony.sip.errors import SipParseError
from yunhu.telephony.sip.headers import MAX_SEQUENCE, parse_name_addr
from yunhu.telephony.sip.message import Headers, Request, Response
from yunhu.telephony.sip.transport import Hop, is_address
from yunhu.telephony.sip.uri import SipUri, parse_uri

MAX_ROUTES = 16
"""Longest route set kept."""


class Seed(NamedTuple):
    """What of an INVITE every dialog that it creates is built from."""

    call_id: str
    local: str
    """From, with our tag."""
    seq: int
    uri: str


class Dialog:
    """The caller's side of one dialog, early or confirmed."""

    __slots__ = (
        "call_id",
        "confirmed",
        "local",
        "local_seq",
        "remote",
        "remote_seq",
        "remote_tag",
        "remote_target",
        "route_set",
    )

    def __init__(self, seed: Seed, response: Response) -> None:
        """RFC 3261 §12.1.2. Raises `SipParseError` when the response makes no dialog."""
        self.call_id = seed.call_id
        self.local = seed.local
        self.remote = response.headers.first("to") or ""
        self.remote_tag = response.to.tag or ""
        self.local_seq = seed.seq
        self.remote_seq: int | None = None
        self.confirmed = False
        self.remote_target = seed.uri
        self.route_set: tuple[str, ...] = ()
        self.learn(response)

    def learn(self, response: Response) -> None:
        """Take target and routes of a response; the 2xx overrides what an early one said (§13.2.2.4)."""
        target = contact_uri(response)
        if target is not None:
            self.remote_target = target
        if not self.confirmed:
            routes = response.headers.elements("record-route")
            if len(routes) > MAX_ROUTES:
                raise SipParseError("the route set is too long")
            for route in routes:
                parse_uri(parse_name_addr(route).uri)
            self.route_set = tuple(reversed(routes))
        if response.status >= 200:
            self.confirmed = True

    def refresh_target(self, message: Request | Response) -> None:
        """A new Contact of a re-INVITE or UPDATE, or of a 2xx to ours (§12.2.1.2, §12.2.2)."""
        target = contact_uri(message)
        if target is not None:
            self.remote_target = target

    def request(self, method: str, seq: int | None = None) -> Request:
        """The next request inside the dialog (§12.2.1.1). `seq` is given for an ACK, which repeats its INVITE's."""
        if seq is None:
            self.local_seq += 1
            seq = self.local_seq
        headers = Headers()
        headers.set("max-forwards", "70")
        uri, routes = self.remote_target, list(self.route_set)
        if routes:
            first = parse_name_addr(routes[0]).uri
            if not parse_uri(first).is_loose:
                # A strict router wants its own address as Request-URI and the target as the last Route.
                routes = [*routes[1:], f"<{uri}>"]
                uri = first
            headers.set("route", *routes)
        headers.set("from", self.local)
        headers.set("to", self.remote)
        headers.set("call-id", self.call_id)
        headers.set("cseq", f"{seq} {method}")
        return Request(method, uri, headers)

    def accepts(self, request: Request) -> bool:
        """Note the CSeq of a request of the peer; False when it is out of order (§12.2.2)."""
        number = request.cseq.number
        if self.remote_seq is not None and number <= self.remote_seq:
            return False
        self.remote_seq = min(number, MAX_SEQUENCE)
        return True


def contact_uri(message: Request | Response) -> str | None:
    """The URI of the first Contact, where it is one that can be sent to."""
    try:
        elements = message.headers.elements("contact")
        if not elements or elements[0] == "*":
            return None
        uri = parse_name_addr(elements[0]).uri
        return uri if parse_uri(uri).is_sip else None
    except SipParseError:
        return None


def next_hop(request: Request, default: Hop) -> Hop:
    """Where a request goes (RFC 3261 §8.1.2): the first Route, else the Request-URI.

    A trunk is one place: names that are no addresses, and other transports, lead to its proxy, the `default`.
    """
    routes = request.headers.all("route")
    try:
        target = parse_uri(parse_name_addr(routes[0]).uri if routes else request.uri)
    except SipParseError:
        return default
    return _hop(target, default)


def _hop(target: SipUri, default: Hop) -> Hop:
    transport = (target.params.get("transport") or default.transport).upper()
    if not target.is_sip or not is_address(target.host) or transport != default.transport:
        return default
    return default._replace(host=target.host, port=target.port or 5060)
