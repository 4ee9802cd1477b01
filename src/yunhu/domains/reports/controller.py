"""HTTP endpoints of the overview and of reports, for tenants."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.reports import figures
from yunhu.domains.reports.overview import overview_of
from yunhu.domains.reports.rules import By, Kind, Narrowed, Question, Span, span_of
from yunhu.domains.reports.schemas import CallReport, CountReport, EventToRingReport, HeatMap, Overview
from yunhu.foundation.clock import natural_day
from yunhu.foundation.http import Services, problem_responses

Word = Annotated[str | None, QueryParameter(max_length=128)]
First = Annotated[date | None, QueryParameter(name="from")]
Last = Annotated[date | None, QueryParameter(name="to")]


def asked_span(services: Services, first: date | None, last: date | None) -> Span:
    """The range of a request: both days included, the last seven days when none is given."""
    return span_of(first, last, natural_day(services.clock.now()))


class ReportController(Controller):
    """Figures of the caller's own tenant. `from` and `to` are natural days (China time), both included."""

    path = "/reports"
    tags = ("Reports",)
    guards = (requires(Scope.REPORTS_READ),)

    @get("/overview", summary="Today at a glance", responses=problem_responses())
    async def overview(
        self, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> Overview:
        """Calls, notifications and messages of today, what waits, robots, time to the ringing, quotas, alarms."""
        return await overview_of(services.database, caller.tenant_id, services.clock.now())

    @get("/calls", summary="Calls by something", responses=problem_responses(422))
    async def calls(  # noqa: PLR0913, PLR0917 one parameter a filter of the API
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        by: FromQuery[By] = By.DAY,
        first: First = None,
        last: Last = None,
        script_id: FromQuery[UUID | None] = None,
        scenario_id: FromQuery[UUID | None] = None,
        caller_number: Word = None,
        result: Word = None,
        matter: Word = None,
        window: Word = None,
    ) -> CallReport:
        """By day, month, hour, hour of the day, weekday and hour, script, scenario, number, result, matter or window.

        Two of caller number, matter and window at once, or one of them by the hour, for 31 days at most.
        """
        narrowed = Narrowed(
            script_id=script_id,
            scenario_id=scenario_id,
            number=caller_number,
            state=result,
            matter=matter,
            window=window,
        )
        question = Question(kind=Kind.CALL, by=by, span=asked_span(services, first, last), narrowed=narrowed)
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return await figures.call_report(session, [caller.tenant_id], question)

    @get("/notifications", summary="Notifications by something", responses=problem_responses(422))
    async def notifications(  # noqa: PLR0917 one parameter a filter of the API
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        by: FromQuery[By] = By.DAY,
        first: First = None,
        last: Last = None,
        script_id: FromQuery[UUID | None] = None,
        scenario_id: FromQuery[UUID | None] = None,
        result: Word = None,
        matter: Word = None,
        window: Word = None,
    ) -> CountReport:
        """Those that are over, by the day on which they were created. `result` is a final state."""
        narrowed = _narrowed(script_id, scenario_id, result, matter, window)
        question = Question(
            kind=Kind.NOTIFICATION, by=by, span=asked_span(services, first, last), narrowed=narrowed
        )
        return await _counted(services, caller, question)

    @get("/messages", summary="Text messages by something", responses=problem_responses(422))
    async def messages(  # noqa: PLR0917 one parameter a filter of the API
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        by: FromQuery[By] = By.DAY,
        first: First = None,
        last: Last = None,
        script_id: FromQuery[UUID | None] = None,
        scenario_id: FromQuery[UUID | None] = None,
        result: Word = None,
        matter: Word = None,
        window: Word = None,
    ) -> CountReport:
        """Those whose fate is known, by the day on which they were sent. `result` is a final state."""
        narrowed = _narrowed(script_id, scenario_id, result, matter, window)
        question = Question(
            kind=Kind.MESSAGE, by=by, span=asked_span(services, first, last), narrowed=narrowed
        )
        return await _counted(services, caller, question)

    @get("/heat-map", summary="Calls by hour and weekday", responses=problem_responses(422))
    async def heat_map(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        first: First = None,
        last: Last = None,
        script_id: FromQuery[UUID | None] = None,
        scenario_id: FromQuery[UUID | None] = None,
    ) -> HeatMap:
        """When calls go out, and when they are answered."""
        question = Question(
            kind=Kind.CALL,
            by=By.WEEKDAY_HOUR,
            span=asked_span(services, first, last),
            narrowed=Narrowed(script_id=script_id, scenario_id=scenario_id),
        )
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return await figures.heat_map(session, [caller.tenant_id], question)

    @get("/event-to-ring", summary="From the event to the ringing", responses=problem_responses(422))
    async def event_to_ring(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        first: First = None,
        last: Last = None,
        script_id: FromQuery[UUID | None] = None,
        scenario_id: FromQuery[UUID | None] = None,
    ) -> EventToRingReport:
        """Percentiles of first calls to the window."""
        span = asked_span(services, first, last)
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            found = await figures.event_to_ring(
                session, [caller.tenant_id], span, script_id=script_id, scenario_id=scenario_id
            )
        return EventToRingReport(
            first=span.first,
            last=span.last,
            calls=found.calls,
            p50_milliseconds=found.p50_milliseconds,
            p90_milliseconds=found.p90_milliseconds,
            p99_milliseconds=found.p99_milliseconds,
        )


def _narrowed(
    script_id: UUID | None,
    scenario_id: UUID | None,
    result: str | None,
    matter: str | None,
    window: str | None,
) -> Narrowed:
    return Narrowed(script_id=script_id, scenario_id=scenario_id, state=result, matter=matter, window=window)


async def _counted(services: Services, caller: Caller, question: Question) -> CountReport:
    async with services.database.tenant_transaction(caller.tenant_id) as session:
        return await figures.count_report(session, [caller.tenant_id], question)
