"""The transaction layer: matches what arrives to transactions and starts new ones (RFC 3261 §17.1.3, §17.2.3)."""

from collections.abc import Callable
from typing import Protocol

from yunhu.telephony.sip.errors import SipParseError, TransportError
from yunhu.telephony.sip.headers import Via, parse_via, via_text
from yunhu.telephony.sip.identifiers import MAGIC_COOKIE, new_branch, new_tag
from yunhu.telephony.sip.message import Request, Response, response_to
from yunhu.telephony.sip.params import split_commas
from yunhu.telephony.sip.parser import RefusedMessageError, parse_message
from yunhu.telephony.sip.stats import SipStats
from yunhu.telephony.sip.timers import Timers, Timing
from yunhu.telephony.sip.transaction import (
    ClientTransaction,
    ClientUser,
    InviteClientTransaction,
    InviteServerTransaction,
    ServerTransaction,
    Transaction,
    reply_address,
)
from yunhu.telephony.sip.transaction_table import Event
from yunhu.telephony.sip.transport import Hop, Origin, Transports
from yunhu.telephony.sip.uri import bracketed

MAX_SERVER_TRANSACTIONS = 4096
"""Most requests of others remembered at once; those beyond are dropped and come again."""

KNOWN_METHODS = frozenset(
    {
        "ACK", "BYE", "CANCEL", "INFO", "INVITE", "MESSAGE", "NOTIFY", "OPTIONS", "PRACK", "PUBLISH", "REFER",
        "REGISTER", "SUBSCRIBE", "UPDATE",
    }
)  # fmt: skip

Gate = Callable[[Request, Hop], None]
"""Looks at every INVITE at the last point before the wire; raises `SendRefusedError` to keep it."""


class RequestHandler(Protocol):
    """The layer above, as far as requests of others go."""

    def on_request(self, transaction: ServerTransaction, request: Request) -> None:
        """A new request, ACK excepted."""

    def on_ack(self, request: Request) -> None:
        """The ACK of a 2xx."""

    def on_stray_success(self, response: Response) -> bool:
        """A 2xx to an INVITE whose transaction is over; False when nobody knows of it."""


