"""A complaint is linked to calls and messages that were found later, and unlinked from what it is not about (row C9)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.complaints import repository
from yunhu.domains.complaints.errors import (
    CallsUnknownError,
    MessagesUnknownError,
    PauseRestsOnItError,
    TooManyLinkedError,
)
from yunhu.domains.complaints.events import complaint_event
from yunhu.domains.complaints.history import By, audit, enter, shown
from yunhu.domains.complaints.models import Complaint
from yunhu.domains.complaints.pauses import pause, release
from yunhu.domains.complaints.register import threshold
from yunhu.domains.complaints.rules import (
    MOST_LINKED,
    About,
    LinkKind,
    Pause,
    Standing,
    concerned,
    to_pause,
)
from yunhu.domains.complaints.states import ComplaintState, ComplaintStep, Side, after
from yunhu.domains.complaints.steps import locked
from yunhu.foundation.actor import system
from yunhu.foundation.clock import SHANGHAI
from yunhu.foundation.outbox import publish

_RULE = system("complaints.threshold")


class LinkWish(msgspec.Struct, frozen=True, kw_only=True):
    """Which complaint, and to what."""

    complaint_id: UUID
    tenant_id: UUID | None
    """None: of whosever complaint it is."""
    kind: LinkKind
    attempt_id: UUID
    """Of the call or the message."""


class _Known(msgspec.Struct, frozen=True):
    """What a complaint is linked to and is still there, newest first."""

    calls: Sequence[Any]
    messages: Sequence[Any]
    tenant_id: UUID

    def of(self, what: Pause) -> list[UUID]:
        """Their scripts, or the caller numbers that their calls showed and that are still the tenant's."""
        if what is Pause.SCRIPT:
            rows = sorted((*self.calls, *self.messages), key=lambda row: row.id, reverse=True)
            return [row.script_id for row in rows]
        return [row.caller_number_id for row in self.calls if row.number_tenant_id == self.tenant_id]

    def one(self, what: Pause, kind: LinkKind, attempt_id: UUID) -> UUID | None:
        """The same of one of them."""
        own = self.calls if kind is LinkKind.CALLS else self.messages
        only = [row for row in own if row.id == attempt_id]
        of_call = kind is LinkKind.CALLS
        found = _Known(only if of_call else (), () if of_call else only, self.tenant_id).of(what)
        return found[0] if found else None


async def link(session: AsyncSession, wish: LinkWish, by: By) -> Complaint:
    """Link a call or a message of the tenant; a second time changes nothing.

    Month, counter and term stay. What the newest linked attempt says is concerned, and pauses where the month's
    complaints reached the threshold, as at registration; a pause that stands stays where it is.

    Raises `ComplaintNotFoundError`, `ComplaintStepError` once it is closed or dismissed, `CallsUnknownError`,
    `MessagesUnknownError`, `TooManyLinkedError`.
    """
    row = await locked(session, wish.complaint_id, wish.tenant_id)
    after(ComplaintState(row.state), ComplaintStep.LINK, by.side)
    linked = await repository.linked_ids(session, row.id, wish.kind)
    if wish.attempt_id in linked:
        return row
    at = await _moment(session, row, wish)
    if at is None:
        unknown = [str(wish.attempt_id)]
        raise (
            CallsUnknownError(unknown=unknown)
            if wish.kind is LinkKind.CALLS
            else MessagesUnknownError(unknown=unknown)
        )
    if len(linked) >= MOST_LINKED:
        raise TooManyLinkedError(most=MOST_LINKED)
    before = {**shown(row), wish.kind.value: linked}
    await repository.add_link(session, row, wish.kind, wish.attempt_id)
    enter(session, row, f"link_{wish.kind}", _told(wish.attempt_id, at), by)
    await _follow(session, row, await _known(session, row), {}, by)
    await audit(
        session, row, "link", before, by, besides={wish.kind.value: sorted([*linked, wish.attempt_id])}
    )
    return row


