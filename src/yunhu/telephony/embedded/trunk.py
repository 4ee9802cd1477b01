"""One trunk at work: where it is, whether it can be used, and what its INVITEs look like."""

import asyncio
from contextlib import suppress

import msgspec
import structlog

from yunhu.telephony.embedded.config import TrunkConfig
from yunhu.telephony.embedded.identity import CallerGate, render
from yunhu.telephony.embedded.registration import Registration, RegistrationPlan
from yunhu.telephony.port import OriginateRequest, TrunkHealth
from yunhu.telephony.sip.agent import UserAgent
from yunhu.telephony.sip.call_model import CallSpec
from yunhu.telephony.sip.digest import Authenticator
from yunhu.telephony.sip.errors import TransportError
from yunhu.telephony.sip.exchange import Exchange
from yunhu.telephony.sip.identifiers import new_call_id, new_tag
from yunhu.telephony.sip.message import Headers, Request, Response
from yunhu.telephony.sip.timers import Timer
from yunhu.telephony.sip.transport import Hop, resolve
from yunhu.telephony.sip.uri import bracketed

CONNECT_LIMIT = 4.0
"""Seconds for a name to resolve, and for a TCP connection to stand."""
DOWN_INTERVAL = 5.0
"""Seconds between looks at a trunk that does not answer, when the usual interval is longer."""
PROBE_PATIENCE = 8
"""T1 that an OPTIONS waits for its answer: four sendings by timer E (0, 1, 3, 7 T1) and one T1 for the last one's
answer. Timer F would take eight times as long. At T1 = 0.5 s a dead trunk is found within the interval + 13 s."""
MISSES_TO_DOWN = 2
"""Probes in a row without a good answer until the trunk counts as down; one good answer brings it up."""
MAX_RETRY_AFTER = 60
"""Longest pause that a 503 can impose on a trunk, seconds."""
SILENT_PAUSE = 30
"""Seconds that a trunk rests which left an INVITE without any answer and is not asked by OPTIONS."""
BLOCKED_SECONDS = 600.0
"""How long a trunk rests whose carrier says that our own line is in arrears; then one call finds out again."""
NOT_PROBED = "not probed"

_log = structlog.get_logger()


class Places:
    """Calls that a carrier carries for us under one trunk's name, whatever the trunk's settings were then."""

    __slots__ = ("taken",)

    def __init__(self) -> None:
        self.taken = 0


