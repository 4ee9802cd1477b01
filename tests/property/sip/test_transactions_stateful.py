"""Random events against the transactions: calls with CANCEL and late answers, requests of ours, requests of others."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.sip.wire import PEER, SDP, RecordingCarrier, RecordingUser, Wire

from yunhu.telephony.sip.call import OutgoingCall
from yunhu.telephony.sip.call_model import CallState
from yunhu.telephony.sip.dialog import Seed
from yunhu.telephony.sip.ending import SipEnding
from yunhu.telephony.sip.errors import TransportError
from yunhu.telephony.sip.late_answers import KEEP
from yunhu.telephony.sip.message import Headers, Request, Response, response_to
from yunhu.telephony.sip.parser import parse_message
from yunhu.telephony.sip.transaction import ClientTransaction, ServerTransaction
from yunhu.telephony.sip.transport import Hop

SECONDS = st.sampled_from([0.1, 0.5, 1.0, 4.0, 8.0, 33.0, 100.0])
PROVISIONAL = st.sampled_from([100, 180, 183, 199])
REFUSAL = st.sampled_from([301, 404, 408, 486, 487, 500, 503, 603])
TAGS = st.sampled_from(["a", "b", "c"])
SETTINGS = settings(max_examples=150, stateful_step_count=25, deadline=None)


class FlakyCarrier(RecordingCarrier):
    """Fails while `broken`."""

    broken = False

    def send(self, address: tuple[str, int], data: bytes) -> None:
        if self.broken:
            raise TransportError("the socket is broken")
        super().send(address, data)


class Machine(RuleBasedStateMachine):
    """A wire whose sockets can break and whose time moves by rule."""

    was_broken = False

    @initialize(transport=st.sampled_from(["UDP", "TCP"]))
    def begin(self, transport: str) -> None:
        self.wire = Wire(transport)
        self.wire.carrier = self.carrier = FlakyCarrier()
        self.wire.transports.add(transport, self.carrier)
        self.hop = Hop(transport, PEER[1], PEER[2], "t")
        self.prepare()

    def prepare(self) -> None:
        """What a machine needs beside the wire."""

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.wire.timers.advance(seconds)

    @rule()
    def the_connection_is_lost(self) -> None:
        self.wire.transports.failed(self.hop[:3])

    @rule(broken=st.booleans())
    def the_socket_changes(self, broken: bool) -> None:
        self.carrier.broken = broken
        self.was_broken = self.was_broken or broken

    def leaving(self, method: str) -> list[bytes]:
        start = f"{method} ".encode()
        return [data for _, data in self.carrier.sent if data.startswith(start)]

    def finish(self) -> None:
        """Let the rest happen."""

    def teardown(self) -> None:
        if not hasattr(self, "wire"):
            return
        self.carrier.broken = False
        self.finish()
        # The longest way out: CANCEL, 64 T1 until we give up, then the BYE's own 64 T1.
        self.wire.timers.advance(200)
        assert len(self.wire.layer) == 0
        assert self.wire.timers.waiting == 0


class Calls(Machine):
    """One call; the peer says what it likes, as often as it likes."""

    def prepare(self) -> None:
        self.over_at: float | None = None
        self.wire.user.on_ended = self.on_ended  # type: ignore[method-assign]
        self.outgoing: OutgoingCall | None = None
        self.invite: Request | None = None
        self.refusals = 0
        self.successes: list[str] = []
        self.answered_at: float | None = None

    def on_ended(self, ending: SipEnding) -> None:
        self.wire.user.endings.append(ending)
        self.over_at = self.wire.timers.now()

    def dialled(self) -> bool:
        return self.invite is not None

    @precondition(lambda self: not self.dialled())
    @rule()
    def dial(self) -> None:
        try:
            self.outgoing = self.wire.call()
        except TransportError:
            assert self.carrier.broken
            assert len(self.wire.agent) == 0
            return
        self.invite = self.wire.request("INVITE")

    def peer(self, status: int, tag: str, body: bytes = b"") -> None:
        assert self.invite is not None
        self.wire.answer(self.invite, status, tag, body)

    @precondition(dialled)
    @rule(status=PROVISIONAL, tag=TAGS, media=st.booleans())
    def progress(self, status: int, tag: str, media: bool) -> None:
        self.peer(status, tag, SDP if media else b"")

    @precondition(dialled)
    @rule(status=REFUSAL, tag=TAGS)
    def refuse(self, status: int, tag: str) -> None:
        before = len(self.leaving("ACK"))
        waiting = self.is_open()
        self.peer(status, tag)
        if waiting:
            self.refusals += 1
            assert len(self.leaving("ACK")) - before == (0 if self.carrier.broken else 1)

    @precondition(dialled)
    @rule(tag=TAGS, media=st.booleans())
    def answer(self, tag: str, media: bool) -> None:
        before = len(self.leaving("ACK"))
        over_since, now = self.over_at, self.wire.timers.now()
        if self.answered_at is None:
            self.answered_at = now
        if now - self.answered_at >= 32:
            return  # timer M: the peer repeats its 2xx no longer than that
        self.peer(200, tag, SDP if media else b"")
        if self.carrier.broken or self.is_forgotten(over_since):
            return
        assert len(self.leaving("ACK")) - before == 1
        self.successes.append(tag)

    @precondition(dialled)
    @rule()
    def hang_up(self) -> None:
        assert self.outgoing is not None
        self.outgoing.hang_up()

    def is_open(self) -> bool:
        return any(
            isinstance(found, ClientTransaction) and found.method == "INVITE" and found.is_open
            for found in self.wire.layer._clients.values()
        )

    def is_forgotten(self, over_since: float | None) -> bool:
        """After a clear ending nobody waits for more; after an unclear one for `KEEP` seconds."""
        if over_since is None:
            return False
        clear = bool(self.successes) or (self.refusals > 0 and not self.outgoing_progressed())
        return clear or self.wire.timers.now() - over_since >= KEEP

    def outgoing_progressed(self) -> bool:
        return self.outgoing is not None and self.outgoing.progressed

    @invariant()
    def one_result(self) -> None:
        if not hasattr(self, "wire") or self.outgoing is None:
            return
        user = self.wire.user
        assert len(user.endings) <= 1
        assert user.log.count("answered") <= 1
        assert (self.outgoing.state is CallState.ENDED) == bool(user.endings)

    @invariant()
    def one_invite_and_one_cancel(self) -> None:
        if hasattr(self, "wire") and self.invite is not None:
            assert len(set(self.leaving("INVITE"))) == 1
            assert len(set(self.leaving("CANCEL"))) <= 1

    def finish(self) -> None:
        if self.outgoing is None:
            return
        self.outgoing.hang_up()
        self.wire.timers.advance(70)
        assert len(self.wire.user.endings) == 1
        assert len(self.wire.agent) == 0
        if self.was_broken:
            return  # a BYE may have been lost with the socket
        # Whoever answered was told that it is over.
        released = {parse_message(data).to.tag for data in self.leaving("BYE")}
        assert self.wire.user.log.count("answered") + len(released) >= len(set(self.successes))


class Requests(Machine):
    """Requests of ours other than INVITE, each with a user who counts."""

    requests = Bundle("requests")

    @rule(target=requests, method=st.sampled_from(["OPTIONS", "BYE", "REGISTER"]))
    def send(self, method: str) -> Any:
        user = Counting()
        seed = Seed("call", "<sip:a@b>;tag=1", 1, "sip:b@c")
        headers = Headers()
        for name, value in (
            ("from", seed.local),
            ("to", "<sip:b@c>"),
            ("call-id", seed.call_id),
            ("cseq", f"1 {method}"),
            ("max-forwards", "70"),
        ):
            headers.set(name, value)
        request = Request(method, seed.uri, headers)
        try:
            transaction = self.wire.layer.request(request, self.hop, user)
        except TransportError:
            assert self.carrier.broken
            return None
        return request, transaction, user

    @rule(sent=requests, status=st.one_of(PROVISIONAL, REFUSAL, st.just(200)))
    def respond(self, sent: Any, status: int) -> None:
        if sent is not None:
            self.wire.arrive(response_to(sent[0], status, "x"))
            assert sent[2].finals <= 1

    @rule(sent=requests)
    def abandon(self, sent: Any) -> None:
        if sent is not None and sent[1].is_open:
            sent[1].abandon()
            sent[2].abandoned = True

    @rule(sent=requests, other=requests)
    def finals_are_single(self, sent: Any, other: Any) -> None:
        for found in (sent, other):
            assert found is None or found[2].finals + found[2].abandoned <= 1

    @invariant()
    def the_open_ones_are_counted(self) -> None:
        if hasattr(self, "wire"):
            assert self.wire.layer.requests_open <= len(self.wire.layer)


class Counting(RecordingUser):
    """A `ClientUser` that counts final results."""

    def __init__(self) -> None:
        super().__init__()
        self.finals = 0
        self.abandoned = False

    def on_response(self, _transaction: ClientTransaction, response: Response) -> None:
        self.finals += response.status >= 200

    def on_no_response(self, _transaction: ClientTransaction, *, broken: bool) -> None:
        self.finals += 1


class Served(Machine):
    """Requests of the peer; our side answers when and what the rules say, also twice."""

    requests = Bundle("served")

    def prepare(self) -> None:
        self.open: dict[str, ServerTransaction] = {}
        self.number = 0
        self.wire.layer.handler = self  # type: ignore[assignment]

    def on_request(self, transaction: ServerTransaction, request: Request) -> None:
        self.open[request.call_id] = transaction

    def on_ack(self, _request: Request) -> None:
        """The ACK of a 2xx."""

    def on_stray_success(self, _response: Response) -> bool:
        return False

    @rule(target=requests, method=st.sampled_from(["INVITE", "OPTIONS", "BYE"]))
    def receive(self, method: str) -> Request:
        self.number += 1
        headers = Headers()
        for name, value in (
            ("via", f"SIP/2.0/{self.hop.transport} 192.0.2.9:5060;branch=z9hG4bKs{self.number};rport"),
            ("from", "<sip:a@b>;tag=1"),
            ("to", "<sip:b@c>"),
            ("call-id", str(self.number)),
            ("cseq", f"1 {method}"),
        ):
            headers.set(name, value)
        request = Request(method, "sip:b@c", headers)
        self.wire.arrive(request)
        assert request.call_id in self.open
        return request

    @rule(request=requests)
    def receive_again(self, request: Request) -> None:
        self.wire.arrive(request.copy())

    @rule(request=requests)
    def acknowledge(self, request: Request) -> None:
        ack = request.copy()
        ack.method = "ACK"
        ack.headers.set("cseq", "1 ACK")
        self.wire.arrive(ack)

    @rule(request=requests, status=st.one_of(PROVISIONAL, REFUSAL, st.just(200)))
    def respond(self, request: Request, status: int) -> None:
        transaction = self.open[request.call_id]
        held = transaction.request
        accepted = transaction.respond(response_to(request, status, "us"))
        if held is None and not (transaction.method == "INVITE" and status == 200):
            assert not accepted

    def finish(self) -> None:
        for transaction in self.open.values():
            if transaction.request is not None:
                transaction.respond(response_to(transaction.request, 500, "us"))


TestCalls = Calls.TestCase
TestRequests = Requests.TestCase
TestServed = Served.TestCase
TestCalls.settings = TestRequests.settings = TestServed.settings = SETTINGS
