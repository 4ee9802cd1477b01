"""Failover in the middle of an attempt, and trunks that change while calls are up."""

import asyncio
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.support.sip.wire import SDP
from tests.support.sip.wired_engine import CALLER, WiredEngine, wired_trunk

from yunhu.foundation.phone import Phone
from yunhu.telephony.embedded import TrunkConfig
from yunhu.telephony.embedded.call import EmbeddedCall
from yunhu.telephony.embedded.descriptors import raise_descriptor_limit
from yunhu.telephony.port import (
    Answered,
    CallEvent,
    Ended,
    OriginateRefusedError,
    OriginateRequest,
    ResultClass,
)
from yunhu.telephony.sip.digest import Credentials
from yunhu.telephony.sip.message import Request

OTHER = Phone.parse("02988887777")


@asynccontextmanager
async def running(*trunks: TrunkConfig) -> AsyncIterator[WiredEngine]:
    engine = WiredEngine(trunks)
    await engine.start()
    try:
        yield engine
    finally:
        for bye in engine.sent("BYE"):
            engine.answer(bye, 200, "b1")
        for invite in engine.sent("INVITE"):
            engine.answer(invite, 487, "b1")
        await engine.stop(timedelta(0))


async def dial(engine: WiredEngine, *trunks: str, caller: Phone = CALLER) -> EmbeddedCall:
    request = OriginateRequest(
        call_id=uuid4(), callee=Phone.parse("13812345678"), caller_number=caller, trunks=trunks
    )
    return await engine.originate(request)


async def settle(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)


async def until(call: EmbeddedCall, kind: type[CallEvent]) -> CallEvent:
    async with asyncio.timeout(5):
        async for event in call.events():
            if isinstance(event, kind):
                return event
    raise AssertionError(kind)


async def ending(call: EmbeddedCall) -> tuple[ResultClass, str]:
    ended = await until(call, Ended)
    assert isinstance(ended, Ended)
    return ended.termination.result, ended.termination.reason


async def established(engine: WiredEngine, *trunks: str) -> tuple[EmbeddedCall, Request]:
    call = await dial(engine, *trunks)
    invite = engine.sent("INVITE")[-1]
    engine.answer(invite, 200, "b1", SDP)
    await until(call, Answered)
    return call, invite


# ── failover ──


async def test_given_a_dead_tcp_trunk_in_the_middle_when_the_first_refuses_then_the_third_is_dialled() -> (
    None
):
    async with running(wired_trunk(0), wired_trunk(1, transport="TCP"), wired_trunk(2)) as engine:
        call = await dial(engine, "t0", "t1", "t2")
        engine.tcp.gone.add("192.0.2.101")
        engine.answer(engine.sent("INVITE")[0], 503, "x")
        await settle(lambda: bool(engine.sent("INVITE", to=".102")))
        engine.answer(engine.sent("INVITE", to=".102")[0], 200, "b1", SDP)
        await until(call, Answered)
        assert engine.sent("INVITE", to=".101") == []
        assert not engine.health()["t1"].usable


async def test_given_no_trunk_left_that_takes_it_when_the_first_refuses_then_its_refusal_is_the_result() -> (
    None
):
    async with running(wired_trunk(0), wired_trunk(1, transport="TCP")) as engine:
        call = await dial(engine, "t0", "t1")
        engine.tcp.gone.add("192.0.2.101")
        engine.answer(engine.sent("INVITE")[0], 503, "x")
        assert await ending(call) == (ResultClass.CONGESTION, "service_unavailable")
        assert engine.active_calls == 0


async def test_given_a_hang_up_between_two_trunks_when_the_next_is_ready_then_no_invite_leaves() -> None:
    async with running(wired_trunk(0), wired_trunk(1)) as engine:
        call = await dial(engine, "t0", "t1")
        engine.answer(engine.sent("INVITE")[0], 503, "x")
        call.hang_up("superseded")
        assert await ending(call) == (ResultClass.CANCELLED, "superseded")
        await settle(lambda: engine.active_calls == 0)
        await asyncio.sleep(0)
        assert engine.sent("INVITE", to=".101") == []


async def test_given_a_dead_tcp_trunk_when_a_call_wants_it_then_the_next_takes_it() -> None:
    async with running(wired_trunk(0, transport="TCP"), wired_trunk(1)) as engine:
        engine.tcp.gone.add("192.0.2.100")
        await dial(engine, "t0", "t1")
        assert len(engine.sent("INVITE", to=".101")) == 1
        with pytest.raises(OriginateRefusedError, match="no_trunk"):
            await dial(engine, "t0")


# ── changing trunks ──


async def test_given_a_new_trunk_when_trunks_change_then_calls_leave_on_it() -> None:
    async with running(wired_trunk(0)) as engine:
        await engine.change_trunks((wired_trunk(0), wired_trunk(1, transport="TCP")))
        await dial(engine, "t1")
        assert len(engine.sent("INVITE", to=".101")) == 1
        assert set(engine.health()) == {"t0", "t1"}


