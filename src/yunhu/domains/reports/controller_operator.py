"""HTTP endpoints of the overview and of reports, for the operator across tenants."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity.public import Scope, requires
from yunhu.domains.reports import figures, repository
from yunhu.domains.reports.controller import First, Last, Word, asked_span
from yunhu.domains.reports.errors import TenantUnknownError
from yunhu.domains.reports.overview import overview_of_all
from yunhu.domains.reports.rules import By, Kind, Narrowed, Question
from yunhu.domains.reports.schemas import CallReport, CountReport, HeatMap, OperatorOverview
from yunhu.foundation.http import Services, problem_responses

Slug = Annotated[str | None, QueryParameter(max_length=64)]


class OperatorReportController(Controller):
    """Figures of every tenant, or with `tenant` of one. Contents and numbers of people are not among them."""

    path = "/operator/reports"
    tags = ("Reports",)
    guards = (requires(Scope.OPERATOR_REPORTS),)

    @get("/overview", summary="Today of all tenants", responses=problem_responses(404))
    async def overview(self, services: NamedDependency[Services], tenant: Slug = None) -> OperatorOverview:
        """As the tenants' own; quotas with `tenant` alone."""
        async with services.database.transaction() as session:
            tenants = await _tenants(session, tenant)
            return await overview_of_all(session, tenants, services.clock.now(), one=tenant is not None)

    @get("/calls", summary="Calls of all tenants by something", responses=problem_responses(404, 422))
    async def calls(  # noqa: PLR0917 one parameter a filter of the API
        self,
        services: NamedDependency[Services],
        by: FromQuery[By] = By.DAY,
        first: First = None,
        last: Last = None,
        tenant: Slug = None,
        script_id: FromQuery[UUID | None] = None,
        scenario_id: FromQuery[UUID | None] = None,
        caller_number: Word = None,
        result: Word = None,
    ) -> CallReport:
        """By tenant, too."""
        narrowed = Narrowed(script_id=script_id, scenario_id=scenario_id, number=caller_number, state=result)
        question = Question(kind=Kind.CALL, by=by, span=asked_span(services, first, last), narrowed=narrowed)
        async with services.database.transaction() as session:
            return await figures.call_report(session, await _tenants(session, tenant), question)

    @get(
        "/notifications",
        summary="Notifications of all tenants by something",
        responses=problem_responses(404, 422),
    )
    async def notifications(
        self,
        services: NamedDependency[Services],
        by: FromQuery[By] = By.DAY,
        first: First = None,
        last: Last = None,
        tenant: Slug = None,
        result: Word = None,
    ) -> CountReport:
        """Those that are over. `result` is a final state."""
        span = asked_span(services, first, last)
        question = Question(kind=Kind.NOTIFICATION, by=by, span=span, narrowed=Narrowed(state=result))
        async with services.database.transaction() as session:
            return await figures.count_report(session, await _tenants(session, tenant), question)

    @get(
        "/messages",
        summary="Text messages of all tenants by something",
        responses=problem_responses(404, 422),
    )
    async def messages(
        self,
        services: NamedDependency[Services],
        by: FromQuery[By] = By.DAY,
        first: First = None,
        last: Last = None,
        tenant: Slug = None,
        result: Word = None,
    ) -> CountReport:
        """Those whose fate is known. `result` is a final state."""
        span = asked_span(services, first, last)
        question = Question(kind=Kind.MESSAGE, by=by, span=span, narrowed=Narrowed(state=result))
        async with services.database.transaction() as session:
            return await figures.count_report(session, await _tenants(session, tenant), question)

    @get(
        "/heat-map",
        summary="Calls of all tenants by hour and weekday",
        responses=problem_responses(404, 422),
    )
    async def heat_map(
        self,
        services: NamedDependency[Services],
        first: First = None,
        last: Last = None,
        tenant: Slug = None,
    ) -> HeatMap:
        """When calls go out, and when they are answered."""
        question = Question(kind=Kind.CALL, by=By.WEEKDAY_HOUR, span=asked_span(services, first, last))
        async with services.database.transaction() as session:
            return await figures.heat_map(session, await _tenants(session, tenant), question)


async def _tenants(session: AsyncSession, slug: str | None) -> Sequence[UUID]:
    found = await repository.tenant_ids(session, slug)
    if not found and slug is not None:
        raise TenantUnknownError(tenant=slug)
    return found
