"""Takes single events in for other slices: the same judgement as over the API, without its lanes and metrics."""

import time
from uuid import UUID

from yunhu.domains.notifications.errors import EventConflictError, IntakeBusyError
from yunhu.domains.notifications.intake import EventRaceError, Intake
from yunhu.domains.notifications.intake_events import Refused, make_incoming
from yunhu.domains.notifications.intake_parameters import SlotChecker
from yunhu.domains.notifications.intake_scenarios import ScenarioBook
from yunhu.domains.notifications.schemas import EventAnswer, QueueEventIn
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

_MOST_TRIES = 5


class EventDesk:
    """One a process."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._intake = Intake(vault, ScenarioBook(time.monotonic), SlotChecker())

    async def take(self, tenant_id: UUID, said: QueueEventIn) -> EventAnswer:
        """What the event led to. Raises `EventInvalidError`, `EventConflictError`, `IntakeBusyError`."""
        event = make_incoming(said, self._vault, self._clock.now())
        if isinstance(event, Refused):
            raise event.error
        for _ in range(_MOST_TRIES):
            try:
                async with self._database.transaction() as session:
                    (outcome,) = await self._intake.accept(session, tenant_id, [event], self._clock.now())
            except EventRaceError:
                continue
            if isinstance(outcome.result, EventConflictError):
                raise outcome.result
            return outcome.result
        raise IntakeBusyError
