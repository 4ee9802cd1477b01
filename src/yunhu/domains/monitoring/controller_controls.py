"""HTTP endpoints of controls: stop a call, pause and go on."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.monitoring import controls, repository
from yunhu.domains.monitoring.errors import MonitoredTenantUnknownError
from yunhu.domains.monitoring.models import Pause
from yunhu.domains.monitoring.schemas import PauseView, pause_view
from yunhu.domains.notifications.public import Slug
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]
Most = Annotated[int, QueryParameter(ge=1, le=200)]


class StopRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a call is to end."""

    reason: Reason


class StopAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The call was told to end; its ending is seen in the live monitor within a second."""

    call_id: UUID
    notification_id: UUID
    """Cancelled: it is not tried again."""


class PauseRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to wait, and why."""

    reason: Reason
    scenario: Slug | None = None
    """Left out: everything of the tenant."""
    until: Annotated[datetime, Meta(tz=True)] | None = None
    """Ends by itself then; left out, when somebody resumes. At most 31 days ahead."""


class OperatorPauseRequest(PauseRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same for a tenant."""

    tenant: Annotated[str, Meta(min_length=1, max_length=64)]


class ResumeRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it goes on."""

    reason: Annotated[str, Meta(max_length=500)] = ""


class CallControlController(Controller):
    """Controls over running calls of the caller's own tenant."""

    path = "/live/calls"
    tags = ("Live monitor",)
    guards = (requires(Scope.MONITOR_CONTROL),)

    @post(
        "/{call_id:uuid}/stop",
        summary="Stop a call",
        status_code=200,
        responses=problem_responses(404, 409, 422),
    )
    async def stop(
        self,
        call_id: FromPath[UUID],
        data: JSONBody[StopRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> StopAnswer:
        """CANCEL or BYE within a second; the notification is cancelled for good. Audited."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            notification_id = await controls.stop_call(
                session, caller.actor, caller.tenant_id, call_id, data.reason, services.clock.now()
            )
        return StopAnswer(call_id=call_id, notification_id=notification_id)


class PauseController(Controller):
    """Pauses of the caller's own tenant, and their history."""

    path = "/pauses"
    tags = ("Live monitor",)

    @get(summary="List pauses", guards=[requires(Scope.MONITOR_READ)], responses=problem_responses())
    async def list_pauses(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        standing: FromQuery[bool] = False,
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[PauseView]:
        """Newest first; only those that hold now with `standing`."""
        return await _page(services, caller.tenant_id, standing=standing, cursor=cursor, limit=limit)

    @post(
        summary="Pause", guards=[requires(Scope.MONITOR_CONTROL)], responses=problem_responses(404, 409, 422)
    )
    async def pause(
        self,
        data: JSONBody[PauseRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> PauseView:
        """The tenant or one scenario: what is not in the air waits, by the rules `paused_tenant` and
        `paused_scenario`, and expires at its deadline. Running calls go on. Audited."""
        wish = controls.PauseWish(
            scenario=data.scenario, reason=data.reason, until=data.until, by_operator=False
        )
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await controls.pause(session, caller.actor, caller.tenant_id, wish, services.clock.now())
        return pause_view(_Shown(row, data.scenario), None)

    @post(
        "/{pause_id:uuid}/resume",
        summary="Resume",
        status_code=200,
        guards=[requires(Scope.MONITOR_CONTROL)],
        responses=problem_responses(404, 409),
    )
    async def resume(
        self,
        pause_id: FromPath[UUID],
        data: JSONBody[ResumeRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> PauseView:
        """What waited for it is due at once. Audited."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await controls.resume(
                session, caller.actor, caller.tenant_id, pause_id, data.reason, services.clock.now()
            )
            return pause_view(_Shown(row, await _slug_of(session, row)), None)


class OperatorControlController(Controller):
    """The operator's hand on every tenant's calls."""

    path = "/operator/live"
    tags = ("Operator: live monitor",)
    guards = (requires(Scope.OPERATOR_MONITOR),)

    @post(
        "/calls/{call_id:uuid}/stop",
        summary="Stop a tenant's call",
        status_code=200,
        responses=problem_responses(404, 409, 422),
    )
    async def stop(
        self,
        call_id: FromPath[UUID],
        data: JSONBody[StopRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> StopAnswer:
        """Put on the tenant's record."""
        async with services.database.transaction() as session:
            notification_id = await controls.stop_call(
                session, caller.actor, None, call_id, data.reason, services.clock.now()
            )
        return StopAnswer(call_id=call_id, notification_id=notification_id)

    @get("/pauses", summary="List a tenant's pauses", responses=problem_responses(404))
    async def list_pauses(
        self,
        services: NamedDependency[Services],
        tenant: Annotated[str, QueryParameter(min_length=1, max_length=64)],
        standing: FromQuery[bool] = False,
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[PauseView]:
        """Newest first; only those that hold now with `standing`."""
        tenant_id = await _tenant(services, tenant)
        return await _page(services, tenant_id, standing=standing, cursor=cursor, limit=limit, tenant=tenant)

    @post("/pauses", summary="Pause a tenant", responses=problem_responses(404, 409, 422))
    async def pause(
        self,
        data: JSONBody[OperatorPauseRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> PauseView:
        """The tenant cannot end such a pause. Put on the tenant's record."""
        tenant_id = await _tenant(services, data.tenant)
        wish = controls.PauseWish(
            scenario=data.scenario, reason=data.reason, until=data.until, by_operator=True
        )
        async with services.database.transaction() as session:
            row = await controls.pause(session, caller.actor, tenant_id, wish, services.clock.now())
        return pause_view(_Shown(row, data.scenario), data.tenant)

    @post(
        "/pauses/{pause_id:uuid}/resume",
        summary="Resume",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def resume(
        self,
        pause_id: FromPath[UUID],
        data: JSONBody[ResumeRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> PauseView:
        """A pause of the operator's or of the tenant's."""
        async with services.database.transaction() as session:
            row = await controls.resume(
                session, caller.actor, None, pause_id, data.reason, services.clock.now()
            )
            return pause_view(_Shown(row, await _slug_of(session, row)), None)


class _Shown:
    """A pause with its scenario's slug, as the lists read it."""

    def __init__(self, row: Pause, scenario: str | None) -> None:
        self._row = row
        self.scenario = scenario

    def __getattr__(self, name: str) -> object:
        return getattr(self._row, name)


async def _slug_of(session: AsyncSession, row: Pause) -> str | None:
    return await repository.scenario_slug(session, row.scenario_id) if row.scenario_id else None


async def _tenant(services: Services, slug: str) -> UUID:
    tenant_id = await repository.tenant_id_of(services.database, slug)
    if tenant_id is None:
        raise MonitoredTenantUnknownError(tenant=slug)
    return tenant_id


async def _page(
    services: Services,
    tenant_id: UUID,
    *,
    standing: bool,
    cursor: str | None,
    limit: int,
    tenant: str | None = None,
) -> Page[PauseView]:
    before = decode_cursor(cursor, UUID) if cursor is not None else None
    now = services.clock.now()
    query = select(Pause).where(Pause.tenant_id == tenant_id)
    if standing:
        query = query.where(Pause.resumed_at.is_(None), (Pause.until.is_(None)) | (Pause.until > now))
    if before is not None:
        query = query.where(Pause.id < before)
    async with services.database.tenant_transaction(tenant_id) as session:
        rows = (await session.scalars(query.order_by(Pause.id.desc()).limit(limit + 1))).all()
        slugs = await repository.scenario_slugs(session, tenant_id)
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    views = [
        pause_view(_Shown(row, slugs.get(row.scenario_id) if row.scenario_id else None), tenant)
        for row in rows[:limit]
    ]
    return Page(views, more)