class Trunk:
    """Health and templates of one trunk.

    `places` is taken over from an earlier trunk of the same name, whose calls still count against the limit.
    """

    def __init__(
        self, config: TrunkConfig, agent: UserAgent, gate: CallerGate, places: Places | None = None
    ) -> None:
        self.config = config
        self.places = places or Places()
        self._agent = agent
        self._gate = gate
        self._hop: Hop | None = None
        self._reachable = False
        """Whether the proxy has an address and, over TCP, took our last connection."""
        self._misses = 0
        self._was_usable = True
        self._detail = NOT_PROBED
        self._paused_until = 0.0
        self._blocked_until = 0.0
        self._probe: Exchange | None = None
        self._probe_timer: Timer | None = None
        self._probe_sent = 0.0
        self._checking = False
        self._stopped = False
        self._locating: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._checked = False
        self.registration: Registration | None = None

    # ── state ──

    @property
    def usable(self) -> bool:
        """Whether a call may be tried on it now."""
        registered = self.registration is None or self.registration.is_registered
        paused = self._agent.layer.timers.now() < max(self._paused_until, self._blocked_until)
        alive = self._reachable and self._misses < MISSES_TO_DOWN and not self._stopped
        return alive and registered and not paused

    @property
    def has_room(self) -> bool:
        """Whether it is usable and carries fewer calls than it may."""
        return self.usable and self.places.taken < self.config.max_concurrent

    def health(self) -> TrunkHealth:
        """The same with its reason."""
        detail = self._detail
        if self.registration is not None and (
            not self.registration.is_registered or self.config.options_interval == 0
        ):
            detail = self.registration.detail
        if self._agent.layer.timers.now() < self._paused_until:
            detail = "paused: a 503 with Retry-After, or no answer to an INVITE"
        if self._agent.layer.timers.now() < self._blocked_until:
            detail = "the carrier says that our line is in arrears"
        return TrunkHealth(self.config.name, self.usable, detail)

    def pause(self, seconds: int) -> None:
        """Obey the Retry-After of a 503 (RFC 3261 §21.5.4)."""
        self._paused_until = self._agent.layer.timers.now() + min(seconds, MAX_RETRY_AFTER)

    def doubt(self) -> None:
        """It left an INVITE without any answer: it takes no call until OPTIONS, where they are sent, are answered.

        The call itself is not tried again here, since its INVITE may have rung a phone (law 3): its retry by dispatch
        finds another trunk.
        """
        if self.config.options_interval:
            self._misses = max(self._misses, MISSES_TO_DOWN)
            self._detail = "no answer to INVITE"
            if not self._checking and not self._stopped:
                self._check_in(0.0)
        else:
            self.pause(SILENT_PAUSE)

    def block(self) -> None:
        """The carrier says that our own line is suspended: every further call would fail the same way."""
        self._blocked_until = self._agent.layer.timers.now() + BLOCKED_SECONDS
        _log.error("trunk_own_line_blocked", trunk=self.config.name, seconds=BLOCKED_SECONDS)

    def take_over(self, config: TrunkConfig) -> bool:
        """Go on with other caller numbers or another limit; False when anything else differs."""
        same = msgspec.structs.replace(
            config, caller_numbers=self.config.caller_numbers, max_concurrent=self.config.max_concurrent
        )
        if same != self.config:
            return False
        self.config = config
        return True

    # ── life ──

    async def start(self, limit: float) -> None:
        """Find the proxy, register and probe; returns at the first word of the trunk, at most after `limit`."""
        await self._locate()
        if not self._stopped:
            self._begin()
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await self._settled.wait()

    def _begin(self) -> None:
        if self.config.register:
            plan = RegistrationPlan(
                self._require_hop,
                self._render_username(self.config.address_of_record),
                self._registered_contact,
                self.config.credentials,
                self.config.register_expires,
            )
            self.registration = Registration(self._agent, plan, self._check_settled)
            self.registration.start()
        self._look()

    def _render_username(self, template: str) -> str:
        username = self.config.credentials.username.partition("@")[0] if self.config.credentials else ""
        return template.format(username=username, domain=self.config.domain)

    def _check_settled(self) -> None:
        if self._checked and (self.registration is None or self.registration.settled):
            self._settled.set()

    def retire(self) -> None:
        """Take no new call from now on."""
        self._stopped = True

    async def stop(self, limit: float) -> None:
        """Stop probing and take the registration back."""
        self.retire()
        if self._probe_timer is not None:
            self._probe_timer.cancel()
        if self._locating is not None:
            self._locating.cancel()
        if self._probe is not None:
            self._probe.abandon()
        if self.registration is not None:
            gone = asyncio.Event()
            self.registration.stop(gone.set)
            with suppress(TimeoutError):
                async with asyncio.timeout(limit):
                    await gone.wait()

    async def _locate(self) -> None:
        """Resolve the proxy and open its connection, where there is one to open. An earlier address may stand in."""
        try:
            host = await resolve(self.config.proxy_host, CONNECT_LIMIT)
            self._hop = Hop(self.config.transport, host, self.config.proxy_port, self.config.name)
        except TransportError as error:
            self._detail = str(error)
        if self._hop is not None:
            with suppress(TransportError):
                await self._reach(self._hop)

    async def _reach(self, hop: Hop) -> None:
        try:
            await self._agent.layer.transports.ready(hop, CONNECT_LIMIT)
        except TransportError as error:
            self._reachable = False
            self._detail = str(error)
            raise
        self._reachable = True

    async def ready(self) -> None:
        """See that an INVITE can leave at once. Raises `TransportError`: nothing was sent."""
        try:
            await self._reach(self._require_hop())
        except TransportError:
            if not self._checking and not self._stopped:
                self._check_in(DOWN_INTERVAL)
            raise

    def _require_hop(self) -> Hop:
        if self._hop is None:
            raise TransportError(self._detail)
        return self._hop

    # ── health ──

    def _check_in(self, seconds: float) -> None:
        if self._probe_timer is not None:
            self._probe_timer.cancel()
        self._probe_timer = self._agent.layer.timers.later(seconds, self._check)

    def _check(self) -> None:
        """Locate again (addresses change, connections break), then look."""
        self._probe_timer = None
        self._checking = True
        self._locating = asyncio.get_running_loop().create_task(self._locate_and_look())

    async def _locate_and_look(self) -> None:
        await self._locate()
        self._locating = None
        if not self._stopped:
            self._look()

    def _look(self) -> None:
        """Ask by OPTIONS where that is wanted and can leave (RFC 3261 §11.1)."""
        self._checking = True
        hop = self._hop
        if not self.config.options_interval:
            self._detail = NOT_PROBED if self._reachable else self._detail
            self._conclude()
        elif hop is None or not self._reachable:
            self._misses += 1
            self._conclude()
        else:
            layer = self._agent.layer
            self._probe_sent = layer.timers.now()
            auth = Authenticator(self.config.credentials)
            limit = PROBE_PATIENCE * layer.timing.t1
            self._probe = Exchange(layer, auth, self._options, lambda _: hop, self._on_options, limit=limit)
            self._probe.start()

    def _options(self) -> Request:
        uri = f"sip:{self.config.domain}"
        headers = Headers()
        headers.set("max-forwards", "70")
        headers.set("route", *self.config.routes)
        headers.set("from", f"<{uri}>;tag={new_tag()}")
        headers.set("to", f"<{uri}>")
        headers.set("call-id", new_call_id())
        headers.set("cseq", "1 OPTIONS")
        headers.set("accept", "application/sdp")
        headers.set("contact", self._contact("ping"))
        request = Request("OPTIONS", uri, headers)
        self._agent.describe_briefly(request)
        return request

    def _on_options(self, response: Response | None) -> None:
        """Any answer but 408 and 503 shows a live trunk, refusals included."""
        self._probe = None
        if self._stopped:
            return
        if response is not None and response.status not in {408, 503}:
            self._misses = 0
        else:
            self._misses += 1
        if response is None:
            self._detail = "no answer to OPTIONS"
        else:
            elapsed = (self._agent.layer.timers.now() - self._probe_sent) * 1000
            self._detail = f"OPTIONS got {response.status} in {elapsed:.0f} ms"
        self._conclude()

    def _conclude(self) -> None:
        """Tell a change and plan the next look: soon where something is amiss, never where nobody wants one."""
        self._checking = False
        self._checked = True
        usable = self._reachable and self._misses < MISSES_TO_DOWN
        if usable != self._was_usable:
            self._was_usable = usable
            _log.warning("trunk_changed", trunk=self.config.name, usable=usable, detail=self._detail)
        self._check_settled()
        interval = self.config.options_interval
        if not self._reachable or self._misses:
            interval = min(interval or DOWN_INTERVAL, DOWN_INTERVAL)
        if interval:
            self._check_in(interval)

    # ── INVITE ──

    def local_host(self) -> str:
        """Our address towards the trunk, for Contact and SDP."""
        return self._agent.layer.transports.local_host(self._require_hop().host)

    def _contact(self, user: str) -> str:
        host, port = bracketed(self.local_host()), self._agent.layer.transports.port
        suffix = ";transport=tcp" if self.config.transport == "TCP" else ""
        return f"<sip:{user}@{host}:{port}{suffix}>"

    def _registered_contact(self) -> str:
        """One user part for the life of the process, so that a refresh replaces its own binding."""
        address = self._render_username(self.config.address_of_record)
        return self._contact(address.partition(":")[2].rpartition("@")[0] or "yunhu")

    def spec(self, request: OriginateRequest) -> CallSpec:
        """The INVITE of a call. Raises `SendRefusedError` for a caller number that the trunk may not show."""
        config = self.config
        identity = self._gate.identity(config.name, request.caller_number)
        target = render(config.request_uri, request.callee, config)
        to = target if config.to_uri is None else render(config.to_uri, request.callee, config)
        extra = tuple((name.lower(), value) for name, value in request.headers)
        return CallSpec(
            hop=self._require_hop(),
            request_uri=target,
            to=f"<{to}>",
            from_=f"<{identity.uri}>",
            contact=self._contact(request.caller_number.e164),
            headers=(*identity.headers, *extra),
            routes=config.routes,
            credentials=config.credentials,
            timer=config.timer,
        )
