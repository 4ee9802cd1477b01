"""One outgoing call: its INVITE with forks, challenges and cancelling, and the dialog it becomes (RFC 3261 §13)."""

from typing import TYPE_CHECKING

from yunhu.telephony.sip.answers import MAX_FORKS, Answers
from yunhu.telephony.sip.call_model import CallSpec, CallState, CallUser, Fork
from yunhu.telephony.sip.dialog import Dialog, Seed, next_hop
from yunhu.telephony.sip.digest import MAX_ROUNDS, Authenticator
from yunhu.telephony.sip.ending import EndCause, SipEnding
from yunhu.telephony.sip.errors import SdpError, SendRefusedError, SipParseError, TransportError
from yunhu.telephony.sip.exchange import IGNORE, Done, Exchange
from yunhu.telephony.sip.headers import parse_integer, parse_reason_cause, tokens
from yunhu.telephony.sip.identifiers import new_call_id, new_tag
from yunhu.telephony.sip.message import Headers, Message, Request, Response
from yunhu.telephony.sip.reliability import Arrival, classify
from yunhu.telephony.sip.sdp import LocalAudio, is_sdp, parse_audio
from yunhu.telephony.sip.session import Session
from yunhu.telephony.sip.session_timer import raised_interval, wish_headers
from yunhu.telephony.sip.timers import Timer
from yunhu.telephony.sip.transaction import ClientTransaction, InviteClientTransaction, ServerTransaction
from yunhu.telephony.sip.transport import Hop

if TYPE_CHECKING:
    from yunhu.telephony.sip.agent import UserAgent

MAX_INTERVAL_RETRIES = 2
"""Most 422 responses obeyed for one call."""


