"""The engine: trunks, the way out of an INVITE, failover, draining."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

import msgspec
import structlog

from yunhu.foundation.clock import Clock
from yunhu.telephony.embedded.call import EmbeddedCall
from yunhu.telephony.embedded.config import EngineConfig, TrunkConfig
from yunhu.telephony.embedded.descriptors import raise_descriptor_limit
from yunhu.telephony.embedded.endings import permits_failover
from yunhu.telephony.embedded.identity import NOT_ALLOWED, CallerGate, check_extra_headers
from yunhu.telephony.embedded.trunk import Trunk
from yunhu.telephony.media import AnswerDetector, MediaPlane, MediaPortsExhaustedError
from yunhu.telephony.port import OriginateRefusedError, OriginateRequest, TrunkHealth
from yunhu.telephony.sip.agent import UserAgent
from yunhu.telephony.sip.ending import EndCause, SipEnding
from yunhu.telephony.sip.errors import SendRefusedError, TransportError
from yunhu.telephony.sip.layer import TransactionLayer
from yunhu.telephony.sip.sdp import LocalAudio
from yunhu.telephony.sip.stats import SipStats
from yunhu.telephony.sip.tcp import TcpCarrier
from yunhu.telephony.sip.timers import LoopTimers, Timers
from yunhu.telephony.sip.transport import Transports
from yunhu.telephony.sip.udp import UdpCarrier

_log = structlog.get_logger()


class EmbeddedEngine:
    """Implements the port's `CallEngine` inside this process.

    `media` is started and stopped with the engine. `detectors` makes one answer detector a call for requests that
    ask for detection; without it such a request is placed and never classified.
    """

    def __init__(
        self,
        config: EngineConfig,
        media: MediaPlane,
        clock: Clock,
        detectors: Callable[[], AnswerDetector] | None = None,
    ) -> None:
        self.clock = clock
        self.stats = SipStats()
        """Counters for the call node's metrics."""
        self._config = config
        self._media = media
        self._detectors = detectors
        self._gate = CallerGate(config.trunks)
        self._trunks: dict[str, Trunk] = {}
        self._calls: set[EmbeddedCall] = set()
        self._agent: UserAgent | None = None
        self._transports: Transports | None = None
        self._timers: Timers | None = None
        self._draining = False
        self._empty = asyncio.Event()
        self._changing = asyncio.Lock()
        self._failovers: set[asyncio.Task[None]] = set()
        self._session = 0

    @property
    def timers(self) -> Timers:
        """The engine's timers, once started."""
        if self._timers is None:
            raise RuntimeError("the engine has not been started")
        return self._timers

    @property
    def port(self) -> int:
        """The SIP port really bound, once started."""
        return 0 if self._transports is None else self._transports.port

    @property
    def active_calls(self) -> int:
        """Calls that have not ended."""
        return len(self._calls)

    # ── life ──

    async def start(self) -> None:
        """Open the sockets, start media, wait shortly for the first word of every trunk."""
        config = self._config
        before, files = raise_descriptor_limit()
        self._timers = self._make_timers()
        self._transports = Transports(config.sip, self._timers, self.stats)
        layer = TransactionLayer(self._transports, config.timing, self._gate)
        self._agent = UserAgent(layer, config.user_agent)
        await self._open_sockets(self._transports)
        await self._media.start()
        self._trunks = {trunk.name: Trunk(trunk, self._agent, self._gate) for trunk in config.trunks}
        await asyncio.gather(*(trunk.start(config.start_limit) for trunk in self._trunks.values()))
        usable = {name: trunk.usable for name, trunk in self._trunks.items()}
        _log.info("engine_started", port=self.port, trunks=usable, open_files=files, open_files_before=before)

    def _make_timers(self) -> Timers:
        return LoopTimers(asyncio.get_running_loop())

    async def _open_sockets(self, transports: Transports) -> None:
        config = self._config
        await UdpCarrier.open(transports)
        if config.sip.tcp or any(trunk.transport == "TCP" for trunk in config.trunks):
            await TcpCarrier.open(transports, listen=config.sip.tcp)

    async def change_trunks(self, configs: tuple[TrunkConfig, ...]) -> None:
        """Take over other trunks while calls go on.

        Calls of a trunk that went or changed end as they would have, but a number that was withdrawn sends no INVITE
        any more: such a call ends at the latest when its session would have to be refreshed by one.
        """
        config = msgspec.structs.replace(self._config, trunks=configs)
        agent = self._agent
        if agent is None:
            raise RuntimeError("the engine has not been started")
        async with self._changing:
            if self._draining:
                return
            self._config = config
            self._gate.change(configs)
            gone, fresh = self._exchange_trunks(configs, agent)
            # One registers only after its predecessor took its binding back: both may have the same Contact.
            await asyncio.gather(*(trunk.stop(self._config.timing.t4) for trunk in gone))
            if any(trunk.transport == "TCP" for trunk in configs):
                await self._ensure_tcp()
            await asyncio.gather(*(trunk.start(config.start_limit) for trunk in fresh))

    def _exchange_trunks(
        self, configs: tuple[TrunkConfig, ...], agent: UserAgent
    ) -> tuple[list[Trunk], list[Trunk]]:
        """Put the wanted trunks in place; returns those that went and those that have to be started."""
        before, self._trunks = self._trunks, {}
        fresh = []
        for wanted in configs:
            running = before.get(wanted.name)
            if running is not None and running.take_over(wanted):
                self._trunks[wanted.name] = before.pop(wanted.name)
            else:
                trunk = Trunk(wanted, agent, self._gate, running.places if running is not None else None)
                self._trunks[wanted.name] = trunk
                fresh.append(trunk)
        for trunk in before.values():
            trunk.retire()
        return list(before.values()), fresh

    async def _ensure_tcp(self) -> None:
        transports = self._transports
        if transports is not None and not transports.has("TCP"):
            await TcpCarrier.open(transports, listen=self._config.sip.tcp)

    async def stop(self, grace: timedelta) -> None:
        """Refuse new calls, wait for running ones, hang up the rest, close. Twice does no harm."""
        self._draining = True
        await self._wait_empty(grace.total_seconds())
        for call in list(self._calls):
            call.hang_up("draining")
        await self._wait_empty(self._config.timing.t4)
        if self._transports is None:
            return
        async with self._changing:
            await asyncio.gather(*(trunk.stop(self._config.timing.t4) for trunk in self._trunks.values()))
        for call in list(self._calls):
            call.abandon()
        await asyncio.gather(*self._failovers)
        # The last BYEs are repeated until they are answered, or given up after a while.
        await self._wait_answered(self._config.timing.t4)
        await self._media.stop()
        self._transports.close()
        self._transports = None

    async def _wait_empty(self, limit: float) -> None:
        if not self._calls or limit <= 0:
            return
        self._empty.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await self._empty.wait()

    async def _wait_answered(self, limit: float) -> None:
        if self._agent is None:
            return
        layer = self._agent.layer
        one_less = asyncio.Event()
        layer.on_answered = one_less.set
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while layer.requests_open:
                    one_less.clear()
                    await one_less.wait()

    def health(self) -> Mapping[str, TrunkHealth]:
        """Every trunk by name."""
        return {name: trunk.health() for name, trunk in self._trunks.items()}

    # ── calls ──

    async def originate(self, request: OriginateRequest) -> EmbeddedCall:
        """Send the INVITE on the first trunk that takes it. Raises `OriginateRefusedError`: nothing was sent."""
        trunks = self._candidates(request)
        call = EmbeddedCall(self, request)
        self._open_media(call)
        self._calls.add(call)
        try:
            await self._dial_first(call, trunks)
        except BaseException:
            call.discard()
            self._forget(call)
            raise
        return call

    async def _dial_first(self, call: EmbeddedCall, trunks: list[Trunk]) -> None:
        """Dial on the first trunk from which an INVITE can leave. Raises `OriginateRefusedError`."""
        refusal = ""
        call.trunks_left = trunks
        while trunks:
            trunk = trunks.pop(0)
            try:
                await trunk.ready()
                if self._draining or call.given_up:
                    raise OriginateRefusedError("draining")
                self._dial(call, trunk)
            except (TransportError, SendRefusedError) as error:
                refusal = f"{trunk.config.name}: {error}"
            else:
                return
        raise OriginateRefusedError("no_trunk", refusal)

    def _candidates(self, request: OriginateRequest) -> list[Trunk]:
        """The request's trunks that can take it now, best first."""
        if self._draining or self._agent is None:
            raise OriginateRefusedError("draining")
        try:
            check_extra_headers(request.headers)
        except SendRefusedError as error:
            raise OriginateRefusedError(error.reason) from error
        known = [self._trunks[name] for name in request.trunks if name in self._trunks]
        allowed = [trunk for trunk in known if self._gate.allows(trunk.config.name, request.caller_number)]
        if known and not allowed:
            raise OriginateRefusedError(NOT_ALLOWED, str(request.caller_number))
        usable = [trunk for trunk in allowed if trunk.has_room]
        if not usable:
            states = ", ".join(f"{trunk.config.name}: {trunk.health().detail}" for trunk in allowed)
            raise OriginateRefusedError("no_trunk", states)
        return usable

    def _open_media(self, call: EmbeddedCall) -> None:
        request = call.request
        detector = self._detectors() if request.detect_answer and self._detectors is not None else None
        try:
            media = self._media.open(
                request.call_id, call.on_media_event, recording=request.recording, detector=detector
            )
        except MediaPortsExhaustedError as error:
            raise OriginateRefusedError("no_port", "every media port is taken") from error
        call.attach(media)

    def _dial(self, call: EmbeddedCall, trunk: Trunk) -> None:
        """Send the INVITE. Raises `TransportError` or `SendRefusedError`: nothing has left."""
        if self._agent is None or not trunk.has_room:
            raise TransportError(f"the trunk {trunk.config.name} is full or gone")
        self._session += 1
        audio = LocalAudio(trunk.local_host(), call.media_port, trunk.config.codecs, self._session)
        sip = self._agent.call(trunk.spec(call.request), audio, call)
        trunk.places.taken += 1
        call.dialled(sip, trunk)

    def fail_over(self, call: EmbeddedCall, ending: SipEnding) -> bool:
        """After a trunk's refusal: give its place back, and try the others where that is permitted.

        True when they are being tried; `settle` follows where none of them takes the call.
        """
        self._leave_trunk(call, ending)
        if self._draining or call.given_up or not call.trunks_left or not permits_failover(ending):
            return False
        task = asyncio.get_running_loop().create_task(self._try_others(call, ending))
        self._failovers.add(task)
        task.add_done_callback(self._failovers.discard)
        return True

    async def _try_others(self, call: EmbeddedCall, ending: SipEnding) -> None:
        """Over TCP a connection may have to be made first, so this takes time."""
        try:
            await self._dial_first(call, call.trunks_left)
        except OriginateRefusedError:
            call.settle(ending)
        else:
            trunk = call.trunk.config.name if call.trunk is not None else ""
            _log.info("call_failed_over", call_id=str(call.call_id), trunk=trunk)

    def _leave_trunk(self, call: EmbeddedCall, ending: SipEnding) -> None:
        if call.trunk is None:
            return
        if ending.status == 503 and ending.retry_after and not ending.progressed:
            call.trunk.pause(ending.retry_after)
        if ending.cause is EndCause.TIMEOUT and not ending.progressed:
            call.trunk.doubt()
        if ending.status == 402 or call.says_own_line_is_blocked:
            call.trunk.block()
        call.trunk.places.taken -= 1
        call.trunk = None

    def released(self, call: EmbeddedCall) -> None:
        """A call has ended."""
        self._forget(call)

    def _forget(self, call: EmbeddedCall) -> None:
        self._calls.discard(call)
        if not self._calls:
            self._empty.set()
