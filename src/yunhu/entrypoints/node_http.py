"""What a call node says of itself: /healthz, /readyz, /metrics."""

from collections.abc import Callable, Iterator

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar, MediaType, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from yunhu.telephony.port import CallEngine
from yunhu.telephony.sip.stats import SipStats

Readiness = Callable[[], str | None]
"""Why the node cannot place calls now, or None when it can."""


class TelephonyCollector(Collector):
    """The engines' own counters, read when Prometheus asks."""

    def __init__(self, engines: Callable[[], list[CallEngine]], sip: Callable[[], SipStats | None]) -> None:
        self._engines = engines
        self._sip = sip

    def collect(self) -> Iterator[Metric]:
        """Trunk health, then the signalling's counters."""
        trunks = GaugeMetricFamily(
            "yunhu_trunk_usable", "Whether calls can leave by a trunk.", labels=["trunk"]
        )
        for engine in self._engines():
            for health in engine.health().values():
                trunks.add_metric([health.name], float(health.usable))
        yield trunks
        stats = self._sip()
        if stats is not None:
            yield from _sip_metrics(stats)


def _sip_metrics(stats: SipStats) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "yunhu_sip_requests_sent", "SIP requests, without repeats.", labels=["method"]
    )
    for method, count in stats.requests_sent.items():
        requests.add_metric([method], count)
    yield requests
    responses = CounterMetricFamily("yunhu_sip_responses_received", "SIP responses.", labels=["status"])
    for status, count in stats.responses_received.items():
        responses.add_metric([str(status)], count)
    yield responses
    for name, help_, value in (
        ("yunhu_sip_retransmissions", "Messages sent again by a timer.", stats.retransmissions),
        ("yunhu_sip_timeouts", "Requests that nobody answered.", stats.timeouts),
        ("yunhu_sip_malformed", "Messages that were not SIP.", stats.malformed),
        ("yunhu_sip_transport_errors", "Failures of the sockets.", stats.transport_errors),
    ):
        yield CounterMetricFamily(name, help_, value=value)


class NodeHttp:
    """A small server inside the node's own loop."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        readiness: Readiness,
        collector: Collector,
        registry: CollectorRegistry,
    ) -> None:
        self._registry = registry
        self._registry.register(collector)
        self._readiness = readiness
        self._server = Server(
            self._app(), address=host, port=port, interface=Interfaces.ASGI, log_enabled=False
        )

    async def serve(self) -> None:
        """Answer until `stop`."""
        await self._server.serve()

    def stop(self) -> None:
        """Close the port."""
        self._server.stop()  # type: ignore[no-untyped-call]

    def _app(self) -> Litestar:
        @get("/healthz", media_type=MediaType.TEXT, sync_to_thread=False)
        def healthz() -> str:
            return "ok"

        @get("/readyz", media_type=MediaType.TEXT, sync_to_thread=False)
        def readyz() -> Response[str]:
            reason = self._readiness()
            return Response(reason or "ready", status_code=503 if reason else 200, media_type=MediaType.TEXT)

        @get("/metrics", sync_to_thread=False)
        def metrics() -> Response[bytes]:
            return Response(
                generate_latest(REGISTRY) + generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST
            )

        return Litestar([healthz, readyz, metrics], openapi_config=None, logging_config=None)
