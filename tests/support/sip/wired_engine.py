"""An embedded engine whose wire is a list and whose time the test moves; media is the fake plane."""

from collections.abc import Iterable
from datetime import UTC, datetime

from tests.support.sip.fake_media import FakeMediaPlane
from tests.support.sip.wire import ManualTimers, RecordingCarrier

from yunhu.foundation.clock import ManualClock
from yunhu.foundation.phone import Phone
from yunhu.telephony.embedded import EmbeddedEngine, EngineConfig, TrunkConfig
from yunhu.telephony.sip.errors import TransportError
from yunhu.telephony.sip.message import Message, Request, response_to
from yunhu.telephony.sip.parser import parse_message
from yunhu.telephony.sip.timers import Timers, Timing
from yunhu.telephony.sip.transport import Origin, TransportConfig, Transports

CALLER = Phone.parse("02988886666")


class FakeTcp(RecordingCarrier):
    """TCP whose connections stand unless the address is in `gone`."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: set[str] = set()

    async def connect(self, address: tuple[str, int], _limit: float) -> None:
        if address[0] in self.gone:
            raise TransportError("the peer takes no connection")


class WiredEngine(EmbeddedEngine):
    """Trunk number n is at 192.0.2.(100+n). `t4` is also how long `stop` really waits for answers, in seconds."""

    def __init__(self, trunks: Iterable[TrunkConfig], t4: float = 0.02) -> None:
        self.plane = FakeMediaPlane()
        self.udp = RecordingCarrier()
        self.tcp = FakeTcp()
        self.manual = ManualTimers()
        self.wire: Transports | None = None
        self._seen = 0
        config = EngineConfig(
            trunks=tuple(trunks),
            sip=TransportConfig(bind_host="192.0.2.1"),
            start_limit=0.01,
            timing=Timing(t4=t4),
        )
        super().__init__(config, self.plane, ManualClock(datetime(2026, 1, 1, tzinfo=UTC)))  # type: ignore[arg-type]

    def _make_timers(self) -> Timers:
        return self.manual

    async def _open_sockets(self, transports: Transports) -> None:
        self.wire = transports
        transports.add("UDP", self.udp)
        transports.add("TCP", self.tcp)

    def sent(self, method: str, *, to: str = "") -> list[Request]:
        """Every request of that method that left, repetitions included."""
        found = []
        for address, data in [*self.udp.sent, *self.tcp.sent]:
            message = parse_message(data)
            if isinstance(message, Request) and message.method == method and address[0].endswith(to):
                found.append(message)
        return found

    def answer(self, request: Request, status: int, tag: str = "", body: bytes = b"", **headers: str) -> None:
        """Let the peer answer."""
        response = response_to(request, status, tag)
        if tag:
            response.headers.set("contact", "<sip:callee@192.0.2.9:5060>")
        for name, value in headers.items():
            response.headers.set(name.replace("_", "-"), value)
        if body:
            response.body = body
            response.headers.set("content-type", "application/sdp")
        self.arrive(response)

    def arrive(self, message: Message) -> None:
        """One message from the network."""
        if self.wire is not None:
            self.wire.deliver(message.to_bytes(), Origin("UDP", "192.0.2.9", 5060))


def wired_trunk(number: int, **changes: object) -> TrunkConfig:
    """The trunk `t<number>`, without probes unless asked for."""
    values: dict[str, object] = {
        "name": f"t{number}",
        "proxy_host": f"192.0.2.{100 + number}",
        "domain": "example.cn",
        "caller_numbers": frozenset([CALLER]),
        "options_interval": 0.0,
        "session_expires": 0,
    }
    return TrunkConfig(**(values | changes))  # type: ignore[arg-type]
