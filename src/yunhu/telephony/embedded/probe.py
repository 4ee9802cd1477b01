"""Tests a trunk without disturbing it: OPTIONS, and a REGISTER that only asks what is registered.

From a socket of its own: the engine's registrations and calls go on as they are. A carrier that knows us by our port
may answer such a test with a refusal, which shows a live trunk all the same.
"""

import asyncio
import time
from collections.abc import Callable

from yunhu.foundation.probes import ProbeStep
from yunhu.telephony.embedded.config import TrunkConfig
from yunhu.telephony.sip.agent import UserAgent
from yunhu.telephony.sip.digest import Authenticator
from yunhu.telephony.sip.errors import SendRefusedError, TransportError
from yunhu.telephony.sip.exchange import Exchange
from yunhu.telephony.sip.identifiers import new_call_id, new_tag
from yunhu.telephony.sip.layer import TransactionLayer
from yunhu.telephony.sip.message import Headers, Request, Response
from yunhu.telephony.sip.stats import SipStats
from yunhu.telephony.sip.tcp import TcpCarrier
from yunhu.telephony.sip.timers import LoopTimers, Timing
from yunhu.telephony.sip.transport import Hop, TransportConfig, Transports, resolve
from yunhu.telephony.sip.udp import UdpCarrier
from yunhu.telephony.sip.uri import bracketed

CONNECT_SECONDS = 4.0
ANSWER_SECONDS = 5.0
_NO_LIFE = frozenset({408, 503})


async def probe_trunk(config: TrunkConfig, *, bind_host: str, advertised_host: str | None) -> list[ProbeStep]:
    """Connect, OPTIONS, and REGISTER where the trunk registers; ends at the first step without an answer."""
    timers = LoopTimers(asyncio.get_running_loop())
    sip = TransportConfig(bind_host=bind_host, port=0, advertised_host=advertised_host)
    transports = Transports(sip, timers, SipStats())
    probe = _Probe(config, UserAgent(TransactionLayer(transports, Timing(), _no_calls), "yunhu"))
    await UdpCarrier.open(transports)
    try:
        if config.transport == "TCP":
            await TcpCarrier.open(transports, listen=False)
        return await probe.run()
    finally:
        transports.close()


def _no_calls(_request: Request, _hop: Hop) -> None:
    raise SendRefusedError("a test places no calls")


class _Probe:
    def __init__(self, config: TrunkConfig, agent: UserAgent) -> None:
        self._config = config
        self._agent = agent
        self._sequence = 0

    async def run(self) -> list[ProbeStep]:
        connected, hop = await self._connect()
        steps = [connected]
        if hop is None:
            return steps
        steps.append(await self._ask("options", lambda: self._options(hop), hop))
        if self._config.register and steps[-1].code is not None:
            steps.append(await self._ask("register", self._register, hop))
        return steps

    async def _connect(self) -> tuple[ProbeStep, Hop | None]:
        config, begun = self._config, time.perf_counter()
        try:
            host = await resolve(config.proxy_host, CONNECT_SECONDS)
            hop = Hop(config.transport, host, config.proxy_port, config.name)
            await self._agent.layer.transports.ready(hop, CONNECT_SECONDS)
        except TransportError as error:
            return ProbeStep(step="connect", ok=False, milliseconds=_since(begun), detail=str(error)), None
        detail = f"{config.transport} {bracketed(host)}:{config.proxy_port}"
        return ProbeStep(step="connect", ok=True, milliseconds=_since(begun), detail=detail), hop

    async def _ask(self, step: str, make: Callable[[], Request], hop: Hop) -> ProbeStep:
        answered: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()
        auth = Authenticator(self._config.credentials)
        begun = time.perf_counter()
        exchange = Exchange(
            self._agent.layer, auth, make, lambda _: hop, answered.set_result, limit=ANSWER_SECONDS
        )
        exchange.start()
        response = await answered
        took = _since(begun)
        if response is None:
            return ProbeStep(step=step, ok=False, milliseconds=took, detail="no answer")
        # Any answer to OPTIONS shows a live trunk, refusals included; a registrar has to know us.
        ok = response.status not in _NO_LIFE if step == "options" else response.status < 300
        return ProbeStep(
            step=step, ok=ok, code=response.status, milliseconds=took, detail=response.phrase[:120]
        )

    def _options(self, hop: Hop) -> Request:
        uri = f"sip:{self._config.domain}"
        request = self._request("OPTIONS", uri, f"<{uri}>")
        transports = self._agent.layer.transports
        local = f"{bracketed(transports.local_host(hop.host))}:{transports.port}"
        suffix = ";transport=tcp" if self._config.transport == "TCP" else ""
        request.headers.set("contact", f"<sip:ping@{local}{suffix}>")
        request.headers.set("accept", "application/sdp")
        return request

    def _register(self) -> Request:
        """Without Contact it changes no binding and only asks for them (RFC 3261 §10.2.3)."""
        credentials = self._config.credentials
        username = credentials.username.partition("@")[0] if credentials else ""
        address = self._config.address_of_record.format(username=username, domain=self._config.domain)
        scheme, _, rest = address.partition(":")
        return self._request("REGISTER", f"{scheme}:{rest.rpartition('@')[2]}", f"<{address}>")

    def _request(self, method: str, uri: str, party: str) -> Request:
        self._sequence += 1
        headers = Headers()
        headers.set("max-forwards", "70")
        headers.set("route", *self._config.routes)
        headers.set("from", f"{party};tag={new_tag()}")
        headers.set("to", party)
        headers.set("call-id", new_call_id())
        headers.set("cseq", f"{self._sequence} {method}")
        request = Request(method, uri, headers)
        self._agent.describe_briefly(request)
        return request


def _since(begun: float) -> float:
    return round((time.perf_counter() - begun) * 1000, 1)
