"""HTTP endpoints for calls."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from yunhu.domains.calls.errors import CallNotFoundError
from yunhu.domains.calls.listing import CallFilters, call_of, calls_of
from yunhu.domains.calls.models import CallState
from yunhu.domains.calls.schemas import CallDetail, CallView, call_detail, call_view
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.notifications.public import NOTHING, abouts_of
from yunhu.foundation.db.paging import Place
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses
from yunhu.foundation.http.filters import Order, Word, aware, phone_index, stored_number
from yunhu.telephony.port import ResultClass


class CallController(Controller):
    """Calls of the caller's own tenant."""

    path = "/calls"
    tags = ("Calls",)
    guards = (requires(Scope.CALLS_READ),)

    @get(summary="List calls", responses=problem_responses(422))
    async def list_calls(  # noqa: PLR0913 one parameter a filter of the API
        self,
        *,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        in_state: Annotated[CallState | None, QueryParameter(name="state")] = None,
        result: FromQuery[ResultClass | None] = None,
        notification_id: FromQuery[UUID | None] = None,
        script_id: FromQuery[UUID | None] = None,
        caller_number: Word = None,
        queue_number: Word = None,
        phone: Word = None,
        since: FromQuery[datetime | None] = None,
        until: FromQuery[datetime | None] = None,
        order: FromQuery[Order] = Order.NEWEST,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[CallView]:
        """Newest first, or oldest first. `phone` finds a number exactly; `since` is included, `until` is not."""
        filters = CallFilters(
            state=in_state,
            result=result,
            notification_id=notification_id,
            script_id=script_id,
            caller_number=stored_number(caller_number),
            queue_number=queue_number,
            callee_index=phone_index(services.vault, phone),
            since=aware(since, "since"),
            until=aware(until, "until"),
        )
        after = decode_cursor(cursor, UUID) if cursor is not None else None
        place = Place(after=after, limit=limit + 1, oldest_first=order is Order.OLDEST)
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            rows = await calls_of(session, caller.tenant_id, filters, place)
            abouts = await abouts_of(session, (row.notification_id for row in rows))
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        views = [
            call_view(row, services.vault, abouts.get(row.notification_id, NOTHING)) for row in rows[:limit]
        ]
        return Page(views, more)

    @get("/{call_id:uuid}", summary="Show a call", responses=problem_responses(404))
    async def show(
        self, call_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> CallDetail:
        """With the gate's verdict and what was spoken."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await call_of(session, caller.tenant_id, call_id)
            if row is None:
                raise CallNotFoundError(f"there is no call {call_id}")
            abouts = await abouts_of(session, [row.notification_id])
        return call_detail(row, services.vault, abouts.get(row.notification_id, NOTHING))
