"""What the slice does by itself: it tells of answers that are late."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.complaints.history import By
from yunhu.domains.complaints.states import Side
from yunhu.domains.complaints.steps import tell_overdue
from yunhu.foundation.actor import system
from yunhu.foundation.jobs import Job

log = structlog.get_logger()

_CLOCK = system("complaints.clock")


async def look_for_overdue(session: AsyncSession, now: datetime) -> bool:
    """One complaint whose last day has passed. True when there was one."""
    late = await tell_overdue(session, By(_CLOCK, Side.OPERATOR, now))
    if late:
        log.warning("complaints.overdue")
    return late


def complaint_jobs() -> Sequence[Job]:
    """Soon after midnight; terms are counted in days."""
    return (Job("complaints.overdue", timedelta(minutes=10), look_for_overdue),)
