"""What both sides' endpoints share."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.complaints import repository
from yunhu.domains.complaints.errors import ComplaintPhoneInvalidError
from yunhu.domains.complaints.history import By
from yunhu.domains.complaints.linking import LinkWish
from yunhu.domains.complaints.models import Complaint
from yunhu.domains.complaints.register import ComplaintWish, threshold
from yunhu.domains.complaints.repository import ComplaintFilter
from yunhu.domains.complaints.rules import month_of
from yunhu.domains.complaints.schemas import (
    ComplaintDetail,
    ComplaintView,
    Linked,
    MonthView,
    NewComplaint,
    complaint_detail,
    complaint_view,
    month_view,
)
from yunhu.domains.complaints.states import ComplaintState, Side
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor
from yunhu.foundation.phone import InvalidPhoneError, Phone

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
InState = Annotated[ComplaintState | None, QueryParameter(name="state")]
_MONTHS = 24

ChangeOfLink = Callable[[AsyncSession, LinkWish, By], Awaitable[Complaint]]


def wish_of(data: NewComplaint, tenant_id: UUID) -> ComplaintWish:
    """Raises `ComplaintPhoneInvalidError`."""
    try:
        phone = Phone.parse(data.phone) if data.phone is not None else None
    except InvalidPhoneError as error:
        raise ComplaintPhoneInvalidError(str(error)) from None
    return ComplaintWish(
        tenant_id=tenant_id,
        reference=data.reference,
        source=data.source,
        about=data.about,
        text=data.text,
        received_at=data.received_at,
        phone=phone,
        call_ids=tuple(dict.fromkeys(data.call_ids)),
        message_ids=tuple(dict.fromkeys(data.message_ids)),
        refuse=data.refuse,
    )


async def page_of(
    services: Services, filters: ComplaintFilter, cursor: str | None, limit: int
) -> Page[ComplaintView]:
    """Newest first."""
    before = decode_cursor(cursor, UUID) if cursor is not None else None
    async with services.database.transaction() as session:
        rows = await repository.complaints(session, filters, before=before, limit=limit + 1)
        tenants = await repository.tenants_of(session, {row.tenant_id for row in rows})
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    now = services.clock.now()
    return Page([complaint_view(row, tenants, services.vault, now) for row in rows[:limit]], more)


async def relinked(services: Services, change: ChangeOfLink, wish: LinkWish, by: By) -> ComplaintDetail:
    """The complaint after `link` or `unlink`, which say what they raise."""
    async with services.database.transaction() as session:
        row = await change(session, wish, by)
        return await detail_of(session, row, services, by.side)


async def detail_of(session: AsyncSession, row: Complaint, services: Services, side: Side) -> ComplaintDetail:
    """A complaint with its calls, its messages and its history, as that side may see it."""
    calls = await repository.evidence_of(session, row.id)
    linked = Linked(calls, await repository.messages_of(session, row.id), side)
    entries = await repository.entries_of(session, row.id)
    tenants = await repository.tenants_of(session, {row.tenant_id})
    proposal = await repository.proposal_of(session, row.suspension_id) if row.suspension_id else None
    return complaint_detail(row, tenants, linked, entries, proposal, services.vault, services.clock.now())


async def months_of(services: Services, session: AsyncSession, tenant_id: UUID) -> list[MonthView]:
    """This month and the last 24 in which a complaint counts, newest first."""
    now = services.clock.now()
    limit = await threshold(session, tenant_id, now)
    rows = await repository.months_of(session, tenant_id, _MONTHS)
    views = [month_view(row.month, row.counted, limit) for row in rows]
    current = month_of(now)
    if any(view.month == current for view in views):
        return views
    return [month_view(current, 0, limit), *views]