class TransactionLayer:
    """Every transaction of one engine."""

    def __init__(self, transports: Transports, timing: Timing, gate: Gate) -> None:
        self.transports = transports
        self.timers: Timers = transports.timers
        self.timing = timing
        self.stats: SipStats = transports.stats
        self.handler: RequestHandler | None = None
        self.on_answered: Callable[[], None] | None = None
        """Called when a request of ours is over, one way or the other, where somebody waits for that."""
        self._gate = gate
        self._clients: dict[tuple[str, ...], ClientTransaction] = {}
        self._servers: dict[tuple[str, ...], ServerTransaction] = {}
        self._merging: dict[tuple[str, ...], ServerTransaction] = {}
        transports.receiver = self

    def __len__(self) -> int:
        return len(self._clients) + len(self._servers)

    @property
    def requests_open(self) -> int:
        """Requests of ours that still wait for their final response."""
        return sum(1 for found in self._clients.values() if found.is_open)

    def request(self, request: Request, hop: Hop, user: ClientUser, branch: str = "") -> ClientTransaction:
        """Start a client transaction. Raises `SendRefusedError` or `TransportError`: nothing has left then.

        The one door through which every INVITE leaves, so the gate cannot be passed by. `branch` is given for a
        CANCEL only, which shares that of its INVITE (RFC 3261 §9.1).
        """
        if request.method == "INVITE":
            self._gate(request, hop)
        branch = branch or new_branch()
        self._put_via(request, hop, branch)
        data = request.to_bytes()
        key = (branch, request.method)
        transaction = (
            InviteClientTransaction(self, key, request, hop, user)
            if request.method == "INVITE"
            else ClientTransaction(self, key, request.method, hop, user)
        )
        transaction.start(data)
        self._clients[key] = transaction
        self.stats.requests_sent[request.method] += 1
        return transaction

    def acknowledge(self, ack: Request, hop: Hop) -> bytes:
        """Send the ACK of a 2xx, which is a transaction of its own (RFC 3261 §13.2.2.4); returns its bytes."""
        self._put_via(ack, hop, new_branch())
        data = ack.to_bytes()
        self.stats.requests_sent["ACK"] += 1
        self.send_again(data, hop)
        return data

    def send_again(self, data: bytes, hop: Hop) -> None:
        """Repeat an ACK; a failure shows when the 2xx comes again."""
        try:
            self.transports.send((hop.transport, hop.host, hop.port), data)
        except TransportError:
            self.stats.transport_errors += 1

    def _put_via(self, request: Request, hop: Hop, branch: str) -> None:
        local = bracketed(self.transports.local_host(hop.host))
        via = f"SIP/2.0/{hop.transport} {local}:{self.transports.port};branch={branch};rport"
        request.headers.put_first("via", via)

    # ── what arrives ──

    def receive(self, data: bytes, origin: Origin) -> None:
        """One message from the network, whatever it is."""
        try:
            message = parse_message(data, stream=origin.transport == "TCP")
        except RefusedMessageError as error:
            self.stats.malformed += 1
            self._refuse(error.request, error.status, origin)
            return
        except SipParseError:
            self.stats.malformed += 1
            return
        if isinstance(message, Response):
            self._receive_response(message)
        elif isinstance(message, Request):
            self._receive_request(message, origin)

    def hop_failed(self, hop: tuple[str, str, int]) -> None:
        """A connection is gone: whoever waits on it for an answer hears of it (RFC 3261 §18.4)."""
        for transaction in [found for found in self._clients.values() if found.hop == hop]:
            transaction.fire(Event.BROKEN)

    def _receive_response(self, response: Response) -> None:
        """RFC 3261 §17.1.3: top Via's branch and CSeq's method."""
        self.stats.responses_received[response.status] += 1
        if len(response.headers.elements("via")) != 1:
            self.stats.dropped += 1
            return
        transaction = self._clients.get((response.via.branch, response.cseq.method))
        if transaction is not None and transaction.take(response):
            return
        success = response.cseq.method == "INVITE" and 200 <= response.status < 300
        if success and self.handler is not None and self.handler.on_stray_success(response):
            return
        if transaction is None:
            self.stats.dropped += 1

    def _receive_request(self, request: Request, origin: Origin) -> None:
        mark_received(request, origin)
        key = server_key(request)
        known = self._servers.get(key)
        if request.method == "ACK":
            if known is not None and known.fire(Event.ACK):
                return
            if self.handler is not None:
                self.handler.on_ack(request)
        elif known is not None:
            known.fire(Event.REQUEST_AGAIN)
        else:
            self._open(key, request, origin)

    def _open(self, key: tuple[str, ...], request: Request, origin: Origin) -> None:
        if len(self._servers) >= MAX_SERVER_TRANSACTIONS or self.handler is None:
            self.stats.dropped += 1
            return
        self.stats.requests_received[request.method if request.method in KNOWN_METHODS else "other"] += 1
        kind = InviteServerTransaction if request.method == "INVITE" else ServerTransaction
        transaction = kind(self, key, request, origin)
        self._servers[key] = transaction
        if self._is_merged(transaction, request):
            transaction.respond(response_to(request, 482, new_tag()))
            return
        self.handler.on_request(transaction, request)

    def _is_merged(self, transaction: ServerTransaction, request: Request) -> bool:
        """The same request on another way (RFC 3261 §8.2.2.2)."""
        if request.to.tag is not None or request.method == "CANCEL":
            return False
        merge_key = (request.from_.tag or "", request.call_id, request.headers.first("cseq") or "")
        if merge_key in self._merging:
            return True
        self._merging[merge_key] = transaction
        transaction.merge_key = merge_key
        return False

    def cancelled(self, cancel: ServerTransaction) -> ServerTransaction | None:
        """The INVITE's transaction that a CANCEL means (RFC 3261 §9.2)."""
        return self._servers.get((*cancel.key[:-1], "INVITE"))

    def _refuse(self, request: Request, status: int, origin: Origin) -> None:
        """Answer an unreadable request without remembering it."""
        try:
            mark_received(request, origin)
            response = response_to(request, status, new_tag())
            self.transports.send(reply_address(request, origin), response.to_bytes())
        except (SipParseError, TransportError):
            self.stats.dropped += 1
        else:
            self.stats.responses_sent[status] += 1

    def answered(self) -> None:
        """A request of ours has its final response, or will have none."""
        if self.on_answered is not None:
            self.on_answered()

    def forget(self, transaction: Transaction) -> None:
        """A transaction is over."""
        if isinstance(transaction, ServerTransaction):
            self._servers.pop(transaction.key, None)
            if transaction.merge_key is not None:
                self._merging.pop(transaction.merge_key, None)
        else:
            self._clients.pop(transaction.key, None)


def mark_received(request: Request, origin: Origin) -> None:
    """Note in the top Via where the request came from (RFC 3261 §18.2.1, RFC 3581 §4)."""
    lines = request.headers.all("via")
    elements = split_commas(lines[0])
    via = parse_via(elements[0])
    params = dict(via.params)
    if "rport" in params:
        params["rport"] = str(origin.port)
    if "rport" in params or via.host != origin.host:
        params["received"] = origin.host
    elements[0] = via_text(Via(via.transport, via.host, via.port, params))
    request.headers.set("via", ", ".join(elements), *lines[1:])


def server_key(request: Request) -> tuple[str, ...]:
    """RFC 3261 §17.2.3: branch, sent-by and method; an older peer's without the cookie by what makes it one."""
    via = request.via
    method = "INVITE" if request.method == "ACK" else request.method
    sent_by = f"{via.host.lower()}:{via.port or 0}"
    if via.branch.startswith(MAGIC_COOKIE) and len(via.branch) > len(MAGIC_COOKIE):
        return (via.branch, sent_by, method)
    old = (request.uri, request.from_.tag or "", request.call_id, str(request.cseq.number))
    return (*old, via.branch, sent_by, method)