async def test_given_a_removed_trunk_when_its_call_goes_on_then_it_ends_by_bye_and_no_new_one_starts() -> (
    None
):
    async with running(wired_trunk(0), wired_trunk(1)) as engine:
        call, _ = await established(engine, "t0")
        await engine.change_trunks((wired_trunk(1),))
        with pytest.raises(OriginateRefusedError, match="no_trunk"):
            await dial(engine, "t0")
        call.hang_up("spoken")
        assert await ending(call) == (ResultClass.ANSWERED, "spoken")
        assert len(engine.sent("BYE")) == 1


async def test_given_other_numbers_only_when_trunks_change_then_the_trunk_goes_on_with_them() -> None:
    trunk = wired_trunk(0, register=True, credentials=Credentials("+862988886666", "x"))
    async with running(trunk) as engine:
        engine.answer(engine.sent("REGISTER")[0], 200, "x")
        await established(engine, "t0")
        changed = wired_trunk(
            0,
            register=True,
            credentials=Credentials("+862988886666", "x"),
            caller_numbers=frozenset([OTHER]),
            max_concurrent=2,
        )
        await engine.change_trunks((changed,))
        assert len(engine.sent("REGISTER")) == 1
        with pytest.raises(OriginateRefusedError, match="caller_number_not_allowed"):
            await dial(engine, "t0")
        await dial(engine, "t0", caller=OTHER)
        with pytest.raises(OriginateRefusedError, match="no_trunk"):
            await dial(engine, "t0", caller=OTHER)
        engine.answer(engine.sent("INVITE")[-1], 486, "x")
        await engine.change_trunks(())
        assert [r.headers.first("expires") for r in engine.sent("REGISTER")] == ["3600", "0"]


async def test_given_another_proxy_when_trunks_change_then_the_call_stays_and_new_ones_go_there() -> None:
    async with running(wired_trunk(0, max_concurrent=2)) as engine:
        call, _ = await established(engine, "t0")
        await engine.change_trunks((wired_trunk(0, proxy_host="192.0.2.200", max_concurrent=2),))
        await dial(engine, "t0")
        assert len(engine.sent("INVITE", to=".200")) == 1
        with pytest.raises(OriginateRefusedError, match="no_trunk"):
            await dial(engine, "t0")
        call.hang_up("spoken")
        assert await ending(call) == (ResultClass.ANSWERED, "spoken")
        await dial(engine, "t0")
        assert len(engine.sent("INVITE", to=".200")) == 2


async def test_given_a_changed_trunk_when_a_call_would_fail_over_to_its_old_form_then_it_is_left_out() -> (
    None
):
    async with running(wired_trunk(0), wired_trunk(1)) as engine:
        call = await dial(engine, "t0", "t1")
        await engine.change_trunks((wired_trunk(0), wired_trunk(1, proxy_host="192.0.2.201")))
        engine.answer(engine.sent("INVITE")[0], 503, "x")
        assert await ending(call) == (ResultClass.CONGESTION, "service_unavailable")
        assert engine.sent("INVITE", to=".101") == []


async def test_given_a_withdrawn_number_when_its_session_wants_a_refresh_then_no_invite_leaves() -> None:
    async with running(wired_trunk(0, session_expires=1800)) as engine:
        call = await dial(engine, "t0")
        engine.answer(
            engine.sent("INVITE")[0], 200, "b1", SDP, session_expires="1800;refresher=uac", require="timer"
        )
        await until(call, Answered)
        await engine.change_trunks((wired_trunk(0, session_expires=1800, caller_numbers=frozenset([OTHER])),))
        engine.manual.advance(290)
        assert engine.active_calls == 1
        call.hang_up("spoken")
        assert await ending(call) == (ResultClass.ANSWERED, "spoken")
        assert len(engine.sent("INVITE")) == 1


async def test_given_two_changes_at_once_when_both_are_done_then_the_later_stands() -> None:
    async with running(wired_trunk(0)) as engine:
        await asyncio.gather(
            engine.change_trunks((wired_trunk(1),)), engine.change_trunks((wired_trunk(2), wired_trunk(3)))
        )
        assert {name: health.usable for name, health in engine.health().items()} == {"t2": True, "t3": True}


async def test_given_a_stopped_engine_when_trunks_change_then_nothing_starts() -> None:
    async with running(wired_trunk(0)) as engine:
        await engine.stop(timedelta(0))
        await engine.change_trunks((wired_trunk(5, options_interval=30.0),))
        assert engine.sent("OPTIONS") == []


# ── the end ──


async def test_given_the_last_bye_when_it_is_answered_then_stop_goes_on_at_once() -> None:
    engine = WiredEngine([wired_trunk(0)], t4=30)
    await engine.start()
    await established(engine, "t0")
    stopping = asyncio.create_task(engine.stop(timedelta(0)))
    await settle(lambda: bool(engine.sent("BYE")))
    assert not stopping.done()
    engine.answer(engine.sent("BYE")[0], 200, "b1")
    async with asyncio.timeout(2):
        await stopping


def test_given_a_low_soft_limit_of_files_when_raised_then_it_is_the_hard_one() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    low = 256 if hard == resource.RLIM_INFINITY else min(256, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (low, hard))
    try:
        assert raise_descriptor_limit() == (low, hard)
        assert raise_descriptor_limit() == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
