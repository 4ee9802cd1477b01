"""What the slice does by itself: it ends notices, reaches newcomers, and tells of what is late."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.incidents import repository
from yunhu.domains.incidents.faults import By, tell_overdue_answer, tell_overdue_report
from yunhu.domains.incidents.notices import end_notice, reach_newcomer
from yunhu.domains.incidents.states import Side
from yunhu.domains.incidents.visits import plan_due_visits, tell_overdue_visit
from yunhu.foundation.actor import system
from yunhu.foundation.jobs import Job

log = structlog.get_logger()

_CLOCK = system("incidents.clock")


async def turn_notices(session: AsyncSession, now: datetime) -> bool:
    """One notice whose time is over, or one newcomer. True when there was one."""
    over = await repository.notice_over(session, now)
    if over is not None:
        await end_notice(session, over, "its time is over", actor=_CLOCK, now=now)
        return True
    return await reach_newcomer(session, now)


async def tell_overdue(session: AsyncSession, now: datetime) -> bool:
    """One answer, report or visit that is late. True when there was one."""
    by = By(_CLOCK, Side.OPERATOR, now)
    late = (
        await tell_overdue_answer(session, by)
        or await tell_overdue_report(session, by)
        or await tell_overdue_visit(session, _CLOCK, now)
    )
    if late:
        log.warning("incidents.overdue")
    return late


def incident_jobs() -> Sequence[Job]:
    """Each within a minute of the moment."""
    return (
        Job("incidents.visits", timedelta(minutes=1), plan_due_visits),
        Job("incidents.notices", timedelta(minutes=1), turn_notices),
        Job("incidents.overdue", timedelta(minutes=1), tell_overdue),
    )
