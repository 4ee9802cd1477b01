"""HTTP endpoints for the operator: notices, fault reports, support visits, clocks."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.incidents import repository, visits
from yunhu.domains.incidents.errors import AudienceUnknownError, FaultNotFoundError, NoticeNotFoundError
from yunhu.domains.incidents.faults import (
    By,
    FaultWish,
    StepWish,
    record_security_report,
    report_fault,
    take_step,
)
from yunhu.domains.incidents.notices import (
    Amendment,
    NoticeWish,
    amend_notice,
    end_notice,
    publish_notice,
    withdraw_notice,
)
from yunhu.domains.incidents.pages import Limit, detail_of, fault_page, page_of, place_of, visit_page
from yunhu.domains.incidents.rules import Severity, Span, Term, check_term
from yunhu.domains.incidents.schemas import (
    FaultAction,
    FaultDetail,
    FaultText,
    FaultView,
    NewNotice,
    NewOperatorFault,
    NoticeText,
    NoticeView,
    ReasonRequest,
    RecipientView,
    Reclassification,
    TermRequest,
    TermView,
    VisitDone,
    VisitView,
    fault_view,
    notice_view,
    recipient_view,
    term_views,
    visit_view,
)
from yunhu.domains.incidents.states import FaultState, FaultStep, NoticeState, Side
from yunhu.foundation.http import Page, Services, problem_responses
from yunhu.foundation.http.filters import Order

TenantSlug = Annotated[str | None, QueryParameter(max_length=64)]
_guards = (requires(Scope.OPERATOR_INCIDENTS),)
_TAGS = ("Notices and faults",)


class OperatorNoticeController(Controller):
    """Announcing maintenance and expansion."""

    path = "/operator/notices"
    tags = _TAGS
    guards = _guards

    @post(summary="Publish a notice", responses=problem_responses(409, 422))
    async def publish(
        self,
        data: JSONBody[NewNotice],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NoticeView:
        """Urgent ones at least 24 hours before the start, planned ones 7 days unless another term was set."""
        wish = NoticeWish(
            reference=data.reference,
            kind=data.kind,
            urgency=data.urgency,
            title=data.title,
            body=data.body,
            span=Span(data.starts_at, data.ends_at),
            tenants=tuple(data.tenants) if data.tenants is not None else None,
        )
        async with services.database.transaction() as session:
            return notice_view(await publish_notice(session, wish, caller.actor, services.clock.now()))

    @get(summary="List notices of all", responses=problem_responses())
    async def list_notices(
        self,
        services: NamedDependency[Services],
        standing: Annotated[NoticeState | None, QueryParameter(name="state")] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[NoticeView]:
        """Newest first."""
        async with services.database.transaction() as session:
            rows = await repository.notices(session, standing, place_of(cursor, limit))
        return page_of(rows, limit, notice_view, lambda row: row.id)

    @put("/{notice_id:uuid}", summary="Amend a notice", responses=problem_responses(404, 409, 422))
    async def amend(
        self,
        notice_id: FromPath[UUID],
        data: JSONBody[NoticeText],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NoticeView:
        """Times beyond the announced ones need the whole lead again. Everybody acknowledges anew."""
        amendment = Amendment(title=data.title, body=data.body, span=Span(data.starts_at, data.ends_at))
        async with services.database.transaction() as session:
            row = await amend_notice(
                session, notice_id, amendment, actor=caller.actor, now=services.clock.now()
            )
        return notice_view(row)

    @post(
        "/{notice_id:uuid}/withdraw",
        summary="Withdraw a notice",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def withdraw(
        self,
        notice_id: FromPath[UUID],
        data: JSONBody[ReasonRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NoticeView:
        """It will not happen."""
        async with services.database.transaction() as session:
            row = await withdraw_notice(
                session, notice_id, data.reason, actor=caller.actor, now=services.clock.now()
            )
        return notice_view(row)

    @post(
        "/{notice_id:uuid}/end",
        summary="End a notice before its time",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def end(
        self,
        notice_id: FromPath[UUID],
        data: JSONBody[ReasonRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NoticeView:
        """The work is done. At its time a notice ends by itself."""
        async with services.database.transaction() as session:
            row = await end_notice(
                session, notice_id, data.reason, actor=caller.actor, now=services.clock.now()
            )
        return notice_view(row)

    @get("/{notice_id:uuid}/recipients", summary="Who has acknowledged", responses=problem_responses(404))
    async def recipients(
        self,
        notice_id: FromPath[UUID],
        services: NamedDependency[Services],
        unacknowledged: FromQuery[bool] = False,
    ) -> list[RecipientView]:
        """Every tenant that it is addressed to; with `unacknowledged=true` those that have not read this revision."""
        async with services.database.transaction() as session:
            row = await repository.notice(session, notice_id)
            if row is None:
                raise NoticeNotFoundError
            told = await repository.recipients(session, notice_id)
        views = [recipient_view(slug, recipient, row.revision) for slug, recipient in told]
        return [view for view in views if not (unacknowledged and view.acknowledged)]


class OperatorFaultController(Controller):
    """Answering fault reports (障碍申报)."""

    path = "/operator/fault-reports"
    tags = _TAGS
    guards = _guards

    @post(summary="Report a fault oneself", responses=problem_responses(409, 422))
    async def report(
        self,
        data: JSONBody[NewOperatorFault],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FaultView:
        """Of one tenant, or of the platform as a whole."""
        by = By(caller.actor, Side.OPERATOR, services.clock.now())
        async with services.database.transaction() as session:
            wish = FaultWish(
                tenant_id=await _tenant_id(session, data.tenant),
                reference=data.reference,
                title=data.title,
                description=data.description,
                severity=data.severity,
                security_incident=data.security_incident,
            )
            return fault_view(await report_fault(session, wish, by), by.now)

    @get(summary="Fault reports of all tenants", responses=problem_responses(422))
    async def list_faults(
        self,
        services: NamedDependency[Services],
        standing: Annotated[FaultState | None, QueryParameter(name="state")] = None,
        severity: FromQuery[Severity | None] = None,
        tenant: TenantSlug = None,
        overdue: FromQuery[bool] = False,
        order: FromQuery[Order] = Order.NEWEST,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[FaultView]:
        """Newest first; with `overdue=true` those that should have been answered by now."""
        async with services.database.transaction() as session:
            tenant_id = await _tenant_id(session, tenant)
        filters = repository.FaultFilters(
            tenant_id=tenant_id,
            state=standing,
            severity=severity,
            late_at=services.clock.now() if overdue else None,
        )
        return await fault_page(services, filters, place_of(cursor, limit, order))

    @get("/{fault_id:uuid}", summary="Show a tenant's fault report", responses=problem_responses(404))
    async def show(self, fault_id: FromPath[UUID], services: NamedDependency[Services]) -> FaultDetail:
        """With its history."""
        async with services.database.transaction() as session:
            row = await repository.fault(session, fault_id, None)
            if row is None:
                raise FaultNotFoundError
            return await detail_of(session, row, services.clock.now())

    @put("/{fault_id:uuid}/severity", summary="Reclassify a fault", responses=problem_responses(404, 409))
    async def reclassify(
        self,
        fault_id: FromPath[UUID],
        data: JSONBody[Reclassification],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FaultDetail:
        """While it is not answered. The clock keeps its beginning and takes the new length."""
        by = By(caller.actor, Side.OPERATOR, services.clock.now())
        wish = StepWish(FaultStep.RECLASSIFY, data.text, data.severity)
        async with services.database.transaction() as session:
            return await detail_of(session, await take_step(session, fault_id, None, wish, by), by.now)

    @post(
        "/{fault_id:uuid}/security-report",
        summary="Record the report of a security incident",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def security_report(
        self,
        fault_id: FromPath[UUID],
        data: JSONBody[FaultText],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FaultDetail:
        """To whom it was reported, and under which number; it stops the 24-hour clock."""
        by = By(caller.actor, Side.OPERATOR, services.clock.now())
        async with services.database.transaction() as session:
            row = await record_security_report(session, fault_id, data.text, by)
            return await detail_of(session, row, by.now)

    @post(
        "/{fault_id:uuid}/{step:str}",
        summary="Answer, resolve, close, reopen or comment",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def step(
        self,
        fault_id: FromPath[UUID],
        step: FromPath[FaultAction],
        data: JSONBody[FaultText],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FaultDetail:
        """The first `answer` stops the clock."""
        by = By(caller.actor, Side.OPERATOR, services.clock.now())
        wish = StepWish(FaultStep(step), data.text)
        async with services.database.transaction() as session:
            return await detail_of(session, await take_step(session, fault_id, None, wish, by), by.now)


class OperatorVisitController(Controller):
    """Support within 5 working days after activation."""

    path = "/operator/support-visits"
    tags = _TAGS
    guards = _guards

    @get(summary="Support visits of all tenants", responses=problem_responses(422))
    async def list_visits(
        self,
        services: NamedDependency[Services],
        tenant: TenantSlug = None,
        pending: FromQuery[bool] = False,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[VisitView]:
        """Newest first; with `pending=true` those that are still to be made."""
        async with services.database.transaction() as session:
            tenant_id = await _tenant_id(session, tenant)
        return await visit_page(services, tenant_id, cursor, limit, pending=pending)

    @post(
        "/{visit_id:uuid}/done",
        summary="Record a support visit",
        status_code=200,
        responses=problem_responses(404, 409, 422),
    )
    async def done(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[VisitDone],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> VisitView:
        """It took place on a day between the activation and today."""
        async with services.database.transaction() as session:
            row = await visits.finish_visit(
                session, visit_id, data.done_on, note=data.note, actor=caller.actor, now=services.clock.now()
            )
        return visit_view(row)


class IncidentTermController(Controller):
    """Lengths of the clocks."""

    path = "/operator/incident-terms"
    tags = _TAGS
    guards = _guards

    @get(summary="List clocks", responses=problem_responses())
    async def list_terms(self, services: NamedDependency[Services]) -> list[TermView]:
        """Lead times, answer times, and the report of security incidents, in hours."""
        async with services.database.transaction() as session:
            return term_views(await repository.load_terms(session))

    @put("/{name:str}", summary="Set a clock", responses=problem_responses(422))
    async def set_term(
        self,
        name: FromPath[Term],
        data: JSONBody[TermRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> list[TermView]:
        """What runs already keeps its length."""
        term = Term(name)
        check_term(term, data.hours)
        now = services.clock.now()
        async with services.database.transaction() as session:
            before = {"hours": (await repository.load_terms(session)).hours(term)}
            await repository.set_term(session, term, data.hours, caller.actor.name, now)
            terms = await repository.load_terms(session)
            await record(
                session,
                caller.actor,
                action="incident_term.set",
                subject=("incident_term", term),
                tenant_id=None,
                before=before,
                after={"hours": data.hours},
                now=now,
            )
        return term_views(terms)


async def _tenant_id(session: AsyncSession, slug: str | None) -> UUID | None:
    if slug is None:
        return None
    found = await repository.tenants(session, (slug,))
    if slug not in found:
        raise AudienceUnknownError(slug, unknown=[slug])
    return found[slug]
