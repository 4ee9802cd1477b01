"""The clock of contracts: each contract is looked at once on every natural day."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts import repository
from yunhu.domains.contracts.advance import advance
from yunhu.domains.contracts.events import journal_of
from yunhu.domains.contracts.shortfall_subscriber import read_shortfalls
from yunhu.foundation.actor import system
from yunhu.foundation.clock import natural_day
from yunhu.foundation.jobs import Job

log = structlog.get_logger()

_CLOCK = system("contracts.clock")


async def turn_clock(session: AsyncSession, now: datetime) -> bool:
    """Do what today asks of one contract. True when there was one: there may be more."""
    today = natural_day(now)
    row = await repository.due_for_clock(session, today)
    if row is None:
        return False
    before = row.state
    async with journal_of(session, _CLOCK, now) as journal:
        row.clock_day = today
        await advance(journal, row)
    if row.state != before:
        log.info("contract.moved", contract=row.number, before=before, after=row.state)
    return True


def contract_jobs() -> Sequence[Job]:
    """What contracts do by themselves."""
    return (
        Job("contracts.clock", timedelta(minutes=1), turn_clock),
        Job("contracts.shortfalls", timedelta(seconds=30), read_shortfalls),
    )
