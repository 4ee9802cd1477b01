"""What happens to a complaint after it came in."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.complaints import repository
from yunhu.domains.complaints.errors import ComplaintNotFoundError, NothingPausedError, NothingToPauseError
from yunhu.domains.complaints.events import complaint_event
from yunhu.domains.complaints.history import By, audit, enter, shown
from yunhu.domains.complaints.models import Complaint
from yunhu.domains.complaints.pauses import pause, resume
from yunhu.domains.complaints.register import follow_threshold
from yunhu.domains.complaints.rules import ComplaintSource, Pause, due_on
from yunhu.domains.complaints.states import (
    FINISHED,
    ComplaintState,
    ComplaintStep,
    after,
    counted_change,
)
from yunhu.foundation.calendar import load_calendar
from yunhu.foundation.outbox import publish

_TOLD = {
    ComplaintStep.ANSWER: "complaint.answered",
    ComplaintStep.CLOSE: "complaint.closed",
    ComplaintStep.DISMISS: "complaint.dismissed",
    ComplaintStep.REOPEN: "complaint.reopened",
}


async def take_step(
    session: AsyncSession, complaint_id: UUID, tenant_id: UUID | None, step: ComplaintStep, text: str, by: By
) -> Complaint:
    """One step of the table; without a tenant, of whosever complaint it is.

    Dismissing takes the complaint out of the month's counter and lets go what it pauses; reopening puts it back and
    begins its term anew. Raises `ComplaintNotFoundError`, `ComplaintSideError`, `ComplaintStepError`.
    """
    row = await locked(session, complaint_id, tenant_id)
    was, before = ComplaintState(row.state), shown(row)
    following = after(was, step, by.side)
    row.state = following
    row.finished_at = by.now if following in FINISHED else None
    if step is ComplaintStep.ANSWER:
        row.answered_at = row.answered_at or by.now
    if step is ComplaintStep.REOPEN:
        await _begin_anew(session, row, by)
    enter(session, row, step, text, by)
    await session.flush()
    if step is ComplaintStep.DISMISS and await resume(session, row, text, by):
        await publish(session, [complaint_event("complaint.resumed", row, by.now)])
    change = counted_change(was, following)
    if change:
        counted = await repository.count(session, row.tenant_id, row.month, change)
        if change > 0:
            await follow_threshold(session, row, counted, by)
    if step in _TOLD:
        await publish(session, [complaint_event(_TOLD[step], row, by.now)])
    await audit(session, row, step, before, by)
    return row


async def pause_by_hand(
    session: AsyncSession, complaint_id: UUID, what: Pause, reason: str, by: By
) -> Complaint:
    """A person holds back the script or the number, whatever the counter says. Raises `NothingToPauseError`."""
    row = await locked(session, complaint_id, None)
    before = shown(row)
    if not await pause(session, row, what, reason, by):
        raise NothingToPauseError
    await publish(session, [complaint_event("complaint.paused", row, by.now, what=what)])
    await audit(session, row, "pause", before, by, reason)
    return row


async def resume_by_hand(session: AsyncSession, complaint_id: UUID, reason: str, by: By) -> Complaint:
    """A person lets go what the complaint held back. Raises `NothingPausedError`."""
    row = await locked(session, complaint_id, None)
    before = shown(row)
    if not await resume(session, row, reason, by):
        raise NothingPausedError
    await publish(session, [complaint_event("complaint.resumed", row, by.now)])
    await audit(session, row, "resume", before, by, reason)
    return row


async def tell_overdue(session: AsyncSession, by: By) -> bool:
    """Tell of one complaint whose answer is late. True when there was one."""
    row = await repository.unanswered(session, by.now)
    if row is None:
        return False
    before = shown(row)
    row.overdue_told_at = by.now
    enter(session, row, "overdue", "", by)
    await publish(session, [complaint_event("complaint.overdue", row, by.now)])
    await audit(session, row, "overdue", before, by)
    return True


async def _begin_anew(session: AsyncSession, row: Complaint, by: By) -> None:
    days = (await repository.terms(session))[ComplaintSource(row.source)]
    row.due_on = due_on(by.now, days, await load_calendar(session))
    row.answered_at = row.overdue_told_at = None


async def locked(session: AsyncSession, complaint_id: UUID, tenant_id: UUID | None) -> Complaint:
    """A complaint for a step; without a tenant, of whosever it is. Raises `ComplaintNotFoundError`."""
    row = await repository.find(session, complaint_id, tenant_id, lock=True)
    if row is None:
        raise ComplaintNotFoundError
    return row
