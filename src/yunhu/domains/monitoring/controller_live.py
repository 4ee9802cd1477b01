"""HTTP endpoints of the live monitor (全局监控): everything at one moment, and a stream of what changes."""

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import ServerSentEvent

from yunhu.domains.audit.public import granted_scopes
from yunhu.domains.identity.public import Caller, Scope, requires, still_allowed
from yunhu.domains.monitoring import repository
from yunhu.domains.monitoring.errors import MonitoredTenantUnknownError
from yunhu.domains.monitoring.hub import LiveHub
from yunhu.domains.monitoring.live import Viewer, read_live
from yunhu.domains.monitoring.schemas import LiveView, NodeView, node_view
from yunhu.domains.monitoring.stream import LiveStream
from yunhu.foundation.http import Services, problem_responses

LastEventId = Annotated[str | None, HeaderParameter(name="Last-Event-ID", max_length=64)]
TenantSlug = Annotated[str | None, QueryParameter(min_length=1, max_length=64)]
_STREAM = {
    200: ResponseSpec(
        str,
        generate_examples=False,
        media_type="text/event-stream",
        description="Server-sent events: `snapshot` (LiveView), `calls` (CallsChanged), `state` (Surroundings), "
        "`heartbeat` and `bye` (Heartbeat). `Last-Event-ID` goes on where a broken stream ended.",
    ),
    **problem_responses(),
}


class LiveController(Controller):
    """Running calls of the caller's own tenant, within a second of what happens."""

    path = "/live"
    tags = ("Live monitor",)
    guards = (requires(Scope.MONITOR_READ),)

    @get(summary="What is running now", responses=problem_responses())
    async def snapshot(
        self, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> LiveView:
        """Calls with stage and spoken line, robots, trunks, what waits, pauses."""
        return await _read(services, Viewer(caller.tenant_id, operator=False))

    @get("/stream", summary="Follow what is running", responses=_STREAM)
    async def stream(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        live_hub: NamedDependency[LiveHub],
        last_event_id: LastEventId = None,
    ) -> ServerSentEvent:
        """A snapshot, then changes only. Ends when the session ends."""
        viewer = Viewer(caller.tenant_id, operator=False)
        return _follow(services, live_hub, caller, viewer, Scope.MONITOR_READ, last_event_id)


class OperatorLiveController(Controller):
    """Running calls of every tenant, without what is said and to whom (row D8)."""

    path = "/operator/live"
    tags = ("Operator: live monitor",)
    guards = (requires(Scope.OPERATOR_MONITOR),)

    @get(summary="What is running now, everywhere", responses=problem_responses(404))
    async def snapshot(self, services: NamedDependency[Services], tenant: TenantSlug = None) -> LiveView:
        """Of all tenants or one; with nodes. Content needs the tenant's grant and goes by `/live`."""
        return await _read(services, await _viewer(services, tenant))

    @get(
        "/stream",
        summary="Follow what is running, everywhere",
        responses={**_STREAM, **problem_responses(404)},
    )
    async def stream(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        live_hub: NamedDependency[LiveHub],
        tenant: TenantSlug = None,
        last_event_id: LastEventId = None,
    ) -> ServerSentEvent:
        """A snapshot, then changes only."""
        viewer = await _viewer(services, tenant)
        return _follow(services, live_hub, caller, viewer, Scope.OPERATOR_MONITOR, last_event_id)

    @get("/nodes", summary="Call nodes", responses=problem_responses())
    async def nodes(self, services: NamedDependency[Services]) -> list[NodeView]:
        """Of the last day, with state, heartbeat and running calls; newest first."""
        async with services.database.transaction() as session:
            return [node_view(row) for row in await repository.nodes(session)]


async def _read(services: Services, viewer: Viewer) -> LiveView:
    # Nodes and trunks are no tenant's rows: every query names the tenant itself.
    async with services.database.transaction() as session:
        return await read_live(session, viewer, services.clock.now())


async def _viewer(services: Services, tenant: str | None) -> Viewer:
    if tenant is None:
        return Viewer(None, operator=True)
    tenant_id = await repository.tenant_id_of(services.database, tenant)
    if tenant_id is None:
        raise MonitoredTenantUnknownError(tenant=tenant)
    return Viewer(tenant_id, operator=True)


def _follow(
    services: Services,
    hub: LiveHub,
    caller: Caller,
    viewer: Viewer,
    scope: Scope,
    last_event_id: str | None,
) -> ServerSentEvent:
    async def stands() -> bool:
        async with services.database.transaction() as session:
            return await still_allowed(session, caller, scope, granted_scopes, services.clock.now())

    stream = LiveStream(hub, services.clock, viewer, stands)
    return ServerSentEvent(stream.events(last_event_id), headers={"Cache-Control": "no-store"})
