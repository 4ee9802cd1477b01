"""Use cases of support visits (row C14)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.incidents import repository
from yunhu.domains.incidents.errors import VisitDayError, VisitDoneError, VisitNotFoundError
from yunhu.domains.incidents.events import visit_event
from yunhu.domains.incidents.models import SupportVisit
from yunhu.domains.incidents.rules import visit_due
from yunhu.foundation.actor import Actor
from yunhu.foundation.calendar import WorkingCalendar, load_calendar
from yunhu.foundation.clock import day_start, natural_day
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import publish

LOOKED_BACK = timedelta(days=60)
"""Older activations were there before the house kept visits."""


async def plan_support_visit(
    session: AsyncSession, tenant_id: UUID, activated_on: date, calendar: WorkingCalendar
) -> UUID | None:
    """A visit within 5 working days after an activation; its id, or None where it was planned before.

    Raises `CalendarYearUnknownError`.
    """
    visit = SupportVisit(
        id=new_id(),
        tenant_id=tenant_id,
        activated_on=activated_on,
        due_on=visit_due(activated_on, calendar),
    )
    if not await repository.add_visit(session, visit):
        return None
    await publish(session, [visit_event("support_visit.planned", visit, day_start(activated_on))])
    return visit.id


async def plan_due_visits(session: AsyncSession, now: datetime) -> bool:
    """A visit for every contract that came into service lately and has none.

    By a look at the contracts and not with their activation: a year without a calendar must not keep a hall from
    calling. Raises `CalendarYearUnknownError`, so that the job is seen to fail until the year is uploaded.
    """
    activations = await repository.unvisited_activations(session, natural_day(now) - LOOKED_BACK)
    if activations:
        calendar = await load_calendar(session)
        for row in activations:
            await plan_support_visit(session, row.tenant_id, row.activated_on, calendar)
    return False


async def finish_visit(
    session: AsyncSession, visit_id: UUID, done_on: date, *, note: str, actor: Actor, now: datetime
) -> SupportVisit:
    """It took place. Raises `VisitNotFoundError`, `VisitDoneError`, `VisitDayError`."""
    row = await repository.visit(session, visit_id)
    if row is None:
        raise VisitNotFoundError
    if row.done_on is not None:
        raise VisitDoneError(done_on=row.done_on.isoformat())
    today = natural_day(now)
    if not row.activated_on <= done_on <= today:
        raise VisitDayError(activated_on=row.activated_on.isoformat(), today=today.isoformat())
    row.done_on, row.done_by, row.note = done_on, actor.name, note
    await session.flush()
    await publish(session, [visit_event("support_visit.done", row, now)])
    after = {"done_on": done_on, "note": note}
    await _record(session, actor, "support_visit.done", row, after=after, now=now)
    return row


async def tell_overdue_visit(session: AsyncSession, actor: Actor, now: datetime) -> bool:
    """Tell of one visit that is late. True when there was one."""
    row = await repository.overdue_visit(session, natural_day(now))
    if row is None:
        return False
    row.overdue_told_at = now
    await session.flush()
    await publish(session, [visit_event("support_visit.overdue", row, now)])
    await _record(session, actor, "support_visit.overdue", row, after={"overdue_told_at": now}, now=now)
    return True


async def _record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    row: SupportVisit,
    *,
    after: dict[str, object],
    now: datetime,
) -> None:
    await record(
        session,
        actor,
        action=action,
        subject=("support_visit", row.id),
        tenant_id=row.tenant_id,
        after=after,
        now=now,
    )
