"""Pages of lists, the same for both sides."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.incidents import repository
from yunhu.domains.incidents.models import FaultReport
from yunhu.domains.incidents.repository import FaultFilters, ListPlace
from yunhu.domains.incidents.schemas import (
    FaultDetail,
    FaultView,
    VisitView,
    fault_detail,
    fault_view,
    visit_view,
)
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor
from yunhu.foundation.http.filters import Order

Row = TypeVar("Row")
View = TypeVar("View")
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


def place_of(cursor: str | None, limit: int, order: Order = Order.NEWEST) -> ListPlace:
    """One row more than is shown tells whether there is another page."""
    after = decode_cursor(cursor, UUID) if cursor is not None else None
    return ListPlace(after, limit + 1, oldest_first=order is Order.OLDEST)


def page_of(
    rows: Sequence[Row], limit: int, view: Callable[[Row], View], id_of: Callable[[Row], UUID]
) -> Page[View]:
    """The page, with the cursor of the next one."""
    more = encode_cursor(id_of(rows[limit - 1])) if len(rows) > limit else None
    return Page([view(row) for row in rows[:limit]], more)


async def fault_page(services: Services, filters: FaultFilters, place: ListPlace) -> Page[FaultView]:
    """Fault reports."""
    now = services.clock.now()
    async with services.database.transaction() as session:
        rows = await repository.faults(session, filters, place)
    return page_of(rows, place.limit - 1, lambda row: fault_view(row, now), lambda row: row.id)


async def visit_page(
    services: Services, tenant_id: UUID | None, cursor: str | None, limit: int, *, pending: bool = False
) -> Page[VisitView]:
    """Support visits, newest first."""
    async with services.database.transaction() as session:
        rows = await repository.visits(session, tenant_id, place_of(cursor, limit), pending=pending)
    return page_of(rows, limit, visit_view, lambda row: row.id)


async def detail_of(session: AsyncSession, row: FaultReport, now: datetime) -> FaultDetail:
    """A fault report with its history."""
    return fault_detail(row, list(await repository.fault_entries(session, row.id)), now)
