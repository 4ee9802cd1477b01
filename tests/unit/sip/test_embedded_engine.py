import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.support.sip.fake_media import FakeMediaPlane
from tests.support.sip.udp_peer import UdpPeer
from tests.support.sip.wired_engine import WiredEngine, wired_trunk

from yunhu.foundation.clock import SystemClock
from yunhu.foundation.phone import Phone
from yunhu.telephony.embedded import EmbeddedEngine, EngineConfig, TrunkConfig
from yunhu.telephony.embedded.call import EmbeddedCall
from yunhu.telephony.media import DigitHeard, MediaTimeout, ToneDetected
from yunhu.telephony.port import (
    Answered,
    CallEvent,
    DigitReceived,
    EarlyMedia,
    Ended,
    OriginateRefusedError,
    OriginateRequest,
    PlaybackEnded,
    Prompt,
    Rerouted,
    ResultClass,
    Ringing,
)
from yunhu.telephony.sip.transport import TransportConfig

CALLER, CALLEE = Phone.parse("02988886666"), Phone.parse("13812345678")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class House:
    """An engine with one loopback peer a trunk, `t0`, `t1`, …"""

    def __init__(self, engine: EmbeddedEngine, media: FakeMediaPlane, peers: list[UdpPeer]) -> None:
        self.engine, self.media, self.peers = engine, media, peers

    async def call(self, **changes: Any) -> EmbeddedCall:
        values: dict[str, Any] = {
            "call_id": uuid4(),
            "callee": CALLEE,
            "caller_number": CALLER,
            "trunks": tuple(f"t{n}" for n in range(len(self.peers))),
        }
        return await self.engine.originate(OriginateRequest(**(values | changes)))


@asynccontextmanager
async def house(*peers: UdpPeer, capacity: int = 100, **trunk: Any) -> AsyncIterator[House]:
    trunks = []
    for number, peer in enumerate(peers):
        values = {
            "options_interval": 0,
            "caller_numbers": frozenset([CALLER]),
            "domain": "example.cn",
        } | trunk
        trunks.append(
            TrunkConfig(name=f"t{number}", proxy_host="127.0.0.1", proxy_port=await peer.start(), **values)
        )
    media = FakeMediaPlane(capacity)
    config = EngineConfig(trunks=tuple(trunks), sip=TransportConfig(bind_host="127.0.0.1", port=0))
    engine = EmbeddedEngine(config, media, SystemClock())  # type: ignore[arg-type]
    await engine.start()
    try:
        yield House(engine, media, list(peers))
    finally:
        await engine.stop(timedelta(0))
        for peer in peers:
            peer.stop()


async def until(call: EmbeddedCall, kind: type[CallEvent]) -> list[CallEvent]:
    seen: list[CallEvent] = []
    async for event in call.events():
        seen.append(event)
        if isinstance(event, kind):
            break
    return seen


async def test_given_an_answering_phone_when_called_then_events_come_in_order_until_we_hang_up() -> None:
    async with house(UdpPeer(180, 200)) as here:
        call = await here.call()
        call.play(Prompt("p", b"\xd5" * 160))
        assert [type(event) for event in await until(call, Answered)] == [Ringing, Answered]
        (session,) = here.media.sessions
        assert session.played == ["p"]
        session.say(DigitHeard(NOW, "1"))
        call.hang_up("spoken")
        rest = await until(call, Ended)
        assert [type(event) for event in rest] == [DigitReceived, PlaybackEnded, Ended]
        ended = rest[-1]
        assert isinstance(ended, Ended)
        assert (ended.termination.result, ended.termination.reason) == (ResultClass.ANSWERED, "spoken")
        assert session.closed


async def test_given_a_busy_phone_when_called_then_the_result_is_busy() -> None:
    async with house(UdpPeer(100, 486)) as here:
        ended = (await until(await here.call(), Ended))[-1]
        assert isinstance(ended, Ended)
        assert ended.termination.result is ResultClass.BUSY


@pytest.mark.parametrize(("first", "second"), [((100, 503), 1), ((180, 503), 0), ((500,), 0)])
async def test_given_two_trunks_when_the_first_refuses_then_only_an_untouched_callee_is_tried_again(
    first: tuple[int, ...], second: int
) -> None:
    async with house(UdpPeer(*first), UdpPeer(200)) as here:
        call = await here.call()
        told = await until(call, Answered if second else Ended)
        assert here.peers[1].methods().count("INVITE") == second
        assert [event.trunk for event in told if isinstance(event, Rerouted)] == ["t1"] * second


