"""The user agent: finds the call that a request of the peer belongs to, and answers those that belong to none."""

from yunhu.telephony.sip.call import OutgoingCall
from yunhu.telephony.sip.call_model import CallSpec, CallUser
from yunhu.telephony.sip.headers import tokens
from yunhu.telephony.sip.identifiers import new_tag
from yunhu.telephony.sip.late_answers import LateAnswers
from yunhu.telephony.sip.layer import KNOWN_METHODS, TransactionLayer
from yunhu.telephony.sip.message import Message, Request, Response, response_to
from yunhu.telephony.sip.peer_requests import SUPPORTED, PeerRequests
from yunhu.telephony.sip.sdp import LocalAudio
from yunhu.telephony.sip.transaction import ServerTransaction

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO"
_ALLOWED = tokens([ALLOW])


class UserAgent:
    """Calls by Call-ID and our tag (RFC 3261 §12)."""

    def __init__(self, layer: TransactionLayer, product: str) -> None:
        self.layer = layer
        self.peer_requests = PeerRequests()
        self.late = LateAnswers(layer.timers)
        self._product = product
        self._calls: dict[tuple[str, str], OutgoingCall] = {}
        layer.handler = self

    def __len__(self) -> int:
        return len(self._calls)

    def call(self, spec: CallSpec, audio: LocalAudio, user: CallUser) -> OutgoingCall:
        """Send an INVITE. Raises `SendRefusedError` or `TransportError`: nothing has left then."""
        call = OutgoingCall(self, spec, audio, user)
        call.start()
        return call

    def add(self, call: OutgoingCall) -> None:
        """Route the peer's requests to a call."""
        self._calls[call.call_id, call.tag] = call

    def remove(self, call: OutgoingCall) -> None:
        """The call has ended."""
        self._calls.pop((call.call_id, call.tag), None)

    def describe(self, message: Message) -> None:
        """Who we are and what we can do (RFC 3261 §13.2.1, §20.37)."""
        message.headers.set("allow", ALLOW)
        message.headers.set("supported", ", ".join(sorted(SUPPORTED)))
        self.describe_briefly(message)

    def describe_briefly(self, message: Message) -> None:
        """Who we are."""
        message.headers.set("user-agent" if isinstance(message, Request) else "server", self._product)

    def reply(self, request: Request, status: int) -> Response:
        """A response of ours, with a To tag where one is due."""
        response = response_to(request, status, new_tag())
        self.describe_briefly(response)
        if status == 405:
            response.headers.set("allow", ALLOW)
        return response

    def on_request(self, transaction: ServerTransaction, request: Request) -> None:
        """A new request of a peer (RFC 3261 §8.2, §12.2.2)."""
        tag = request.to.tag
        if request.method == "CANCEL":
            self._on_cancel(transaction, request)
        elif tag is not None:
            call = self._calls.get((request.call_id, tag))
            if call is None:
                transaction.respond(self.reply(request, 481))
            else:
                call.on_request(transaction, request)
        else:
            transaction.respond(self._stranger(request))

    def on_ack(self, request: Request) -> None:
        """The ACK of a 2xx to a re-INVITE; one that fits nothing is dropped (RFC 3261 §17.2.3)."""
        call = self._calls.get((request.call_id, request.to.tag or ""))
        if call is not None and call.session is not None:
            call.session.on_ack(request)

    def on_stray_success(self, response: Response) -> bool:
        """A 2xx to an INVITE that is over: ACK and BYE; False when it was none of ours."""
        return self.late.take(response)

    def _on_cancel(self, transaction: ServerTransaction, request: Request) -> None:
        """Every INVITE is answered at once, so a CANCEL comes too late or means nothing (RFC 3261 §9.2)."""
        known = self.layer.cancelled(transaction) is not None
        transaction.respond(self.reply(request, 200 if known else 481))

    def _stranger(self, request: Request) -> Response:
        """A request outside every dialog."""
        if request.method not in _ALLOWED_UPPER:
            return self.reply(request, 405 if request.method in KNOWN_METHODS else 501)
        unsupported = tokens(request.headers.all("require")) - SUPPORTED
        if unsupported:
            response = self.reply(request, 420)
            response.headers.set("unsupported", ", ".join(sorted(unsupported)))
            return response
        if request.method == "OPTIONS":
            response = self.reply(request, 200)
            self.describe(response)
            response.headers.set("accept", "application/sdp")
            return response
        if request.method == "INVITE":
            return self.reply(request, 480)
        return self.reply(request, 481)


_ALLOWED_UPPER = frozenset(method.upper() for method in _ALLOWED)
