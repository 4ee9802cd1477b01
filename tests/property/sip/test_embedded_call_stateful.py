"""Random events against one call of the embedded engine: one ending, told last, and never a phone rung twice.

What may be dialled after what is modelled here on its own (house law 3), not asked of the engine: see `Leg`.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
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


class Leg:
    """What the network has said of the INVITEs to one trunk.

    Only two things let a further INVITE leave. As long as nothing beyond 100 was said, a challenge or a 422 lets the
    same trunk be asked again. A 503 that is the first such word, and names no state of the callee, lets the next trunk
    be asked. Anything else may mean that a phone has rung.
    """

    def __init__(self, trunk: int) -> None:
        self.trunk = trunk
        self.progressed = False

    def licence(self, status: int, q850: int | None) -> str:
        """Take the first final answer, or a provisional one, to the newest INVITE: what may leave because of it."""
        if status > 100 and status < 300:
            self.progressed = True
        if self.progressed:
            return ""
        if status in {401, 407, 422}:
            return "same"
        return "next" if status == 503 and q850 in {None, 34} else ""


class CallMachine(RuleBasedStateMachine):
    """Three trunks, the one in the middle over TCP; the network says what it likes about any INVITE so far."""

    @initialize(
        order=st.permutations([0, 1, 2]),
        gone=st.booleans(),
        detect=st.booleans(),
        fates=st.lists(
            st.sampled_from(["refused", "refused", "rings", "silent", "lost", "redirected", "busy"]),
            max_size=3,
        ),
    )
    def begin(self, order: list[int], gone: bool, detect: bool, fates: list[str]) -> None:
        """Dial, and let the first things happen that decide about failover; the rules go on from there."""
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
        self.seen: list[CallEvent] = []
        self.order = order
        self.known: list[str] = []
        """Branches of the INVITEs that have left and were allowed to."""
        self.legs: list[Leg] = []
        self.finished: set[str] = set()
        """Branches whose INVITE has had its final answer; what comes after it says nothing."""
        self.accepted = False
        """Whether any INVITE has had a 2xx."""
        self.originate(gone, detect)
        self.take_note("next")
        for fate in fates:
            if fate == "silent":
                self.time_passes(33.0)
            elif fate == "lost":
                self.the_connection_is_lost()
            else:
                self.answer(True, {"rings": 180, "redirected": 302, "busy": 486}.get(fate, 503), "x")
            self.take_note("")

    def run(self, work: object) -> None:
        self.loop.run_until_complete(work)  # type: ignore[arg-type]

    def within(self, happens: Callable[[], object]) -> None:
        """Let something happen on the loop, as callbacks of sockets and timers do, and what it puts off."""

        async def turn() -> None:
            happens()
            for _ in range(12):
                await asyncio.sleep(0)

        self.run(turn())

    def first_invites(self) -> list[Request]:
        """INVITEs without To tag, repetitions once, those not yet taken note of last."""
        branches = {m.via.branch: m for m in self.engine.sent("INVITE") if m.to.tag is None}
        return [branches[branch] for branch in [*self.known, *(branches.keys() - set(self.known))]]

    def originate(self, gone: bool, detect: bool) -> None:
        self.the_tcp_peer_changes(gone)
        request = OriginateRequest(
            call_id=uuid4(),
            callee=Phone.parse("13812345678"),
            caller_number=CALLER,
            trunks=tuple(f"t{number}" for number in self.order),
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

    def trunk_of(self, branch: str) -> int:
        """Where an INVITE went."""
        return next(
            number
            for number in range(3)
            for invite in self.engine.sent("INVITE", to=f".{100 + number}")
            if invite.via.branch == branch
        )

    def take_note(self, licence: str) -> list[int]:
        """Judge the INVITEs that left since the last time; the trunks they went to."""
        fresh = [m.via.branch for m in self.first_invites() if m.via.branch not in self.known]
        trunks = [self.trunk_of(branch) for branch in fresh]
        self.known += fresh
        if licence == "same":
            assert trunks in ([], [self.legs[-1].trunk])
        elif licence == "next":
            used = {leg.trunk for leg in self.legs}
            last = self.order.index(self.legs[-1].trunk) if self.legs else -1
            assert len(trunks) <= 1
            assert not used & set(trunks)
            assert all(self.order.index(trunk) > last for trunk in trunks)
            self.legs += map(Leg, trunks)
        else:
            assert trunks == []
        return trunks

    def answer(self, newest: bool, status: int, tag: str, body: bytes = b"", **headers: str) -> None:
        invites = self.first_invites()
        invite = invites[-1 if newest else 0]
        branch = invite.via.branch
        alive = self.call is not None and not self.has_ended() and not self.call.given_up
        first_word = invite is invites[-1] and branch not in self.finished
        q850 = int(headers["reason"].rpartition("=")[2]) if "reason" in headers else None
        licence = self.legs[-1].licence(status, q850) if first_word else ""
        self.finished |= {branch} if status >= 200 else set()
        self.accepted |= 200 <= status < 300
        self.within(lambda: self.engine.answer(invite, status, tag, body, **headers))
        tried = self.take_note(licence)
        if licence == "next" and alive and not self.accepted:
            left = self.order[self.order.index(self.legs[-1 - len(tried)].trunk) + 1 :]
            event("failed over" if tried else "no trunk left")
            assert tried or not {0, 2} & set(left), "a trunk that could have taken the call was not tried"

    @rule(newest=st.booleans(), status=st.sampled_from([100, 180, 183]), tag=TAGS, media=st.booleans())
    def progress(self, newest: bool, status: int, tag: str, media: bool) -> None:
        self.answer(newest, status, tag, SDP if media else b"")

    @rule(newest=st.booleans(), status=st.sampled_from([302, 404, 486, 487, 503, 500, 603]), tag=TAGS)
    def refuse(self, newest: bool, status: int, tag: str) -> None:
        self.answer(newest, status, tag)

    @rule(
        after_a_while=st.booleans(),
        cause=st.sampled_from([None, None, None, 34, 17]),
        retry_after=st.sampled_from([None, "30"]),
    )
    def the_hop_refuses(self, after_a_while: bool, cause: int | None, retry_after: str | None) -> None:
        """What failover lives on, said of the INVITE that is under way, whether or not that had progressed."""
        if after_a_while:
            self.answer(True, 100, "")
        headers = {} if cause is None else {"reason": f"Q.850;cause={cause}"}
        headers |= {} if retry_after is None else {"retry_after": retry_after}
        self.answer(True, 503, "x", **headers)

    @rule(newest=st.booleans(), nonce=st.integers(0, 9), stale=st.booleans(), proxy=st.booleans())
    def challenge(self, newest: bool, nonce: int, stale: bool, proxy: bool) -> None:
        name = "proxy_authenticate" if proxy else "www_authenticate"
        value = CHALLENGE.format(nonce, ", stale=true" if stale else "")
        self.answer(newest, 407 if proxy else 401, "x", **{name: value})

    @rule(newest=st.booleans())
    def want_a_longer_session(self, newest: bool) -> None:
        self.answer(newest, 422, "x", min_se="3600")

    @rule(newest=st.booleans(), tag=TAGS, media=st.booleans())
    def accept(self, newest: bool, tag: str, media: bool) -> None:
        self.answer(newest, 200, tag, SDP if media else b"")

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

    @rule(heard=st.sampled_from(HEARD))
    def media_says(self, heard: MediaEvent) -> None:
        self.within(lambda: self.engine.plane.sessions[-1].say(heard))

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
        """House law 3: whatever happened, no INVITE has left that the network's own words did not allow."""
        if hasattr(self, "engine"):
            self.take_note("")

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
TestEmbeddedCall.settings = settings(max_examples=250, stateful_step_count=20, deadline=None)
