"""HTTP endpoints for tenants: notices to read and acknowledge, fault reports, support visits."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.incidents import repository
from yunhu.domains.incidents.errors import FaultNotFoundError, NoticeNotFoundError
from yunhu.domains.incidents.faults import By, FaultWish, StepWish, report_fault, take_step
from yunhu.domains.incidents.notices import acknowledge_notice
from yunhu.domains.incidents.pages import Limit, detail_of, fault_page, page_of, place_of, visit_page
from yunhu.domains.incidents.schemas import (
    Acknowledgement,
    FaultDetail,
    FaultText,
    FaultView,
    NewFault,
    ReadNotice,
    TenantAction,
    VisitView,
    fault_view,
    read_notice,
)
from yunhu.domains.incidents.states import FaultState, FaultStep, NoticeState, Side
from yunhu.foundation.http import Page, Services, problem_responses
from yunhu.foundation.http.filters import Order

_read = requires(Scope.INCIDENTS_READ)
_write = requires(Scope.INCIDENTS_WRITE)


class NoticeController(Controller):
    """What the operator announces to the caller's own tenant."""

    path = "/notices"
    tags = ("Notices and faults",)

    @get(summary="List notices", guards=(_read,), responses=problem_responses())
    async def list_notices(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        standing: Annotated[NoticeState | None, QueryParameter(name="state")] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[ReadNotice]:
        """Maintenance and expansion, newest first."""
        async with services.database.transaction() as session:
            place = place_of(cursor, limit)
            rows = await repository.notices_for(session, caller.tenant_id, standing, place)
        return page_of(rows, limit, lambda row: read_notice(*row), lambda row: row[0].id)

    @get("/{notice_id:uuid}", summary="Show a notice", guards=(_read,), responses=problem_responses(404))
    async def show(
        self, notice_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> ReadNotice:
        """Its present revision."""
        async with services.database.transaction() as session:
            pair = await repository.notice_for(session, caller.tenant_id, notice_id)
        if pair is None:
            raise NoticeNotFoundError
        return read_notice(*pair)

    @post(
        "/{notice_id:uuid}/acknowledge",
        summary="Acknowledge a notice",
        guards=(_write,),
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def acknowledge(
        self,
        notice_id: FromPath[UUID],
        data: JSONBody[Acknowledgement],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ReadNotice:
        """Names the revision that was read; 409 when it was amended meanwhile."""
        async with services.database.transaction() as session:
            pair = await acknowledge_notice(
                session,
                caller.tenant_id,
                notice_id,
                data.revision,
                actor=caller.actor,
                now=services.clock.now(),
            )
        return read_notice(*pair)


class FaultController(Controller):
    """障碍申报: fault reports of the caller's own tenant."""

    path = "/fault-reports"
    tags = ("Notices and faults",)

    @post(summary="Report a fault", guards=(_write,), responses=problem_responses(409))
    async def report(
        self,
        data: JSONBody[NewFault],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FaultView:
        """The answer clock of its severity begins at once."""
        wish = FaultWish(
            tenant_id=caller.tenant_id,
            reference=data.reference,
            title=data.title,
            description=data.description,
            severity=data.severity,
            security_incident=data.security_incident,
        )
        by = By(caller.actor, Side.TENANT, services.clock.now())
        async with services.database.transaction() as session:
            row = await report_fault(session, wish, by)
            return fault_view(row, by.now)

    @get(summary="List fault reports", guards=(_read,), responses=problem_responses())
    async def list_faults(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        standing: Annotated[FaultState | None, QueryParameter(name="state")] = None,
        order: FromQuery[Order] = Order.NEWEST,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[FaultView]:
        """Newest first."""
        filters = repository.FaultFilters(tenant_id=caller.tenant_id, state=standing)
        return await fault_page(services, filters, place_of(cursor, limit, order))

    @get("/{fault_id:uuid}", summary="Show a fault report", guards=(_read,), responses=problem_responses(404))
    async def show(
        self, fault_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> FaultDetail:
        """With its history."""
        async with services.database.transaction() as session:
            row = await repository.fault(session, fault_id, caller.tenant_id)
            if row is None:
                raise FaultNotFoundError
            return await detail_of(session, row, services.clock.now())

    @post(
        "/{fault_id:uuid}/{step:str}",
        summary="Comment, close or reopen",
        guards=(_write,),
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def step(
        self,
        fault_id: FromPath[UUID],
        step: FromPath[TenantAction],
        data: JSONBody[FaultText],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FaultDetail:
        """`comment`, `close` or `reopen`; the other steps belong to the operator."""
        by = By(caller.actor, Side.TENANT, services.clock.now())
        async with services.database.transaction() as session:
            row = await take_step(
                session, fault_id, caller.tenant_id, StepWish(FaultStep(step), data.text), by
            )
            return await detail_of(session, row, by.now)


class SupportVisitController(Controller):
    """Support after activation."""

    path = "/support-visits"
    tags = ("Notices and faults",)
    guards = (_read,)

    @get(summary="List support visits", responses=problem_responses())
    async def list_visits(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[VisitView]:
        """Due and done, newest first."""
        return await visit_page(services, caller.tenant_id, cursor, limit)
