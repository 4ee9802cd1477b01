"""HTTP endpoints of caller numbers: what a tenant sees of its own."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.numbers import repository
from yunhu.domains.numbers.errors import NumberNotFoundError
from yunhu.domains.numbers.models import CallerNumber, NumberState
from yunhu.domains.numbers.schemas import NumberDetail, NumberView, PoolDay, number_detail, number_view
from yunhu.foundation.clock import Clock, natural_day
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

_CURVE_DAYS = 90
_MOST_EVENTS = 200


class NumberController(Controller):
    """外显号码 of the caller's own tenant."""

    path = "/caller-numbers"
    tags = ("Caller numbers",)
    guards = (requires(Scope.NUMBERS_READ),)

    @get(summary="List caller numbers", responses=problem_responses(422))
    async def list_numbers(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        in_state: Annotated[NumberState | None, QueryParameter(name="state")] = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[NumberView]:
        """Newest first, with their health and what they carry just now."""
        filters = repository.NumberFilters(tenant_id=caller.tenant_id, state=in_state)
        return await page_of(services, filters, cursor, limit)

    @get("/{number_id:uuid}", summary="One caller number", responses=problem_responses(404))
    async def show(
        self, number_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> NumberDetail:
        """Use, health curve, history and papers."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await session.get(CallerNumber, number_id)
            if row is None or row.tenant_id != caller.tenant_id:
                raise NumberNotFoundError
            return await detail_of(session, row, services.clock, tenant_id=caller.tenant_id)


async def page_of(
    services: Services, filters: repository.NumberFilters, cursor: str | None, limit: int
) -> Page[NumberView]:
    """One page of a list."""
    before = decode_cursor(cursor, UUID) if cursor is not None else None
    async with services.database.transaction() as session:
        rows = await repository.numbers_of(session, filters, before=before, limit=limit + 1)
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page([number_view(row, services.clock.now()) for row in rows[:limit]], more)


async def detail_of(
    session: AsyncSession, row: CallerNumber, clock: Clock, *, tenant_id: UUID | None
) -> NumberDetail:
    """A number's page; for a tenant only what happened under itself."""
    since = natural_day(clock.now()) - timedelta(days=_CURVE_DAYS)
    days = [
        day
        for day in await repository.days_of(session, row.id, since)
        if tenant_id is None or day.tenant_id == tenant_id
    ]
    events = await repository.events_of(session, row.id, tenant_id, _MOST_EVENTS)
    papers = await repository.papers_of(session, row.id)
    owner = tenant_id or row.tenant_id
    pool = await repository.rest_of_pool(session, row.id, owner, since) if owner is not None else []
    return number_detail(
        number_view(row, clock.now()),
        days,
        [PoolDay(**point._mapping) for point in pool],
        list(events),
        list(papers),
    )
