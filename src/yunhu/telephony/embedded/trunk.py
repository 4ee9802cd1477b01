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
"""Seconds between probes of a trunk that does not answer, when the usual interval is longer."""
MAX_RETRY_AFTER = 60
"""Longest pause that a 503 can impose on a trunk, seconds."""

_log = structlog.get_logger()


class Trunk:
    """Health and templates of one trunk. `active` counts its calls."""

    def __init__(self, config: TrunkConfig, agent: UserAgent, gate: CallerGate) -> None:
        self.config = config
        self.active = 0
        self._agent = agent
        self._gate = gate
        self._hop: Hop | None = None
        self._answers = True
        self._detail = "not probed"
        self._paused_until = 0.0
        self._probe_timer: Timer | None = None
        self._probe_sent = 0.0
        self._stopped = False
        self._locating: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._probed = config.options_interval == 0
        self.registration: Registration | None = None

    # ── state ──

    @property
    def usable(self) -> bool:
        """Whether a call may be tried on it now."""
        registered = self.registration is None or self.registration.is_registered
        paused = self._agent.layer.timers.now() < self._paused_until
        return self._hop is not None and self._answers and registered and not paused

    def health(self) -> TrunkHealth:
        """The same with its reason."""
        detail = self._detail
        if self.registration is not None and (
            not self.registration.is_registered or self.config.options_interval == 0
        ):
            detail = self.registration.detail
        if self._agent.layer.timers.now() < self._paused_until:
            detail = "paused by a 503 with Retry-After"
        return TrunkHealth(self.config.name, self.usable, detail)

    def pause(self, seconds: int) -> None:
        """Obey the Retry-After of a 503 (RFC 3261 §21.5.4)."""
        self._paused_until = self._agent.layer.timers.now() + min(seconds, MAX_RETRY_AFTER)

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
        if self.config.options_interval:
            self._probe()
        self._check_settled()

    def _render_username(self, template: str) -> str:
        username = self.config.credentials.username.partition("@")[0] if self.config.credentials else ""
        return template.format(username=username, domain=self.config.domain)

    def _check_settled(self) -> None:
        if self._probed and (self.registration is None or self.registration.settled):
            self._settled.set()

    async def stop(self, limit: float) -> None:
        """Stop probing and take the registration back."""
        self._stopped = True
        if self._probe_timer is not None:
            self._probe_timer.cancel()
        if self._locating is not None:
            self._locating.cancel()
        if self.registration is not None:
            gone = asyncio.Event()
            self.registration.stop(gone.set)
            with suppress(TimeoutError):
                async with asyncio.timeout(limit):
                    await gone.wait()

    async def _locate(self) -> None:
        """Resolve the proxy and open its connection, where there is one to open."""
        try:
            host = await resolve(self.config.proxy_host, CONNECT_LIMIT)
            hop = Hop(self.config.transport, host, self.config.proxy_port, self.config.name)
            self._hop = hop
            await self._agent.layer.transports.ready(hop, CONNECT_LIMIT)
        except TransportError as error:
            self._detail = str(error)

    async def ready(self) -> Hop:
        """See that an INVITE can leave at once. Raises `TransportError`: nothing was sent."""
        hop = self._require_hop()
        await self._agent.layer.transports.ready(hop, CONNECT_LIMIT)
        return hop

    def _require_hop(self) -> Hop:
        if self._hop is None:
            raise TransportError(self._detail)
        return self._hop

    # ── OPTIONS ──

    def _probe(self) -> None:
        """Locate again (addresses change), then ask (RFC 3261 §11.1)."""
        self._probe_timer = None
        self._locating = asyncio.get_running_loop().create_task(self._locate_and_ask())

    async def _locate_and_ask(self) -> None:
        await self._locate()
        if self._stopped:
            return
        if self._hop is None:
            self._on_options(None)
            return
        hop = self._hop
        self._probe_sent = self._agent.layer.timers.now()
        auth = Authenticator(self.config.credentials)
        Exchange(self._agent.layer, auth, self._options, lambda _: hop, self._on_options).start()

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
        if self._stopped:
            return
        was, self._answers = self._answers, response is not None and response.status not in {408, 503}
        if response is None:
            self._detail = self._detail if self._hop is None else "no answer to OPTIONS"
        else:
            elapsed = (self._agent.layer.timers.now() - self._probe_sent) * 1000
            self._detail = f"OPTIONS got {response.status} in {elapsed:.0f} ms"
        if was != self._answers:
            _log.warning("trunk_changed", trunk=self.config.name, usable=self._answers, detail=self._detail)
        self._probed = True
        self._check_settled()
        interval = self.config.options_interval
        if not self._answers:
            interval = min(interval, DOWN_INTERVAL)
        self._probe_timer = self._agent.layer.timers.later(interval, self._probe)

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
