"""Takes single events in for other slices: the same judgement as over the API, without its lanes and metrics."""

import time
from uuid import UUID

from yunhu.domains.notifications.errors import EventConflictError
from yunhu.domains.notifications.intake import Intake
from yunhu.domains.notifications.intake_events import Refused, make_incoming
from yunhu.domains.notifications.intake_gate import settle
from yunhu.domains.notifications.intake_parameters import SlotChecker
from yunhu.domains.notifications.intake_scenarios import ScenarioBook
from yunhu.domains.notifications.schemas import EventAnswer, QueueEventIn
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database


class EventDesk:
    """One a process."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock
        self._intake = Intake(database, vault, ScenarioBook(time.monotonic), SlotChecker())

    async def take(self, tenant_id: UUID, said: QueueEventIn) -> EventAnswer:
        """What the event led to. Raises `EventInvalidError`, `EventConflictError`, `IntakeBusyError`."""
        event = make_incoming(said, self._vault, self._clock.now())
        if isinstance(event, Refused):
            raise event.error
        (outcome,) = await settle(self._intake, tenant_id, [event], self._clock)
        if isinstance(outcome.result, EventConflictError):
            raise outcome.result
        return outcome.result
