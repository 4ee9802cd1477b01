"""A complaint comes in (row C9): it is counted, linked to calls, and stops what the threshold says it stops."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.complaints import repository
from yunhu.domains.complaints.errors import CallsUnknownError, ComplaintExistsError, MessagesUnknownError
from yunhu.domains.complaints.events import complaint_event
from yunhu.domains.complaints.history import By, audit, enter
from yunhu.domains.complaints.models import Complaint, ComplaintCall, ComplaintMessage
from yunhu.domains.complaints.pauses import pause
from yunhu.domains.complaints.rules import (
    WITHOUT_CONTRACT,
    About,
    ComplaintSource,
    Standing,
    check_received,
    due_on,
    month_of,
    to_pause,
)
from yunhu.domains.complaints.schemas import Linked
from yunhu.domains.complaints.states import ComplaintState, Side
from yunhu.domains.consent.public import RefusalSource, refuse
from yunhu.domains.contracts.public import Cause, CauseWish, complaint_threshold, propose_suspension
from yunhu.foundation.actor import ActorKind, system
from yunhu.foundation.calendar import load_calendar
from yunhu.foundation.clock import natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import publish
from yunhu.foundation.phone import Phone

log = structlog.get_logger()

_RULE = system("complaints.threshold")


class ComplaintWish(msgspec.Struct, frozen=True, kw_only=True):
    """What is registered."""

    tenant_id: UUID
    reference: str
    source: ComplaintSource
    about: About
    text: str
    received_at: datetime
    phone: Phone | None = None
    """Of the person who complains."""
    call_ids: Sequence[UUID] = ()
    message_ids: Sequence[UUID] = ()
    """Both left out: the calls and messages to that person in the 30 days before."""
    refuse: bool = True
    """Whether the person gets no further calls and texts."""


async def register(session: AsyncSession, vault: Vault, wish: ComplaintWish, by: By) -> Complaint:
    """Take a complaint; its term begins on the day on which it was received.

    Raises `ComplaintExistsError`, `ComplaintMomentError`, `CallsUnknownError`, `MessagesUnknownError`,
    `CalendarYearUnknownError`.
    """
    check_received(wish.received_at, by.now)
    known = await repository.by_reference(session, wish.tenant_id, wish.reference)
    if known is not None:
        raise ComplaintExistsError(id=str(known))
    linked = await _linked(session, vault, wish)
    row = await _row(session, vault, wish, linked, by)
    if wish.phone is not None and wish.refuse:
        await _refuse(session, vault, wish.tenant_id, wish.phone, by)
    await follow_threshold(session, row, await repository.count(session, row.tenant_id, row.month, 1), by)
    await publish(session, [complaint_event("complaint.registered", row, by.now)])
    await audit(session, row, "register", {}, by)
    return row


async def follow_threshold(session: AsyncSession, row: Complaint, counted: int, by: By) -> None:
    """At the threshold: alarm, pause what the complaint concerns, propose to suspend the contract."""
    standing = Standing(counted, await threshold(session, row.tenant_id, by.now))
    if not standing.reached:
        return
    said = {"counted": standing.counted, "threshold": standing.threshold}
    log.warning("complaints.threshold_reached", tenant_id=str(row.tenant_id), month=str(row.month), **said)
    await publish(session, [complaint_event("complaint.threshold_reached", row, by.now, **said)])
    by_rule = By(_RULE, Side.OPERATOR, by.now)
    reason = f"{row.month:%Y-%m} 已计入 {counted} 件投诉，达到合同约定的 {standing.threshold} 件"
    what = to_pause(About(row.about), standing)
    if what is not None and await pause(session, row, what, reason, by_rule):
        await publish(session, [complaint_event("complaint.paused", row, by.now, what=what)])
    # One proposal a month: the next complaint of the month finds it open.
    wish = CauseWish(cause=Cause.COMPLAINT, reason=reason, subject=f"complaints-{row.month:%Y-%m}")
    row.suspension_id = await propose_suspension(session, _RULE, row.tenant_id, wish, by.now)
    if row.suspension_id is not None:
        enter(session, row, "propose_suspension", reason, by_rule)
    await session.flush()


async def threshold(session: AsyncSession, tenant_id: UUID, now: datetime) -> int:
    """How many complaints a month raise the alarm."""
    agreed = await complaint_threshold(session, tenant_id, natural_day(now))
    return WITHOUT_CONTRACT if agreed is None else agreed


async def _row(session: AsyncSession, vault: Vault, wish: ComplaintWish, linked: Linked, by: By) -> Complaint:
    days = (await repository.terms(session))[wish.source]
    sealed = vault.seal_phone(wish.phone) if wish.phone is not None else None
    call = linked.calls[0] if linked.calls else None
    newest = max((call, *linked.messages[:1]), key=_age) if call else next(iter(linked.messages), None)
    # A number that was given to somebody else since is not this tenant's to pause.
    own_number = call is not None and call.number_tenant_id == wish.tenant_id
    row = Complaint(
        id=new_id(),
        tenant_id=wish.tenant_id,
        reference=wish.reference,
        source=wish.source,
        about=wish.about,
        text=wish.text,
        state=ComplaintState.REGISTERED,
        month=month_of(wish.received_at),
        callee_cipher=sealed.cipher if sealed else None,
        callee_index=sealed.index if sealed else None,
        script_id=newest.script_id if newest is not None else None,
        caller_number_id=call.caller_number_id if call is not None and own_number else None,
        received_at=wish.received_at,
        due_on=due_on(wish.received_at, days, await load_calendar(session)),
        registered_at=by.now,
        registered_by=by.actor.name,
        registered_side=by.side,
    )
    session.add(row)
    await session.flush()
    session.add_all(
        ComplaintCall(complaint_id=row.id, call_id=one.id, tenant_id=row.tenant_id) for one in linked.calls
    )
    session.add_all(
        ComplaintMessage(complaint_id=row.id, message_id=one.id, tenant_id=row.tenant_id)
        for one in linked.messages
    )
    enter(session, row, "register", wish.text, by)
    await session.flush()
    return row


def _age(row: Any) -> UUID:
    """Ids are in the order of time."""
    age: UUID = row.id
    return age


async def _linked(session: AsyncSession, vault: Vault, wish: ComplaintWish) -> Linked:
    """Newest first. Raises `CallsUnknownError`, `MessagesUnknownError`."""
    calls, messages = list(wish.call_ids), list(wish.message_ids)
    if not calls and not messages and wish.phone is not None:
        index = vault.index_of(wish.phone)
        calls = list(await repository.calls_to(session, wish.tenant_id, index, wish.received_at))
        messages = list(await repository.messages_to(session, wish.tenant_id, index, wish.received_at))
    found = Linked(
        await repository.calls_by_id(session, wish.tenant_id, calls) if calls else (),
        await repository.messages_by_id(session, wish.tenant_id, messages) if messages else (),
    )
    if unknown := _missing(calls, found.calls):
        raise CallsUnknownError(unknown=unknown)
    if unknown := _missing(messages, found.messages):
        raise MessagesUnknownError(unknown=unknown)
    return found


def _missing(ids: Sequence[UUID], rows: Sequence[Any]) -> list[str]:
    return sorted(str(id_) for id_ in set(ids) - {row.id for row in rows})


async def _refuse(session: AsyncSession, vault: Vault, tenant_id: UUID, phone: Phone, by: By) -> None:
    source = RefusalSource.OPERATOR
    if by.side is Side.TENANT:
        source = RefusalSource.AGENT if by.actor.kind is ActorKind.USER else RefusalSource.API
    await refuse(
        session,
        vault,
        tenant_id=tenant_id,
        phone=phone,
        source=source,
        call_id=None,
        now=by.now,
        by=by.actor.name,
    )
