"""The embedded engine on loopback, set up towards a peer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.support.peers.ports import LOOPBACK

from yunhu.foundation.clock import SystemClock
from yunhu.foundation.phone import Phone
from yunhu.telephony.embedded import EmbeddedEngine, EngineConfig, TrunkConfig
from yunhu.telephony.media import AnnouncementEar, MediaConfig, MediaPlane
from yunhu.telephony.port import Call, CallEvent, Ended, OriginateRequest, Termination
from yunhu.telephony.sip.timers import Timing
from yunhu.telephony.sip.transport import TransportConfig

CALLER = Phone("+862988886666")
CALLEE = Phone("+8613812345678")
STRANGER = Phone("+8613900001111")
"""A caller number that no trunk was allocated."""
QUICK = Timing(t1=0.1, t2=0.8, t4=1.0)
"""A fifth of RFC 3261's base intervals: the same number of retransmissions in less time."""


def trunk(address: tuple[str, int], **changes: Any) -> TrunkConfig:
    """A trunk to a peer, without probes unless asked for."""
    settings: dict[str, Any] = {
        "name": "peer",
        "proxy_host": address[0],
        "proxy_port": address[1],
        "domain": "example.cn",
        "caller_numbers": frozenset({CALLER}),
        "options_interval": 0.0,
        **changes,
    }
    return TrunkConfig(**settings)


@asynccontextmanager
async def embedded_engine(
    *trunks: TrunkConfig, timing: Timing = QUICK, grace: float = 0.0, ear: AnnouncementEar | None = None
) -> AsyncIterator[EmbeddedEngine]:
    """A started engine; stopped at the end whatever happened."""
    config = EngineConfig(
        trunks=trunks, sip=TransportConfig(bind_host=LOOPBACK, port=0), timing=timing, start_limit=5.0
    )
    engine = EmbeddedEngine(config, MediaPlane(MediaConfig(bind_host=LOOPBACK), ear), SystemClock())
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop(timedelta(seconds=grace))


def request(**changes: Any) -> OriginateRequest:
    """A call to the callee on the trunk `peer`."""
    settings: dict[str, Any] = {
        "call_id": uuid4(),
        "callee": CALLEE,
        "caller_number": CALLER,
        "trunks": ("peer",),
        "ring_timeout": timedelta(seconds=20),
        **changes,
    }
    return OriginateRequest(**settings)


def recording_path(directory: Path) -> Path:
    """Where a test lets its call be recorded."""
    return directory / "recording.wav"


def ending_of(events: list[CallEvent]) -> Termination:
    """The termination; AssertionError unless `Ended` came exactly once and last."""
    assert [type(event) for event in events].count(Ended) == 1, events
    last = events[-1]
    assert isinstance(last, Ended), events
    return last.termination


__all__ = [
    "CALLEE", "CALLER", "QUICK", "STRANGER", "Call", "embedded_engine", "ending_of", "recording_path", "request",
    "trunk",
]  # fmt: skip
