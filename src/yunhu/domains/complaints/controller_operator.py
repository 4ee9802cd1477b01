"""HTTP endpoints of complaints, for the operator."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.complaints import repository
from yunhu.domains.complaints.candidates import Search, candidates
from yunhu.domains.complaints.errors import ComplaintNotFoundError, TenantUnknownError
from yunhu.domains.complaints.history import By
from yunhu.domains.complaints.linking import LinkWish, link, unlink
from yunhu.domains.complaints.pages import InState, Limit, detail_of, months_of, page_of, relinked, wish_of
from yunhu.domains.complaints.register import register
from yunhu.domains.complaints.repository import ComplaintFilter
from yunhu.domains.complaints.rules import ComplaintSource, LinkKind
from yunhu.domains.complaints.schemas import (
    Candidate,
    ComplaintDetail,
    ComplaintView,
    MonthView,
    NewOperatorComplaint,
    OperatorAction,
    PauseRequest,
    TermRequest,
    TermView,
    TextRequest,
)
from yunhu.domains.complaints.states import ComplaintStep, Side
from yunhu.domains.complaints.steps import pause_by_hand, resume_by_hand, take_step
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Page, Services, problem_responses
from yunhu.foundation.http.filters import Order, Word, aware

_Tenant = Annotated[str, QueryParameter(min_length=1, max_length=64)]
_guards = (requires(Scope.OPERATOR_COMPLAINTS),)
_TAGS = ("Complaints",)


class OperatorComplaintController(Controller):
    """投诉 about the calls of every tenant."""

    path = "/operator/complaints"
    tags = _TAGS
    guards = _guards

    @post(summary="Register a complaint about a tenant", responses=problem_responses(404, 409, 422))
    async def register(
        self,
        data: JSONBody[NewOperatorComplaint],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ComplaintDetail:
        """From 12321, the hotlines 10000 and 12345, a carrier, or the person directly."""
        by = By(caller.actor, Side.OPERATOR, services.clock.now())
        async with services.database.transaction() as session:
            tenant_id = await _tenant_id(session, data.tenant)
            row = await register(session, services.vault, wish_of(data, tenant_id), by)
            return await detail_of(session, row, services, Side.OPERATOR)

    @get(summary="Complaints about all tenants", responses=problem_responses(404, 422))
    async def list_complaints(  # noqa: PLR0917 one parameter a filter of the API
        self,
        services: NamedDependency[Services],
        tenant: FromQuery[_Tenant | None] = None,
        in_state: InState = None,
        source: FromQuery[ComplaintSource | None] = None,
        month: FromQuery[date | None] = None,
        overdue: FromQuery[bool] = False,
        order: FromQuery[Order] = Order.NEWEST,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[ComplaintView]:
        """Newest first. `month` is its first day; `overdue` shows those whose answer is late."""
        async with services.database.transaction() as session:
            tenant_id = await _tenant_id(session, tenant) if tenant is not None else None
        filters = ComplaintFilter(
            tenant_id=tenant_id,
            state=in_state,
            source=source,
            month=month,
            late_at=services.clock.now() if overdue else None,
            oldest_first=order is Order.OLDEST,
        )
        return await page_of(services, filters, cursor, limit)

    @get("/months", summary="Complaints a month about a tenant", responses=problem_responses(404, 422))
    async def months(self, tenant: _Tenant, services: NamedDependency[Services]) -> list[MonthView]:
        """Against the contract's threshold, newest first; this month always, the others where a complaint counts."""
        async with services.database.transaction() as session:
            return await months_of(services, session, await _tenant_id(session, tenant))

    @get("/{complaint_id:uuid}", summary="Show a complaint about a tenant", responses=problem_responses(404))
    async def show(
        self, complaint_id: FromPath[UUID], services: NamedDependency[Services]
    ) -> ComplaintDetail:
        """With its calls, what proves them, and its history."""
        async with services.database.transaction() as session:
            row = await repository.find(session, complaint_id, None)
            if row is None:
                raise ComplaintNotFoundError
            return await detail_of(session, row, services, Side.OPERATOR)

    @post(
        "/{complaint_id:uuid}/pause",
        summary="Pause the script or the caller number",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def pause(
        self,
        complaint_id: FromPath[UUID],
        data: JSONBody[PauseRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ComplaintDetail:
        """Of the newest linked call, whatever the month's counter says; in force for the next call."""
        by = By(caller.actor, Side.OPERATOR, services.clock.now())
        async with services.database.transaction() as session:
            row = await pause_by_hand(session, complaint_id, data.what, data.text, by)
            return await detail_of(session, row, services, Side.OPERATOR)

    @post(
        "/{complaint_id:uuid}/resume",
        summary="End the pause",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def resume(
        self,
        complaint_id: FromPath[UUID],
        data: JSONBody[TextRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ComplaintDetail:
        """What another complaint holds back stays held."""
        by = By(caller.actor, Side.OPERATOR, services.clock.now())
        async with services.database.transaction() as session:
            row = await resume_by_hand(session, complaint_id, data.text, by)
            return await detail_of(session, row, services, Side.OPERATOR)

    @get(
        "/{complaint_id:uuid}/candidates/{kind:str}",
        summary="Find calls or messages to link to a complaint about a tenant",
        responses=problem_responses(404, 422),
    )
    async def find(
        self,
        *,
        complaint_id: FromPath[UUID],
        kind: FromPath[LinkKind],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        phone: Word = None,
        queue_number: Word = None,
        since: FromQuery[datetime | None] = None,
        until: FromQuery[datetime | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 20,
    ) -> Page[Candidate]:
        """Of the complaint's tenant, newest first. `phone` finds a number exactly; `since` is included, `until` is not."""
        search = Search(
            complaint_id=complaint_id,
            tenant_id=None,
            kind=LinkKind(kind),
            phone=phone,
            queue_number=queue_number,
            since=aware(since, "since"),
            until=aware(until, "until"),
            cursor=cursor,
            limit=limit,
        )
        return await candidates(services, search, By(caller.actor, Side.OPERATOR, services.clock.now()))

    @post(
        "/{complaint_id:uuid}/{kind:str}/{attempt_id:uuid}",
        summary="Link a call or a message to a complaint about a tenant",
        status_code=200,
        responses=problem_responses(404, 409, 422),
    )
    async def link(
        self,
        complaint_id: FromPath[UUID],
        kind: FromPath[LinkKind],
        attempt_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ComplaintDetail:
        """Found after the complaint came in. A second time changes nothing; month, counter and term stay."""
        by = By(caller.actor, Side.OPERATOR, services.clock.now())
        wish = LinkWish(complaint_id=complaint_id, tenant_id=None, kind=LinkKind(kind), attempt_id=attempt_id)
        return await relinked(services, link, wish, by)

    @delete(
        "/{complaint_id:uuid}/{kind:str}/{attempt_id:uuid}",
        summary="Unlink a call or a message from a complaint about a tenant",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def unlink(
        self,
        complaint_id: FromPath[UUID],
        kind: FromPath[LinkKind],
        attempt_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ComplaintDetail:
        """A pause that rests on it alone ends or moves. A second time changes nothing."""
        by = By(caller.actor, Side.OPERATOR, services.clock.now())
        wish = LinkWish(complaint_id=complaint_id, tenant_id=None, kind=LinkKind(kind), attempt_id=attempt_id)
        return await relinked(services, unlink, wish, by)

    @post(
        "/{complaint_id:uuid}/{step:str}",
        summary="Investigate, answer, close, dismiss, reopen or comment",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def step(
        self,
        complaint_id: FromPath[UUID],
        step: FromPath[OperatorAction],
        data: JSONBody[TextRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ComplaintDetail:
        """A dismissed complaint no longer counts, and pauses nothing."""
        by = By(caller.actor, Side.OPERATOR, services.clock.now())
        async with services.database.transaction() as session:
            row = await take_step(session, complaint_id, None, ComplaintStep(step), data.text, by)
            return await detail_of(session, row, services, Side.OPERATOR)


class ComplaintTermController(Controller):
    """Until when complaints are answered."""

    path = "/operator/complaint-terms"
    tags = _TAGS
    guards = _guards

    @get(summary="List the terms of answers", responses=problem_responses())
    async def list_terms(self, services: NamedDependency[Services]) -> list[TermView]:
        """In working days, by source."""
        async with services.database.transaction() as session:
            return await _terms(session)

    @put("/{source:str}", summary="Set the term of an answer", responses=problem_responses(422))
    async def set_term(
        self,
        source: FromPath[ComplaintSource],
        data: JSONBody[TermRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> list[TermView]:
        """What runs already keeps its term."""
        source_, now = ComplaintSource(source), services.clock.now()
        async with services.database.transaction() as session:
            before = {"working_days": (await repository.terms(session))[source_]}
            await repository.set_term(session, source_, data.working_days, caller.actor.name, now)
            views = await _terms(session)
            await record(
                session,
                caller.actor,
                action="complaint_term.set",
                subject=("complaint_term", source_),
                tenant_id=None,
                before=before,
                after={"working_days": data.working_days},
                now=now,
            )
        return views


async def _terms(session: AsyncSession) -> list[TermView]:
    found = await repository.terms(session)
    return [TermView(source=source, working_days=days) for source, days in found.items()]


async def _tenant_id(session: AsyncSession, slug: str) -> UUID:
    found = await repository.tenant_of(session, slug)
    if found is None:
        raise TenantUnknownError(tenant=slug)
    return found
