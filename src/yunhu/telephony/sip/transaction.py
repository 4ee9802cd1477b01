"""One transaction: a machine that walks its table, its timers and its bytes (RFC 3261 §17)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from yunhu.telephony.sip.errors import TransportError
from yunhu.telephony.sip.message import Headers, Request, Response
from yunhu.telephony.sip.timers import Timer
from yunhu.telephony.sip.transaction_table import (
    CLIENT,
    INVITE_CLIENT,
    INVITE_SERVER,
    SERVER,
    Action,
    Event,
    Refusal,
    State,
    Table,
    step,
)
from yunhu.telephony.sip.transport import Hop, Origin

if TYPE_CHECKING:
    from yunhu.telephony.sip.layer import TransactionLayer


class ClientUser(Protocol):
    """Who sent a request and hears of it."""

    def on_response(self, transaction: "ClientTransaction", response: Response) -> None:
        """Every provisional response, the final one, and each 2xx of an INVITE however often it comes."""

    def on_no_response(self, transaction: "ClientTransaction", *, broken: bool) -> None:
        """The end without a final response: `broken` when the transport failed, otherwise nobody answered."""


class Transaction:
    """What the four machines share. Slots only: thousands linger for their last timer."""

    __slots__ = (
        "_data",
        "_expire",
        "_give_up",
        "_interval",
        "_layer",
        "_resend",
        "hop",
        "key",
        "method",
        "state",
    )

    table: ClassVar[Table]

    def __init__(
        self, layer: "TransactionLayer", key: tuple[str, ...], method: str, hop: tuple[str, str, int]
    ) -> None:
        self._layer = layer
        self.key = key
        self.method = method
        self.hop = hop
        self.state = State.TRYING
        self._data = b""
        self._interval = layer.timing.t1
        self._resend: Timer | None = None
        self._give_up: Timer | None = None
        self._expire: Timer | None = None

    @property
    def is_reliable(self) -> bool:
        """Whether the transport repeats by itself."""
        return self.hop[0] == "TCP"

    def fire(self, event: Event, message: Response | Request | None = None) -> bool:
        """Take an event; False when the table refuses it in this state."""
        found = step(self.table, self.state, event)
        if isinstance(found, Refusal):
            self._layer.stats.refused_steps += 1
            return False
        self.state = found.state
        for action in found.actions:
            _DO[action](self, message)
        if self.state is State.TERMINATED:
            self._finish()
        return True

    def _finish(self) -> None:
        for timer in (self._resend, self._give_up, self._expire):
            if timer is not None:
                timer.cancel()
        self._resend = self._give_up = self._expire = None
        self._layer.forget(self)

    def _write(self) -> None:
        """Put the stored bytes on the wire; a failure is an event of its own, taken after this step."""
        try:
            self._layer.transports.send(self.hop, self._data)
        except TransportError:
            self._layer.timers.later(0, self._on_broken)

    def _on_broken(self) -> None:
        self.fire(Event.BROKEN)

    def _repeat(self) -> None:
        self._layer.stats.retransmissions += 1
        self._write()

    def _start_resend(self) -> None:
        if not self.is_reliable:
            self._resend = self._layer.timers.later(self._interval, self._on_resend)

    def _on_resend(self) -> None:
        self.fire(Event.RESEND)

    def _back_off(self) -> None:
        self._interval = min(self._interval * 2, self._ceiling())
        self._start_resend()

    def _ceiling(self) -> float:
        """Longest interval between two sendings, seconds."""
        return self._layer.timing.t2

    def _stop_resend(self) -> None:
        if self._resend is not None:
            self._resend.cancel()
            self._resend = None

    def _start_give_up(self) -> None:
        self._give_up = self._layer.timers.later(self._layer.timing.patience, self._on_give_up)

    def _on_give_up(self) -> None:
        self.fire(Event.GIVE_UP)

    def _stop_give_up(self) -> None:
        if self._give_up is not None:
            self._give_up.cancel()
            self._give_up = None

    def _start_expire(self) -> None:
        self._expire = self._layer.timers.later(self._linger(), self._on_expire)

    def _on_expire(self) -> None:
        self.fire(Event.EXPIRE)

    def _linger(self) -> float:
        """Seconds that the transaction stays after its final message."""
        raise NotImplementedError

    def _deliver(self, message: Response) -> None:
        raise NotImplementedError

    def _send_response(self, message: Response) -> None:
        raise NotImplementedError

    def _send_ack(self, message: Response) -> None:
        raise NotImplementedError

    def _tell_no_response(self, *, broken: bool) -> None:
        """Servers have nobody to tell."""

    def _absorb(self) -> None:
        self._layer.stats.requests_absorbed += 1
        if self._data:
            self._write()


class ClientTransaction(Transaction):
    """Non-INVITE client (RFC 3261 §17.1.2)."""

    __slots__ = ("user",)

    table = CLIENT

    def __init__(
        self, layer: "TransactionLayer", key: tuple[str, ...], method: str, hop: Hop, user: ClientUser
    ) -> None:
        super().__init__(layer, key, method, (hop.transport, hop.host, hop.port))
        self.user: ClientUser | None = user

    @property
    def is_open(self) -> bool:
        """Whether the final response is still awaited."""
        return self.state in {State.CALLING, State.TRYING, State.PROCEEDING}

    def start(self, data: bytes) -> None:
        """Send the request and start its timers (E and F, or A and B). Raises `TransportError`: nothing left."""
        self._layer.transports.send(self.hop, data)
        self._data = data
        self._start_resend()
        self._start_give_up()

    def take(self, response: Response) -> bool:
        """A response that matched; False when the machine refuses it."""
        if response.status < 200:
            self._before_provisional()
            return self.fire(Event.PROVISIONAL, response)
        return self.fire(Event.SUCCESS if response.status < 300 else Event.FAILURE, response)

    def abandon(self) -> None:
        """Forget the transaction whatever its state (RFC 3261 §9.1, a CANCEL that brought no final response)."""
        self.state = State.TERMINATED
        self.user = None
        self._finish()
        self._layer.answered()

    def _before_provisional(self) -> None:
        """After a provisional response, timer E runs at T2 (RFC 3261 §17.1.2.2)."""
        self._interval = self._layer.timing.t2

    def _linger(self) -> float:
        return 0.0 if self.is_reliable else self._layer.timing.t4  # timer K

    def _deliver(self, message: Response) -> None:
        if message.status >= 200:
            self._data = b""
        if self.user is not None:
            user = self.user
            if message.status >= 200:
                self.user = None
            user.on_response(self, message)
        if message.status >= 200:
            self._layer.answered()

    def _tell_no_response(self, *, broken: bool) -> None:
        user, self.user = self.user, None
        if not broken:
            self._layer.stats.timeouts += 1
        if user is not None:
            user.on_no_response(self, broken=broken)
        self._layer.answered()


class InviteClientTransaction(ClientTransaction):
    """INVITE client (RFC 3261 §17.1.1, RFC 6026)."""

    __slots__ = ("_request",)

    table = INVITE_CLIENT

    def __init__(
        self, layer: "TransactionLayer", key: tuple[str, ...], request: Request, hop: Hop, user: ClientUser
    ) -> None:
        super().__init__(layer, key, "INVITE", hop, user)
        self.state = State.CALLING
        self._request: Request | None = request

    def cancel_request(self) -> Request | None:
        """The CANCEL of this INVITE, with its Via still to be put on (RFC 3261 §9.1); None when it is over."""
        if self._request is None or self.state is not State.PROCEEDING:
            return None
        return _companion(self._request, "CANCEL", self._request.headers.first("to") or "")

    @property
    def branch(self) -> str:
        """The branch that a CANCEL shares with its INVITE."""
        return self.key[0]

    def _ceiling(self) -> float:
        """Timer A has none: it doubles until timer B."""
        return float("inf")

    def _before_provisional(self) -> None:
        """Provisional responses stop the retransmissions altogether."""

    def _linger(self) -> float:
        if self.state is State.ACCEPTED:
            return self._layer.timing.patience  # timer M
        return 0.0 if self.is_reliable else self._layer.timing.patience  # timer D

    def _deliver(self, message: Response) -> None:
        """A 2xx may come again and from other forks, so its user stays; the bytes of an ACK stay, too."""
        if message.status >= 200:
            self._request = None
        user = self.user
        if message.status >= 300:
            self.user = None
        elif message.status >= 200:
            self._data = b""
        if user is not None:
            user.on_response(self, message)
        if message.status >= 200:
            self._layer.answered()

    def _send_ack(self, message: Response) -> None:
        """Acknowledge a non-2xx; the same bytes again when it is repeated (RFC 3261 §17.1.1.3)."""
        if self._request is not None:
            ack = _companion(self._request, "ACK", message.headers.first("to") or "")
            ack.headers.put_first("via", self._request.headers.all("via")[0])
            self._data = ack.to_bytes()
        else:
            self._layer.stats.acks_repeated += 1
        self._write()


def _companion(invite: Request, method: str, to: str) -> Request:
    """The ACK or CANCEL that goes with an INVITE, hop by hop (RFC 3261 §9.1, §17.1.1.3)."""
    headers = Headers()
    headers.set("max-forwards", "70")
    headers.set("route", *invite.headers.all("route"))
    headers.set("from", *invite.headers.all("from"))
    headers.set("to", to)
    headers.set("call-id", invite.call_id)
    headers.set("cseq", f"{invite.cseq.number} {method}")
    return Request(method, invite.uri, headers)


class ServerTransaction(Transaction):
    """Non-INVITE server (RFC 3261 §17.2.2)."""

    __slots__ = ("_tag", "merge_key", "origin", "request")

    table = SERVER

    def __init__(
        self, layer: "TransactionLayer", key: tuple[str, ...], request: Request, origin: Origin
    ) -> None:
        super().__init__(layer, key, request.method, reply_address(request, origin))
        self.origin = origin
        self.request: Request | None = request
        """Dropped once the final response is sent."""
        self.merge_key: tuple[str, ...] | None = None

    def respond(self, response: Response) -> bool:
        """Send a response; False when the machine refuses it (a final one has left already)."""
        if response.status < 200:
            return self.fire(Event.PROVISIONAL, response)
        return self.fire(Event.SUCCESS if response.status < 300 else Event.FAILURE, response)

    def _send_response(self, message: Response) -> None:
        self._data = message.to_bytes()
        self._layer.stats.responses_sent[message.status] += 1
        if message.status >= 200:
            self.request = None
        self._write()

    def _linger(self) -> float:
        return 0.0 if self.is_reliable else self._layer.timing.patience  # timer J


class InviteServerTransaction(ServerTransaction):
    """INVITE server (RFC 3261 §17.2.1, RFC 6026)."""

    __slots__ = ()

    table = INVITE_SERVER

    def __init__(
        self, layer: "TransactionLayer", key: tuple[str, ...], request: Request, origin: Origin
    ) -> None:
        super().__init__(layer, key, request, origin)
        self.state = State.PROCEEDING

    def repeat_success(self) -> None:
        """Send the 2xx again; its user does so until the ACK comes (RFC 3261 §13.3.1.4)."""
        if self.state is State.ACCEPTED:
            self._repeat()

    def _linger(self) -> float:
        if self.state is State.ACCEPTED:
            return self._layer.timing.patience  # timer L
        return 0.0 if self.is_reliable else self._layer.timing.t4  # timer I


def reply_address(request: Request, origin: Origin) -> tuple[str, str, int]:
    """Where responses go (RFC 3261 §18.2.2, RFC 3581 §4). `maddr` is not honoured: it aims at third parties."""
    if origin.transport == "TCP" or "rport" in request.via.params:
        return origin
    return (origin.transport, origin.host, request.via.port or 5060)


_DO: dict[Action, Callable[[Transaction, Any], None]] = {
    Action.DELIVER: lambda transaction, message: transaction._deliver(message),
    Action.SEND: lambda transaction, message: transaction._send_response(message),
    Action.SEND_ACK: lambda transaction, message: transaction._send_ack(message),
    Action.REPEAT: lambda transaction, _: transaction._repeat(),
    Action.ABSORB: lambda transaction, _: transaction._absorb(),
    Action.BACK_OFF: lambda transaction, _: transaction._back_off(),
    Action.START_RESEND: lambda transaction, _: transaction._start_resend(),
    Action.STOP_RESEND: lambda transaction, _: transaction._stop_resend(),
    Action.START_GIVE_UP: lambda transaction, _: transaction._start_give_up(),
    Action.STOP_GIVE_UP: lambda transaction, _: transaction._stop_give_up(),
    Action.START_EXPIRE: lambda transaction, _: transaction._start_expire(),
    Action.TIME_OUT: lambda transaction, _: transaction._tell_no_response(broken=False),
    Action.BREAK: lambda transaction, _: transaction._tell_no_response(broken=True),
}
