"""The sandbox engine: implements `CallEngine` without a network."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import msgspec
import structlog

from yunhu.foundation.clock import Clock
from yunhu.foundation.phone import Phone
from yunhu.telephony.port import OriginateRefusedError, OriginateRequest, TrunkHealth
from yunhu.telephony.simulator.call import SimulatedCall
from yunhu.telephony.simulator.phone import phone_of

log = structlog.get_logger()


class SimulatorConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How the sandbox is set up."""

    trunks: Mapping[str, frozenset[Phone]]
    """Trunk names, with the only caller numbers that each may show."""
    directory: Path
    """`heard/<call id>.wav` is written here: what the simulated phone heard."""
    speed: float = 1.0
    """Simulated seconds in a second of the machine; tests hurry."""


class SimulatedEngine:
    """Places calls to simulated phones (see `phone`)."""

    def __init__(self, config: SimulatorConfig, clock: Clock) -> None:
        self._config = config
        self._trunks = dict(config.trunks)
        self._clock = clock
        self._calls: set[SimulatedCall] = set()
        self._writes: set[asyncio.Task[None]] = set()
        self._draining = False

    async def start(self) -> None:
        """Nothing to open."""
        log.warning("sandbox.started", note="simulated phones: nobody is called")

    def change_trunks(self, trunks: Mapping[str, frozenset[Phone]]) -> None:
        """Replace the trunks; running calls go on."""
        self._trunks = dict(trunks)

    async def originate(self, request: OriginateRequest) -> SimulatedCall:
        """Call a simulated phone. Raises `OriginateRefusedError`: nothing rang."""
        if self._draining:
            raise OriginateRefusedError("draining")
        known = [self._trunks[name] for name in request.trunks if name in self._trunks]
        if not known:
            raise OriginateRefusedError("no_trunk", ", ".join(request.trunks))
        if not any(request.caller_number in allowed for allowed in known):
            raise OriginateRefusedError("caller_number_not_allowed", str(request.caller_number))
        call = SimulatedCall(
            request, phone_of(request.callee), self._clock, speed=self._config.speed, on_end=self._ended
        )
        self._calls.add(call)
        call.dial()
        return call

    def health(self) -> Mapping[str, TrunkHealth]:
        """Every trunk is always well."""
        return {name: TrunkHealth(name, usable=True, detail="sandbox") for name in self._trunks}

    async def stop(self, grace: timedelta) -> None:
        """Refuse new calls, wait for running ones, hang up the rest."""
        self._draining = True
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace.total_seconds()
        while self._calls and loop.time() < deadline:  # noqa: ASYNC110 a drain has no event of its own
            await asyncio.sleep(0.02)
        for call in list(self._calls):
            call.hang_up("draining")
        if self._writes:
            await asyncio.wait(self._writes)

    def _ended(self, call: SimulatedCall) -> None:
        self._calls.discard(call)
        if call.seconds_up > 0:
            task = asyncio.create_task(self._keep(call, call.seconds_up))
            self._writes.add(task)
            task.add_done_callback(self._writes.discard)

    async def _keep(self, call: SimulatedCall, seconds: float) -> None:
        heard = self._config.directory / "heard" / f"{call.call_id}.wav"
        try:
            await asyncio.to_thread(call.tape.write, heard, seconds)
            if call.request.recording is not None:
                await asyncio.to_thread(call.tape.write, call.request.recording, seconds)
        except OSError as error:
            log.error("sandbox.recording_failed", call_id=str(call.call_id), error=str(error))
