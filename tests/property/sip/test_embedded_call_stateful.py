"""Random events against one call of the embedded engine: one ending, told last, and never a phone rung twice."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.sip.wire import SDP
from tests.support.sip.wired_engine import CALLER, WiredEngine, wired_trunk

from yunhu.foundation.phone import Phone
from yunhu.telephony.embedded.call import EmbeddedCall
from yunhu.telephony.media import (
    AnswerDetected,
    DigitHeard,
    MediaEvent,
    MediaTimeout,
    PromptEnded,
    ToneDetected,
)
from yunhu.telephony.port import CallEvent, Ended, OriginateRequest, Prompt
from yunhu.telephony.sip.digest import Credentials
from yunhu.telephony.sip.message import Request

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHALLENGE = 'Digest realm="a", nonce="n{}", qop="auth"{}'
TAGS = st.sampled_from(["a", "b"])
HEARD: list[MediaEvent] = [
    DigitHeard(NOW, "1"),
    ToneDetected(NOW, "busy"),
    ToneDetected(NOW, "ringback"),
    MediaTimeout(NOW),
    PromptEnded(NOW, "p", True),
    AnswerDetected(NOW, "machine", "greeting"),
]


class CallMachine(RuleBasedStateMachine):
    """Three trunks, the one in the middle over TCP; the network says what it likes about any INVITE so far."""

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        account = Credentials("+862988886666", "x")
        trunks = [
            wired_trunk(0, credentials=account),
            wired_trunk(1, transport="TCP", credentials=account),
            wired_trunk(2, credentials=account, session_expires=1800),
        ]
        self.engine = WiredEngine(trunks)
        self.run(self.engine.start())
        self.call: EmbeddedCall | None = None
        self.rung = False
        """Whether anything beyond 100 has been said of the INVITE that was under way."""
        self.invites_when_rung: list[str] = []
        self.seen: list[CallEvent] = []

    def run(self, work: object) -> None:
        self.loop.run_until_complete(work)  # type: ignore[arg-type]

    def within(self, happens: Callable[[], object]) -> None:
        """Let something happen on the loop, as callbacks of sockets and timers do, and what it puts off."""

        async def turn() -> None:
            happens()
            for _ in range(5):
                await asyncio.sleep(0)

        self.run(turn())

    def up(self) -> bool:
        return self.call is not None

    def first_invites(self) -> list[Request]:
        """INVITEs without To tag, repetitions once."""
        branches = {m.via.branch: m for m in self.engine.sent("INVITE") if m.to.tag is None}
        return list(branches.values())

    @precondition(lambda self: not self.up())
    @rule(gone=st.booleans(), detect=st.booleans())
    def originate(self, gone: bool, detect: bool) -> None:
        self.the_tcp_peer_changes(gone)
        request = OriginateRequest(
            call_id=uuid4(),
            callee=Phone.parse("13812345678"),
            caller_number=CALLER,
            trunks=("t0", "t1", "t2"),
            detect_answer=detect,
        )

        async def place() -> EmbeddedCall:
            return await self.engine.originate(request)

        self.call = self.loop.run_until_complete(place())

    @rule(gone=st.booleans())
    def the_tcp_peer_changes(self, gone: bool) -> None:
        if gone:
            self.engine.tcp.gone.add("192.0.2.101")
        else:
            self.engine.tcp.gone.clear()

    def answer(self, newest: bool, status: int, tag: str, body: bytes = b"", **headers: str) -> None:
        invites = self.first_invites()
        invite = invites[-1 if newest else 0]
        before = self.call is not None and not self.has_ended()
        self.within(lambda: self.engine.answer(invite, status, tag, body, **headers))
        if before and not self.rung and status > 100 and (invite is invites[-1]) and status < 300:
            self.rung = True
            self.invites_when_rung = [m.via.branch for m in self.first_invites()]

    @precondition(up)
    @rule(newest=st.booleans(), status=st.sampled_from([100, 180, 183]), tag=TAGS, media=st.booleans())
    def progress(self, newest: bool, status: int, tag: str, media: bool) -> None:
        self.answer(newest, status, tag, SDP if media else b"")

    @precondition(up)
    @rule(newest=st.booleans(), status=st.sampled_from([302, 404, 486, 487, 503, 500, 603]), tag=TAGS)
    def refuse(self, newest: bool, status: int, tag: str) -> None:
        self.answer(newest, status, tag)

    @precondition(up)
    @rule(newest=st.booleans(), nonce=st.integers(0, 9), stale=st.booleans(), proxy=st.booleans())
    def challenge(self, newest: bool, nonce: int, stale: bool, proxy: bool) -> None:
        name = "proxy_authenticate" if proxy else "www_authenticate"
        value = CHALLENGE.format(nonce, ", stale=true" if stale else "")
        self.answer(newest, 407 if proxy else 401, "x", **{name: value})

    @precondition(up)
    @rule(newest=st.booleans())
    def want_a_longer_session(self, newest: bool) -> None:
        self.answer(newest, 422, "x", min_se="3600")

    @precondition(up)
    @rule(newest=st.booleans(), tag=TAGS, media=st.booleans())
    def accept(self, newest: bool, tag: str, media: bool) -> None:
        self.answer(newest, 200, tag, SDP if media else b"")

    @precondition(up)
    @rule(tag=TAGS, seq=st.integers(1, 3))
    def the_peer_says_bye(self, tag: str, seq: int) -> None:
        invite = self.first_invites()[-1]
        bye = invite.copy()
        bye.method, bye.uri, bye.body = "BYE", "sip:me@192.0.2.1:5060", b""
        bye.headers.put_first("via", f"SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKbye{seq}{tag}")
        bye.headers.set("content-type")
        bye.headers.set("from", f"{invite.headers.first('to')};tag={tag}")
        bye.headers.set("to", invite.headers.first("from") or "")
        bye.headers.set("cseq", f"{seq} BYE")
        self.within(lambda: self.engine.arrive(bye))

    @precondition(up)
    @rule(event=st.sampled_from(HEARD))
    def media_says(self, event: MediaEvent) -> None:
        self.within(lambda: self.engine.plane.sessions[-1].say(event))

    @precondition(up)
    @rule(what=st.sampled_from(["hang_up", "play", "stop"]))
    def we_do(self, what: str) -> None:
        call = self.call
        assert call is not None
        if what == "hang_up":
            self.within(lambda: call.hang_up("superseded"))
        elif what == "play":
            self.within(lambda: call.play(Prompt("p", b"\xd5" * 160)))
        else:
            self.within(call.stop_playing)

    @precondition(up)
    @rule()
    def the_connection_is_lost(self) -> None:
        wire = self.engine.wire
        assert wire is not None
        for carrier in ("UDP", "TCP"):
            for number in range(3):
                hop = (carrier, f"192.0.2.{100 + number}", 5060)
                self.within(partial(wire.failed, hop))

    @rule(seconds=st.sampled_from([0.5, 4.0, 33.0, 46.0, 301.0]))
    def time_passes(self, seconds: float) -> None:
        self.within(lambda: self.engine.manual.advance(seconds))

    def has_ended(self) -> bool:
        self.read()
        return any(isinstance(event, Ended) for event in self.seen)

    def read(self) -> None:
        """Take what the call has told so far."""
        call = self.call
        if call is None:
            return

        async def take() -> None:
            events = call.events()
            while True:
                reading = asyncio.ensure_future(anext(events, None))
                for _ in range(3):
                    await asyncio.sleep(0)
                if not reading.done():
                    reading.cancel()
                    return
                event = reading.result()
                if event is None:
                    return
                self.seen.append(event)

        self.run(take())

    @invariant()
    def the_end_is_told_once_and_last(self) -> None:
        if not hasattr(self, "engine") or self.call is None:
            return
        ended = self.has_ended()
        assert [isinstance(event, Ended) for event in self.seen].count(True) == int(ended)
        assert not ended or isinstance(self.seen[-1], Ended)
        assert self.engine.active_calls == (0 if ended else 1)
        assert self.engine.plane.sessions[-1].closed == ended

    @invariant()
    def no_phone_is_rung_twice(self) -> None:
        """House law 3: after a word beyond 100 no other INVITE leaves, whatever follows."""
        if hasattr(self, "engine") and self.rung:
            assert [m.via.branch for m in self.first_invites()] == self.invites_when_rung

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        try:
            self.finish()
        finally:
            self.loop.close()

    def finish(self) -> None:
        """Whatever happened, hanging up leads to the end, and the engine leaves no timer behind."""
        if self.call is not None:
            self.within(partial(self.call.hang_up, "done"))
            self.within(lambda: self.engine.manual.advance(70))
            assert self.has_ended()
        self.run(self.engine.stop(timedelta(0)))
        self.engine.manual.advance(200)
        assert self.engine.manual.waiting == 0


TestEmbeddedCall = CallMachine.TestCase
TestEmbeddedCall.settings = settings(max_examples=150, stateful_step_count=20, deadline=None)
