"""One user agent over a wire that records what leaves and takes what the test says arrives."""

import heapq
import itertools
from collections.abc import Callable

from yunhu.telephony.sip.agent import UserAgent
from yunhu.telephony.sip.call import OutgoingCall
from yunhu.telephony.sip.call_model import CallSpec
from yunhu.telephony.sip.digest import Credentials
from yunhu.telephony.sip.ending import SipEnding
from yunhu.telephony.sip.layer import TransactionLayer
from yunhu.telephony.sip.message import Message, Request, Response, response_to
from yunhu.telephony.sip.parser import parse_message
from yunhu.telephony.sip.sdp import LocalAudio, RemoteAudio
from yunhu.telephony.sip.session_timer import SessionTimerWish
from yunhu.telephony.sip.stats import SipStats
from yunhu.telephony.sip.timers import Timing
from yunhu.telephony.sip.transport import Hop, Origin, TransportConfig, Transports

SDP = b"v=0\r\no=- 9 9 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
PEER = ("UDP", "192.0.2.9", 5060)


class ManualTimer:
    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class ManualTimers:
    def __init__(self) -> None:
        self._now = 0.0
        self._heap: list[tuple[float, int, ManualTimer]] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self._now

    def later(self, delay: float, callback: Callable[[], None]) -> ManualTimer:
        timer = ManualTimer(callback)
        heapq.heappush(self._heap, (self._now + delay, next(self._order), timer))
        return timer

    def advance(self, seconds: float) -> None:
        end = self._now + seconds
        while self._heap and self._heap[0][0] <= end:
            self._now, _, timer = heapq.heappop(self._heap)
            if timer.callback is not None:
                timer.callback()
        self._now = end

    @property
    def waiting(self) -> int:
        return sum(1 for _, _, timer in self._heap if timer.callback is not None)


class RecordingCarrier:
    def __init__(self) -> None:
        self.sent: list[tuple[tuple[str, int], bytes]] = []

    def send(self, address: tuple[str, int], data: bytes) -> None:
        self.sent.append((address, data))

    def close(self) -> None:
        self.sent.clear()


class RecordingUser:
    """A `CallUser` that notes what it is told."""

    def __init__(self) -> None:
        self.log: list[object] = []
        self.media: list[tuple[RemoteAudio, bool]] = []
        self.endings: list[SipEnding] = []

    def on_progress(self, status: int, *, early_media: bool) -> None:
        self.log.append((status, early_media))

    def on_media(self, remote: RemoteAudio, *, answered: bool) -> None:
        self.media.append((remote, answered))

    def on_answered(self) -> None:
        self.log.append("answered")

    def on_digit(self, digit: str) -> None:
        self.log.append(digit)

    def on_ended(self, ending: SipEnding) -> None:
        self.endings.append(ending)


class Wire:
    """Our side under test on one end, the test as the peer on the other."""

    def __init__(self, transport: str = "UDP", gate: Callable[[Request, Hop], None] | None = None) -> None:
        self.timers = ManualTimers()
        self.stats = SipStats()
        self.transports = Transports(TransportConfig(bind_host="192.0.2.1"), self.timers, self.stats)
        self.carrier = RecordingCarrier()
        self.transports.add(transport, self.carrier)
        self.transport = transport
        self.layer = TransactionLayer(self.transports, Timing(), gate or (lambda _request, _hop: None))
        self.agent = UserAgent(self.layer, "test")
        self.user = RecordingUser()
        self._seen = 0
        self._peer_branches = itertools.count()

    def call(self, credentials: Credentials | None = None, expires: int = 0) -> OutgoingCall:
        spec = CallSpec(
            hop=Hop(self.transport, PEER[1], PEER[2], "t"),
            request_uri="sip:13800000000@example.cn",
            to="<sip:13800000000@example.cn>",
            from_="<sip:+862988886666@example.cn>",
            contact="<sip:me@192.0.2.1:5060>",
            credentials=credentials,
            timer=SessionTimerWish(expires),
        )
        return self.agent.call(spec, LocalAudio("192.0.2.1", 4000, ("PCMA", "PCMU"), 1), self.user)

    def sent(self) -> list[Message]:
        """What left since the last look."""
        new = self.carrier.sent[self._seen :]
        self._seen = len(self.carrier.sent)
        return [parse_message(data) for _, data in new]

    def request(self, method: str) -> Request:
        """The one request of that method among what left since the last look."""
        (found,) = [m for m in self.sent() if isinstance(m, Request) and m.method == method]
        return found

    def response(self) -> Response:
        """The one response that left since the last look."""
        (found,) = [m for m in self.sent() if isinstance(m, Response)]
        return found

    def methods(self) -> list[str]:
        return [m.method if isinstance(m, Request) else str(m.status) for m in self.sent()]

    def arrive(self, message: Message) -> None:
        self.layer.receive(message.to_bytes(), Origin(self.transport, PEER[1], PEER[2]))

    def answer(
        self, request: Request, status: int, tag: str = "", body: bytes = b"", **headers: str
    ) -> Response:
        """Let the peer answer a request of ours."""
        response = response_to(request, status, tag)
        if tag:
            response.headers.set("contact", "<sip:callee@192.0.2.9:5060>")
        for name, value in headers.items():
            response.headers.set(name.replace("_", "-"), value)
        if body:
            response.body = body
            response.headers.set("content-type", "application/sdp")
        self.arrive(response)
        return response

    def establish(self, tag: str = "b1", expires: int = 0, **headers: str) -> tuple[OutgoingCall, Request]:
        """A call that was answered and acknowledged."""
        call = self.call(expires=expires)
        invite = self.request("INVITE")
        self.answer(invite, 200, tag, SDP, **headers)
        self.request("ACK")
        return call, invite

    def peer_request(
        self, invite: Request, method: str, seq: int, tag: str = "b1", body: bytes = b"", **headers: str
    ) -> Request:
        """Let the peer send a request inside the dialog."""
        request = invite.copy()
        request.method, request.uri, request.body = method, "sip:me@192.0.2.1:5060", body
        for name in ("content-type", "session-expires", "min-se", "supported"):
            request.headers.set(name)
        if body:
            request.headers.set("content-type", "application/sdp")
        request.headers.put_first(
            "via", f"SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKp{next(self._peer_branches)}"
        )
        request.headers.set("from", f"{invite.headers.first('to')};tag={tag}")
        request.headers.set("to", invite.headers.first("from") or "")
        request.headers.set("cseq", f"{seq} {method}")
        request.headers.set("contact", "<sip:callee@192.0.2.9:5060>")
        for name, value in headers.items():
            request.headers.set(name.replace("_", "-"), value)
        self.arrive(request)
        return request
