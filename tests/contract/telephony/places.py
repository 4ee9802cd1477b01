"""The same phones behind each engine: simulated ones in the sandbox, SIPp's behind the embedded engine."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.support.peers.embedded import CALLEE, CALLER, embedded_engine, request, trunk
from tests.support.peers.sipp import Sipp

from yunhu.foundation.clock import SystemClock
from yunhu.foundation.phone import Phone
from yunhu.telephony.port import CallEngine, OriginateRequest
from yunhu.telephony.simulator import SimulatedEngine, SimulatorConfig


@dataclass(frozen=True)
class Place:
    """A started engine and a phone that behaves as the test asked."""

    engine: CallEngine
    callee: Phone
    anybody_called: Callable[[], bool]
    """Whether anything of a call reached the network or the phone."""
    keys: list[str] = field(default_factory=list)
    """What the phone presses, when it presses anything."""

    def request(self, **changes: Any) -> OriginateRequest:
        """A call to that phone."""
        return request(callee=self.callee, **changes)


Open = Callable[[str, Path], AbstractAsyncContextManager[Place]]
"""Opens a place whose phone `answers`, is `busy`, `rings`, `hangs_up` or `presses`; the directory is for logs."""

_SIMULATED = {"answers": "5678", "busy": "1001", "rings": "1002", "hangs_up": "1009", "presses": "2009"}
_SCENARIOS: dict[str, tuple[str, dict[str, str]]] = {
    "answers": ("answer_echo", {}),
    "busy": ("final_response", {"status": "486 Busy Here", "fields": "Reason: Q.850;cause=17"}),
    "rings": ("no_answer", {}),
    "hangs_up": ("callee_hangs_up", {"pause": "700"}),
    "presses": ("digits", {}),
}
_KEYS = ["1", "2", "9"]


@asynccontextmanager
async def simulated(phone: str, directory: Path) -> AsyncIterator[Place]:
    """The sandbox, five times as fast as life."""
    config = SimulatorConfig(trunks={"peer": frozenset({CALLER})}, directory=directory, speed=5.0)
    engine = SimulatedEngine(config, SystemClock())
    await engine.start()
    try:
        callee = Phone(f"+861381234{_SIMULATED[phone]}")
        yield Place(engine, callee, (directory / "heard").exists, ["9"])
    finally:
        await engine.stop(timedelta(0))


@asynccontextmanager
async def embedded(phone: str, directory: Path) -> AsyncIterator[Place]:
    """The embedded engine towards SIPp."""
    scenario, values = _SCENARIOS[phone]
    async with (
        Sipp(scenario, directory, values=values) as peer,
        embedded_engine(trunk(peer.address)) as engine,
    ):
        yield Place(engine, CALLEE, lambda: bool(peer.messages), _KEYS)