class OutgoingCall:
    """Caller's side of one call. `start` sends; everything else happens in callbacks on the event loop."""

    __slots__ = (
        "_answers", "_branch", "_cancel_sent", "_contact", "_fork", "_forks", "_from", "_give_up", "_interval",
        "_invite", "_rounds", "_spec", "_timer_retries", "_user", "agent", "audio", "auth", "call_id", "hop",
        "progressed", "seq", "session", "state", "tag", "timer_wish",
    )  # fmt: skip

    def __init__(self, agent: "UserAgent", spec: CallSpec, audio: LocalAudio, user: CallUser) -> None:
        self.agent = agent
        self.audio = audio
        self.auth = Authenticator(spec.credentials)
        self.call_id = new_call_id()
        self.tag = new_tag()
        self.hop = spec.hop
        self.seq = 0
        self.state = CallState.CALLING
        self.timer_wish = spec.timer
        self.session: Session | None = None
        self.progressed = False
        self._spec: CallSpec | None = spec
        self._user: CallUser | None = user
        self._contact = spec.contact
        self._from = f"{spec.from_};tag={self.tag}"
        self._interval = spec.timer.expires
        self._answers: Answers | None = None
        self._branch = ""
        self._invite: InviteClientTransaction | None = None
        self._fork: Fork | None = None
        self._forks: dict[str, Fork] = {}
        self._cancel_sent = False
        self._give_up: Timer | None = None
        self._rounds = 0
        self._timer_retries = 0

    # ── the INVITE ──

    def start(self) -> None:
        """Send the INVITE. Raises `SendRefusedError` or `TransportError`: nothing has left then."""
        self._send_invite()
        self.agent.add(self)

    def _send_invite(self) -> None:
        spec = self._spec
        if spec is None:
            return
        self.seq += 1
        headers = Headers()
        headers.set("max-forwards", "70")
        headers.set("route", *spec.routes)
        headers.set("from", self._from)
        headers.set("to", spec.to)
        headers.set("call-id", self.call_id)
        headers.set("cseq", f"{self.seq} INVITE")
        request = Request("INVITE", spec.request_uri, headers, self.audio.offer())
        self.describe(request)
        for name, value in (*wish_headers(spec.timer, self._interval), *spec.headers):
            headers.add(name, value)
        headers.set("content-type", "application/sdp")
        self.auth.sign(request)
        seed = Seed(self.call_id, self._from, self.seq, spec.request_uri)
        self._answers = Answers(self.agent, self.auth, self.hop, seed)
        transaction = self.agent.layer.request(request, spec.hop, self)
        assert isinstance(transaction, InviteClientTransaction)  # noqa: S101 - the layer's promise for INVITE
        self._invite = transaction
        self._branch = transaction.branch

    def describe(self, message: Message) -> None:
        """Contact and what we can do, for every message that makes or refreshes a dialog (RFC 3261 §13.2.1)."""
        message.headers.set("contact", self._contact)
        self.agent.describe(message)

    def on_response(self, transaction: ClientTransaction, response: Response) -> None:
        """A response to the INVITE."""
        if response.status < 200:
            if transaction is self._invite:
                self._on_provisional(response)
        elif response.status < 300:
            self._on_success(response)
        elif transaction is self._invite:
            self._invite = None
            self._on_failure(response)

    def on_no_response(self, transaction: ClientTransaction, *, broken: bool) -> None:
        """Timer B, or the connection went away."""
        if transaction is not self._invite:
            return
        self._invite = None
        if self.state is CallState.CANCELLING:
            self.end(EndCause.CANCELLED)
        else:
            self.end(EndCause.TRANSPORT if broken else EndCause.TIMEOUT)

    # ── provisional responses ──

    def _on_provisional(self, response: Response) -> None:
        self.progressed = self.progressed or response.status > 100
        if self.state is CallState.CALLING:
            self.state = CallState.PROCEEDING
        if self.state is CallState.CANCELLING:
            self._send_cancel()
            return
        if self.state is not CallState.PROCEEDING or response.status == 100:
            return
        fork = self._fork_of(response)
        if fork is not None and not self._acknowledge_provisional(fork, response):
            return
        early_media = fork is not None and self._take_media(fork, response, answered=False)
        seen = fork.seen if fork is not None else set()
        if response.status not in seen or early_media:
            seen.add(response.status)
            if self._user is not None:
                self._user.on_progress(response.status, early_media=early_media)

    def _fork_of(self, response: Response) -> Fork | None:
        """The early dialog of a response (RFC 3261 §12.1), new or known; beyond `MAX_FORKS` only answers matter."""
        tag = response.to.tag
        if not tag or self._answers is None:
            return None
        fork = self._forks.get(tag)
        try:
            if fork is not None:
                fork.dialog.learn(response)
            elif len(self._forks) < MAX_FORKS:
                fork = self._forks[tag] = Fork(Dialog(self._answers.seed, response))
        except SipParseError:
            return None
        return fork

    def _acknowledge_provisional(self, fork: Fork, response: Response) -> bool:
        """Send the PRACK that a reliable response wants; False when the response is to be dropped."""
        arrival, rseq = classify(response, fork.rseq)
        if arrival is Arrival.REPEATED:
            return False
        if arrival is Arrival.NEXT:
            fork.rseq = rseq
            rack = f"{rseq} {self.seq} INVITE"
            self.send(fork.dialog, "PRACK", lambda _: None, (("rack", rack),))
        return True

    def _take_media(self, fork: Fork, response: Response, *, answered: bool) -> bool:
        """Follow a description that is new for this fork; True when audio flows by it."""
        if not response.body or not is_sdp(response) or self._user is None:
            return False
        if response.body == fork.sdp and not answered:
            return False
        try:
            remote = parse_audio(response.body, self.audio.codecs)
            if not remote.port:
                return False
            self._user.on_media(remote, answered=answered)
        except SdpError:
            return False
        fork.sdp = response.body
        fork.remote = remote
        return True

    # ── the answer ──

    def _on_success(self, response: Response) -> None:
        answers = self._answers
        if answers is None or answers.repeat(response):
            return
        if self.state in {CallState.CALLING, CallState.PROCEEDING}:
            self._confirm(response, answers)
            return
        answers.release(response)
        if self.state is CallState.CANCELLING:
            self.end(EndCause.CANCELLED, response)

    def _confirm(self, response: Response, answers: Answers) -> None:
        """The first 2xx wins (RFC 3261 §13.2.2.4)."""
        fork = self._fork_of(response)
        if fork is None:
            answers.release(response)
            self.end(EndCause.BAD_ANSWER, response)
            return
        self.state = CallState.CONFIRMED
        self.progressed = True
        self.auth.accept()
        self._fork = fork
        self._forks = {}
        self._spec = None
        dialog = fork.dialog
        answers.acknowledge(dialog)
        if not self._take_media(fork, response, answered=True) and not self._reuse_media(fork):
            self.hang_up(EndCause.BAD_ANSWER)
            return
        self.session = Session(self, dialog, "update" in tokens(response.headers.all("allow")))
        self.session.take_timer(response)
        if self._user is not None:
            self._user.on_answered()

    def _reuse_media(self, fork: Fork) -> bool:
        """A 2xx without a description stands by the one of its early dialog (RFC 3262 §5)."""
        if fork.remote is None or self._user is None:
            return False
        try:
            self._user.on_media(fork.remote, answered=True)
        except SdpError:
            return False
        return True

    # ── refusal ──

    def _on_failure(self, response: Response) -> None:
        if self.state is CallState.CANCELLING:
            self.end(EndCause.CANCELLED, response)
        elif response.status in {401, 407}:
            self._on_challenge(response)
        elif response.status == 422 and not self.progressed and self._raise_interval(response):
            self._try_again(response)
        elif response.status < 400:
            self.end(EndCause.REDIRECT, response)
        else:
            self.end(EndCause.RESPONSE, response)

    def _on_challenge(self, response: Response) -> None:
        """RFC 3261 §22.2: the same call, one CSeq more, a bounded number of times; never after a phone may have rung."""
        self._rounds += 1
        if not self.progressed and self._rounds <= MAX_ROUNDS and self.auth.learn(response):
            self._try_again(response)
        else:
            self.end(EndCause.AUTHENTICATION, response)

    def _raise_interval(self, response: Response) -> bool:
        """RFC 4028 §7.3."""
        raised = raised_interval(response, self._interval)
        self._timer_retries += 1
        if raised is None or self._timer_retries > MAX_INTERVAL_RETRIES:
            return False
        self._interval = raised
        return True

    def _try_again(self, response: Response) -> None:
        self._forks = {}
        self.state = CallState.CALLING
        try:
            self._send_invite()
        except SendRefusedError:
            self.end(EndCause.RESPONSE, response)
        except TransportError:
            self.end(EndCause.TRANSPORT)

    # ── giving up and ending ──

    def hang_up(self, cause: EndCause = EndCause.LOCAL_BYE) -> None:
        """CANCEL or BYE, whichever fits; harmless after the end."""
        if self.state is CallState.CONFIRMED and self._fork is not None:
            dialog = self._fork.dialog
            self.send(dialog, "BYE", lambda _: None)
            self.end(cause)
        elif self.state in {CallState.CALLING, CallState.PROCEEDING}:
            proceeding = self.state is CallState.PROCEEDING
            self.state = CallState.CANCELLING
            if proceeding:
                self._send_cancel()

    def _send_cancel(self) -> None:
        """Only after a provisional response (RFC 3261 §9.1)."""
        if self._cancel_sent or self._invite is None:
            return
        cancel = self._invite.cancel_request()
        if cancel is None:
            return
        self._cancel_sent = True
        self.agent.describe_briefly(cancel)
        self._give_up = self.agent.layer.timers.later(self.agent.layer.timing.patience, self._on_give_up)
        hop = Hop(*self._invite.hop, self.hop.trunk)
        try:
            self.agent.layer.request(cancel, hop, IGNORE, self._invite.branch)
        except TransportError:
            self.agent.layer.stats.transport_errors += 1

    def _on_give_up(self) -> None:
        """No final response within 64 T1 after the CANCEL: the transaction is cancelled all the same (§9.1)."""
        self.end(EndCause.CANCELLED)

    def end(self, cause: EndCause, message: Message | None = None) -> None:
        """Tell the end once and drop all that is not needed to acknowledge late answers."""
        if self.state is CallState.ENDED:
            return
        if self.state is not CallState.CONFIRMED:
            self._leave_invite(message)
        self.state = CallState.ENDED
        self.agent.remove(self)
        if self.session is not None:
            self.session.close()
            self.session = None
        if self._give_up is not None:
            self._give_up.cancel()
            self._give_up = None
        user, self._user = self._user, None
        self._forks = {}
        self._fork = self._spec = self._invite = None
        if user is not None:
            user.on_ended(self._ending(cause, message))

    def _leave_invite(self, message: Message | None) -> None:
        """Let an open INVITE go, and see that a 2xx that comes all the same is released.

        It can come where no final response did, and after a refusal where a phone may have rung: a proxy passes every
        2xx on (RFC 3261 §16.7). A 2xx that crossed our CANCEL comes again when its ACK was lost.
        """
        if self._invite is not None:
            self._invite.abandon()
        refused = isinstance(message, Response) and message.status >= 300
        if self._answers is not None and (not refused or self.progressed):
            self.agent.late.keep(self._branch, self._answers)

    def _ending(self, cause: EndCause, message: Message | None) -> SipEnding:
        if message is None:
            return SipEnding(cause=cause, progressed=self.progressed)
        return SipEnding(
            cause=cause,
            status=message.status if isinstance(message, Response) else None,
            q850=parse_reason_cause(message.headers.all("reason")),
            progressed=self.progressed,
            retry_after=parse_integer(message.headers.first("retry-after")),
        )

    # ── inside the dialog ──

    def send(
        self,
        dialog: Dialog,
        method: str,
        done: Done,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """A request inside a dialog; `done` gets its final response."""

        def make() -> Request:
            request = dialog.request(method)
            for name, value in headers:
                request.headers.set(name, value)
            if method == "UPDATE":
                self.describe(request)
            else:
                self.agent.describe_briefly(request)
            return request

        hop = self.hop
        Exchange(self.agent.layer, self.auth, make, lambda request: next_hop(request, hop), done).start()

    def on_request(self, transaction: ServerTransaction, request: Request) -> None:
        """A request of the peer inside one of our dialogs."""
        self.agent.peer_requests.answer(self, transaction, request)

    def fork_for(self, remote_tag: str) -> Fork | None:
        """The dialog of a request, by the peer's tag."""
        if self._fork is not None and self._fork.dialog.remote_tag == remote_tag:
            return self._fork
        return self._forks.get(remote_tag)

    @property
    def user(self) -> CallUser | None:
        """Who placed the call, until it has ended."""
        return self._user
