"""Probes of a trunk, with time that the test moves."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.support.sip.wire import RecordingCarrier, Wire

from yunhu.foundation.phone import Phone
from yunhu.telephony.embedded.config import TrunkConfig
from yunhu.telephony.embedded.identity import CallerGate
from yunhu.telephony.embedded.trunk import DOWN_INTERVAL, Trunk
from yunhu.telephony.sip.errors import TransportError
from yunhu.telephony.sip.message import Request

PATIENCE = 4.0
"""Seconds that a probe waits: 8 T1."""


class FlakyTcp(RecordingCarrier):
    """A TCP carrier whose peer can be gone."""

    def __init__(self) -> None:
        super().__init__()
        self.up = True

    async def connect(self, _address: tuple[str, int], _limit: float) -> None:
        if not self.up:
            raise TransportError("the peer takes no connection")


def make(wire: Wire, **changes: Any) -> Trunk:
    values: dict[str, Any] = {
        "name": "t",
        "proxy_host": "192.0.2.9",
        "domain": "example.cn",
        "caller_numbers": frozenset([Phone.parse("02988886666")]),
        "options_interval": 30.0,
    }
    config = TrunkConfig(**(values | changes))
    return Trunk(config, wire.agent, CallerGate((config,)))


async def pass_time(wire: Wire, seconds: float) -> None:
    """Move time in steps, so that looks that run between can finish."""
    for _ in range(round(seconds * 4)):
        wire.timers.advance(0.25)
        await settle(lambda: True)


async def settle(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        for _ in range(3):
            await asyncio.sleep(0)
        while not condition():
            await asyncio.sleep(0)


def probes(wire: Wire) -> list[Request]:
    """New probes since the last look, without repetitions."""
    found = [m for m in wire.sent() if isinstance(m, Request) and m.method == "OPTIONS"]
    return list({probe.call_id: probe for probe in found}.values())


async def test_given_silence_when_two_probes_are_missed_then_the_trunk_is_down_long_before_timer_f() -> None:
    wire = Wire()
    trunk = make(wire)
    await trunk.start(0)
    assert len(probes(wire)) == 1
    await pass_time(wire, PATIENCE)
    assert trunk.usable
    assert wire.methods() == ["OPTIONS"] * 3
    await pass_time(wire, DOWN_INTERVAL)
    assert len(probes(wire)) == 1
    await pass_time(wire, PATIENCE)
    assert not trunk.usable
    assert trunk.health().detail == "no answer to OPTIONS"
    assert wire.timers.now() < 32
    assert len(wire.layer) == 0
    await trunk.stop(0)
    assert wire.timers.waiting == 0


async def test_given_a_trunk_that_is_down_when_one_probe_is_answered_then_it_is_up() -> None:
    wire = Wire()
    trunk = make(wire)
    await trunk.start(0)
    await pass_time(wire, 2 * PATIENCE + DOWN_INTERVAL)
    assert not trunk.usable
    probes(wire)
    await pass_time(wire, DOWN_INTERVAL)
    (probe,) = probes(wire)
    wire.answer(probe, 404, "x")
    assert trunk.usable
    await pass_time(wire, 29)
    assert probes(wire) == []
    await pass_time(wire, 1)
    assert len(probes(wire)) == 1


async def test_given_answers_between_misses_when_time_passes_then_the_trunk_stays_up() -> None:
    wire = Wire()
    trunk = make(wire)
    await trunk.start(0)
    for _ in range(3):
        await pass_time(wire, PATIENCE)
        assert trunk.usable
        probes(wire)
        await pass_time(wire, DOWN_INTERVAL)
        (probe,) = probes(wire)
        wire.answer(probe, 200, "x")
        await pass_time(wire, 30)


async def test_given_lost_probes_when_the_fourth_sending_is_answered_then_it_counts() -> None:
    wire = Wire()
    trunk = make(wire)
    await trunk.start(0)
    (probe,) = probes(wire)
    await pass_time(wire, 3.5)
    assert wire.methods() == ["OPTIONS"] * 3
    wire.answer(probe, 200, "x")
    assert trunk.health().detail.startswith("OPTIONS got 200")


async def test_given_refusals_503_when_two_come_in_a_row_then_the_trunk_is_down() -> None:
    wire = Wire()
    trunk = make(wire)
    await trunk.start(0)
    for expected in (True, False):
        (probe,) = probes(wire)
        wire.answer(probe, 503, "x")
        assert trunk.usable is expected
        await pass_time(wire, DOWN_INTERVAL)


async def test_given_a_challenge_and_then_silence_when_time_passes_then_the_deadline_spans_both() -> None:
    from yunhu.telephony.sip.digest import Credentials

    wire = Wire()
    trunk = make(wire, credentials=Credentials("u", "p"))
    await trunk.start(0)
    (probe,) = probes(wire)
    await pass_time(wire, 3)
    wire.answer(probe, 401, "x", www_authenticate='Digest realm="a", nonce="n"')
    assert len(wire.layer) == 2
    await pass_time(wire, 1)
    assert trunk.health().detail == "no answer to OPTIONS"


async def test_given_no_options_and_a_dead_tcp_proxy_when_it_comes_back_then_usable_follows() -> None:
    wire = Wire("TCP")
    carrier = FlakyTcp()
    wire.transports.add("TCP", carrier)
    carrier.up = False
    trunk = make(wire, transport="TCP", options_interval=0)
    await trunk.start(0)
    assert (trunk.usable, trunk.health().detail) == (False, "the peer takes no connection")
    await pass_time(wire, DOWN_INTERVAL)
    assert not trunk.usable
    carrier.up = True
    await pass_time(wire, DOWN_INTERVAL)
    assert (trunk.usable, trunk.health().detail) == (True, "not probed")
    assert wire.timers.waiting == 0


async def test_given_a_usable_tcp_trunk_when_a_call_finds_its_proxy_gone_then_it_is_not_usable_until_it_is_back() -> (
    None
):
    wire = Wire("TCP")
    carrier = FlakyTcp()
    wire.transports.add("TCP", carrier)
    trunk = make(wire, transport="TCP", options_interval=0)
    await trunk.start(0)
    assert trunk.usable
    carrier.up = False
    with pytest.raises(TransportError):
        await trunk.ready()
    assert not trunk.usable
    carrier.up = True
    await pass_time(wire, DOWN_INTERVAL)
    assert trunk.usable
    await trunk.stop(0)
    assert (trunk.usable, wire.timers.waiting) == (False, 0)


async def test_given_a_probe_under_way_when_the_trunk_stops_then_nothing_is_left() -> None:
    wire = Wire()
    trunk = make(wire)
    await trunk.start(0)
    assert len(wire.layer) == 1
    await trunk.stop(0)
    assert (len(wire.layer), wire.timers.waiting) == (0, 0)
