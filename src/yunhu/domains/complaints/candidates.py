"""Calls and messages that a complaint could be linked to: found by number, queue number and time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import look_once
from yunhu.domains.calls.public import CallFilters, calls_of
from yunhu.domains.complaints import repository
from yunhu.domains.complaints.errors import ComplaintNotFoundError, ComplaintPhoneInvalidError
from yunhu.domains.complaints.history import By
from yunhu.domains.complaints.models import Complaint
from yunhu.domains.complaints.rules import LinkKind
from yunhu.domains.complaints.schemas import Candidate, candidate
from yunhu.domains.complaints.states import Side
from yunhu.domains.notifications.public import NOTHING, abouts_of
from yunhu.domains.sms.public import MessageFilters, messages_of
from yunhu.foundation.db.paging import Place
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor
from yunhu.foundation.phone import InvalidPhoneError, Phone


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for, among the calls or messages of the complaint's tenant."""

    complaint_id: UUID
    tenant_id: UUID | None
    """None: of whosever complaint it is."""
    kind: LinkKind
    phone: str | None = None
    queue_number: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    cursor: str | None = None
    limit: int = 20


async def candidates(services: Services, search: Search, by: By) -> Page[Candidate]:
    """Newest first. An operator's search by a number is a look at the tenant's calls, and in its audit log (row D8).

    Raises `ComplaintNotFoundError`, `ComplaintPhoneInvalidError`.
    """
    index = _index(services, search.phone)
    async with services.database.transaction() as session:
        row = await repository.find(session, search.complaint_id, search.tenant_id)
        if row is None:
            raise ComplaintNotFoundError
        found = await _found(session, row.tenant_id, search, index)
        linked = set(await repository.linked_ids(session, row.id, search.kind))
        scripts = await repository.scripts_of_versions(session, {one.script_version_id for one in found})
        abouts = await abouts_of(session, (one.notification_id for one in found))
        if search.phone is not None and by.side is Side.OPERATOR:
            await _put_on_record(session, row, by)
    more = encode_cursor(found[search.limit - 1].id) if len(found) > search.limit else None
    views = [
        candidate(
            one,
            services.vault,
            by.side,
            queue_number=abouts.get(one.notification_id, NOTHING).queue_number,
            script=scripts.get(one.script_version_id),
            linked=one.id in linked,
        )
        for one in found[: search.limit]
    ]
    return Page(views, more)


async def _found(
    session: AsyncSession, tenant_id: UUID, search: Search, index: bytes | None
) -> Sequence[Any]:
    """One more than asked for, when there are more."""
    after = decode_cursor(search.cursor, UUID) if search.cursor is not None else None
    place = Place(after=after, limit=search.limit + 1, oldest_first=False)
    if search.kind is LinkKind.CALLS:
        calls = CallFilters(
            callee_index=index, queue_number=search.queue_number, since=search.since, until=search.until
        )
        return await calls_of(session, tenant_id, calls, place)
    messages = MessageFilters(
        callee_index=index, queue_number=search.queue_number, since=search.since, until=search.until
    )
    return await messages_of(session, tenant_id, messages, place)


def _index(services: Services, phone: str | None) -> bytes | None:
    if phone is None:
        return None
    try:
        return services.vault.index_of(Phone.parse(phone))
    except InvalidPhoneError as error:
        raise ComplaintPhoneInvalidError(str(error)) from None


async def _put_on_record(session: AsyncSession, row: Complaint, by: By) -> None:
    await look_once(
        session,
        by.actor,
        kind="callee",
        subject=("complaint", row.id),
        tenant_id=row.tenant_id,
        reason=row.reference,
        now=by.now,
    )
