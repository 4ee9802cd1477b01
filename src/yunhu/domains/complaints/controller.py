"""HTTP endpoints of complaints, for tenants."""

from datetime import date, datetime
from uuid import UUID

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from yunhu.domains.complaints import repository
from yunhu.domains.complaints.candidates import Search, candidates
from yunhu.domains.complaints.errors import ComplaintNotFoundError
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
    NewComplaint,
    TenantAction,
    TextRequest,
)
from yunhu.domains.complaints.states import ComplaintStep, Side
from yunhu.domains.complaints.steps import take_step
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Page, Services, problem_responses
from yunhu.foundation.http.filters import Order, Word, aware

_write = requires(Scope.COMPLAINTS_WRITE)


class ComplaintController(Controller):
    """投诉: complaints about the calls of the caller's own tenant."""

    path = "/complaints"
    tags = ("Complaints",)
    guards = (requires(Scope.COMPLAINTS_READ),)

    @post(summary="Register a complaint", guards=[_write], responses=problem_responses(409, 422))
    async def register(
        self,
        data: JSONBody[NewComplaint],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ComplaintDetail:
        """It counts in the month in which it was received; the answer's term begins at once."""
        by = By(caller.actor, Side.TENANT, services.clock.now())
        async with services.database.transaction() as session:
            row = await register(session, services.vault, wish_of(data, caller.tenant_id), by)
            return await detail_of(session, row, services, Side.TENANT)

    @get(summary="List complaints", responses=problem_responses(422))
    async def list_complaints(  # noqa: PLR0913, PLR0917 one parameter a filter of the API
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        in_state: InState = None,
        source: FromQuery[ComplaintSource | None] = None,
        month: FromQuery[date | None] = None,
        call_id: FromQuery[UUID | None] = None,
        message_id: FromQuery[UUID | None] = None,
        overdue: FromQuery[bool] = False,
        order: FromQuery[Order] = Order.NEWEST,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[ComplaintView]:
        """Newest first. `month` is its first day; `overdue` shows those whose answer is late."""
        filters = ComplaintFilter(
            tenant_id=caller.tenant_id,
            state=in_state,
            source=source,
            month=month,
            call_id=call_id,
            message_id=message_id,
            late_at=services.clock.now() if overdue else None,
            oldest_first=order is Order.OLDEST,
        )
        return await page_of(services, filters, cursor, limit)

    @get("/months", summary="Complaints a month", responses=problem_responses())
    async def months(
        self, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> list[MonthView]:
        """Against the contract's threshold, newest first; this month always, the others where a complaint counts."""
        async with services.database.transaction() as session:
            return await months_of(services, session, caller.tenant_id)

    @get("/{complaint_id:uuid}", summary="One complaint", responses=problem_responses(404))
    async def show(
        self,
        complaint_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ComplaintDetail:
        """With its calls, what proves them, and its history."""
        async with services.database.transaction() as session:
            row = await repository.find(session, complaint_id, caller.tenant_id)
            if row is None:
                raise ComplaintNotFoundError
            return await detail_of(session, row, services, Side.TENANT)

    @get(
        "/{complaint_id:uuid}/candidates/{kind:str}",
        summary="Find calls or messages to link",
        guards=[_write],
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
            tenant_id=caller.tenant_id,
            kind=LinkKind(kind),
            phone=phone,
            queue_number=queue_number,
            since=aware(since, "since"),
            until=aware(until, "until"),
            cursor=cursor,
            limit=limit,
        )
        return await candidates(services, search, By(caller.actor, Side.TENANT, services.clock.now()))

    @post(
        "/{complaint_id:uuid}/{kind:str}/{attempt_id:uuid}",
        summary="Link a call or a message",
        guards=[_write],
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
        by = By(caller.actor, Side.TENANT, services.clock.now())
        wish = LinkWish(
            complaint_id=complaint_id, tenant_id=caller.tenant_id, kind=LinkKind(kind), attempt_id=attempt_id
        )
        return await relinked(services, link, wish, by)

    @delete(
        "/{complaint_id:uuid}/{kind:str}/{attempt_id:uuid}",
        summary="Unlink a call or a message",
        guards=[_write],
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
        """A pause that rests on it alone ends or moves, which is the operator's to do: 409 `complaints.pause_rests_on_it`. A second time changes nothing."""
        by = By(caller.actor, Side.TENANT, services.clock.now())
        wish = LinkWish(
            complaint_id=complaint_id, tenant_id=caller.tenant_id, kind=LinkKind(kind), attempt_id=attempt_id
        )
        return await relinked(services, unlink, wish, by)

    @post(
        "/{complaint_id:uuid}/{step:str}",
        summary="Investigate, answer or comment",
        guards=[_write],
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def step(
        self,
        complaint_id: FromPath[UUID],
        step: FromPath[TenantAction],
        data: JSONBody[TextRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ComplaintDetail:
        """`investigate`, `answer` or `comment`; the other steps belong to the operator."""
        by = By(caller.actor, Side.TENANT, services.clock.now())
        async with services.database.transaction() as session:
            row = await take_step(session, complaint_id, caller.tenant_id, ComplaintStep(step), data.text, by)
            return await detail_of(session, row, services, Side.TENANT)