async def unlink(session: AsyncSession, wish: LinkWish, by: By) -> Complaint:
    """Take a link away; a second time changes nothing. Month, counter and term stay.

    A pause that nothing linked speaks for any more ends, or moves to what the newest remaining one concerns. That is
    the operator's to do, as ending a pause is.

    Raises `ComplaintNotFoundError`, `ComplaintStepError` once it is closed or dismissed, `PauseRestsOnItError`.
    """
    row = await locked(session, wish.complaint_id, wish.tenant_id)
    after(ComplaintState(row.state), ComplaintStep.UNLINK, by.side)
    linked = await repository.linked_ids(session, row.id, wish.kind)
    if wish.attempt_id not in linked:
        return row
    known = await _known(session, row)
    gone = {what: known.one(what, wish.kind, wish.attempt_id) for what in Pause}
    at = await _moment(session, row, wish)
    before = {**shown(row), wish.kind.value: linked}
    await repository.remove_link(session, row.id, wish.kind, wish.attempt_id)
    enter(session, row, f"unlink_{wish.kind}", _told(wish.attempt_id, at), by)
    await _follow(session, row, await _known(session, row), gone, by)
    left = [one for one in linked if one != wish.attempt_id]
    await audit(session, row, "unlink", before, by, besides={wish.kind.value: left})
    return row


async def _follow(
    session: AsyncSession, row: Complaint, known: _Known, gone: Mapping[Pause, UUID | None], by: By
) -> None:
    """What the complaint concerns now, with its pauses. Raises `PauseRestsOnItError`."""
    by_rule = By(_RULE, Side.OPERATOR, by.now)
    moved = []
    for what in Pause:
        held = row.script_paused_at if what is Pause.SCRIPT else row.number_paused_at
        current = row.script_id if what is Pause.SCRIPT else row.caller_number_id
        following = concerned(current, known.of(what), paused=held is not None, gone=gone.get(what))
        if following == current:
            continue
        if held is not None:
            if by.side is Side.TENANT:
                raise PauseRestsOnItError(what=what)
            await release(session, row, what, _REASONS["unlinked"], by_rule)
            await publish(session, [complaint_event("complaint.resumed", row, by.now)])
        if what is Pause.SCRIPT:
            row.script_id = following
        else:
            row.caller_number_id = following
        await session.flush()
        if following is not None:
            moved.append((what, held is not None))
    due = await _due(session, row, by.now)
    for what, was_held in moved:
        reason = _REASONS["moved"] if was_held else _REASONS["threshold"]
        if (was_held or what is due) and await pause(session, row, what, reason, by_rule):
            await publish(session, [complaint_event("complaint.paused", row, by.now, what=what)])


_REASONS = {
    "unlinked": "所依据的通话或短信已取消关联",
    "moved": "暂停随最近一次关联的通话或短信",
    "threshold": "当月投诉已达合同约定的件数",
}


async def _due(session: AsyncSession, row: Complaint, now: datetime) -> Pause | None:
    """What pauses by itself, by the month's counter as it stands."""
    counted = await repository.count(session, row.tenant_id, row.month, 0)
    return to_pause(About(row.about), Standing(counted, await threshold(session, row.tenant_id, now)))


async def _known(session: AsyncSession, row: Complaint) -> _Known:
    calls = await repository.linked_ids(session, row.id, LinkKind.CALLS)
    messages = await repository.linked_ids(session, row.id, LinkKind.MESSAGES)
    return _Known(
        await repository.calls_by_id(session, row.tenant_id, calls),
        await repository.messages_by_id(session, row.tenant_id, messages),
        row.tenant_id,
    )


async def _moment(session: AsyncSession, row: Complaint, wish: LinkWish) -> datetime | None:
    """When the call or the message began; None: it is not the tenant's, or it was removed."""
    return await repository.moment_of(session, row.tenant_id, wish.kind, wish.attempt_id)


def _told(attempt_id: UUID, at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} {attempt_id}" if at is not None else str(attempt_id)