@pytest.mark.parametrize("asked", [True, False])
async def test_given_a_trunk_that_leaves_an_invite_unanswered_when_it_ends_then_no_call_is_given_to_it_for_a_while(
    asked: bool,
) -> None:
    engine = WiredEngine([wired_trunk(0, options_interval=30.0 if asked else 0.0), wired_trunk(1)])
    await engine.start()
    if asked:
        engine.answer(engine.sent("OPTIONS")[-1], 200, "x")
    call = await engine.originate(
        OriginateRequest(call_id=uuid4(), callee=CALLEE, caller_number=CALLER, trunks=("t0", "t1"),
                         ring_timeout=timedelta(seconds=60))
    )  # fmt: skip
    probes = len(engine.sent("OPTIONS"))
    engine.manual.advance(33)
    ended = (await until(call, Ended))[-1]
    assert isinstance(ended, Ended)
    assert ended.termination.reason == "no_response"
    assert engine.sent("INVITE", to=".101") == []
    assert not engine.health()["t0"].usable
    assert engine.health()["t1"].usable
    if asked:
        engine.manual.advance(1)
        async with asyncio.timeout(10):
            while len(engine.sent("OPTIONS")) == probes:
                await asyncio.sleep(0)
        engine.answer(engine.sent("OPTIONS")[-1], 200, "x")
    else:
        engine.manual.advance(30)
    assert engine.health()["t0"].usable
    await engine.stop(timedelta(0))


async def test_given_early_media_when_a_busy_tone_is_heard_then_cancel_and_busy() -> None:
    async with house(UdpPeer(183)) as here:
        call = await here.call()
        assert isinstance((await until(call, EarlyMedia))[-1], EarlyMedia)
        here.media.sessions[0].say(ToneDetected(NOW, "busy"))
        ended = (await until(call, Ended))[-1]
        assert isinstance(ended, Ended)
        assert (ended.termination.result, ended.termination.reason) == (ResultClass.BUSY, "tone_busy")
        assert "CANCEL" in here.peers[0].methods()


async def test_given_a_ringing_phone_when_the_ring_limit_passes_then_no_answer() -> None:
    async with house(UdpPeer(180)) as here:
        ended = (await until(await here.call(ring_timeout=timedelta(milliseconds=50)), Ended))[-1]
        assert isinstance(ended, Ended)
        assert (ended.termination.result, ended.termination.reason) == (ResultClass.NO_ANSWER, "ring_timeout")


async def test_given_silence_after_the_answer_when_media_times_out_then_bye() -> None:
    async with house(UdpPeer(200)) as here:
        call = await here.call()
        await until(call, Answered)
        here.media.sessions[0].say(MediaTimeout(NOW))
        ended = (await until(call, Ended))[-1]
        assert isinstance(ended, Ended)
        assert ended.termination.reason == "media_timeout"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"caller_number": Phone.parse("02988887777")}, "caller_number_not_allowed"),
        ({"trunks": ("nowhere",)}, "no_trunk"),
        ({"headers": (("From", "<sip:10086@x>"),)}, "header_not_allowed"),
    ],
)
async def test_given_what_may_not_leave_when_originated_then_nothing_is_sent(
    changes: dict[str, Any], reason: str
) -> None:
    async with house(UdpPeer(200)) as here:
        with pytest.raises(OriginateRefusedError) as refused:
            await here.call(**changes)
        assert refused.value.reason == reason
        assert here.engine.stats.requests_sent["INVITE"] == 0
        assert here.engine.active_calls == 0


async def test_given_no_media_port_or_no_place_when_originated_then_refused() -> None:
    async with house(UdpPeer(180), capacity=1) as here:
        await here.call()
        with pytest.raises(OriginateRefusedError, match="no_port"):
            await here.call()
    async with house(UdpPeer(180), max_concurrent=1) as here:
        await here.call()
        with pytest.raises(OriginateRefusedError, match="no_trunk"):
            await here.call()


async def test_given_a_talking_call_when_the_engine_stops_then_it_is_hung_up_and_new_ones_refused() -> None:
    async with house(UdpPeer(200)) as here:
        call = await here.call()
        await until(call, Answered)
        await here.engine.stop(timedelta(milliseconds=20))
        ended = (await until(call, Ended))[-1]
        assert isinstance(ended, Ended)
        assert ended.termination.reason == "draining"
        with pytest.raises(OriginateRefusedError, match="draining"):
            await here.call()


async def test_given_a_registering_trunk_when_the_registrar_accepts_then_it_is_usable() -> None:
    from yunhu.telephony.sip.digest import Credentials

    async with house(UdpPeer(200), register=True, credentials=Credentials("+862988886666", "x")) as here:
        assert here.engine.health()["t0"].usable
        assert here.peers[0].methods() == ["REGISTER"]
    assert here.peers[0].received[-1].headers.first("expires") == "0"
