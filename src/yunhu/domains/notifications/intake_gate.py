"""The door of the intake: transactions, their repetition, and what a request's answer is made of."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import CollectorRegistry, Counter

from yunhu.domains.notifications.errors import EventConflictError, IntakeBusyError
from yunhu.domains.notifications.intake import EventRaceError, Intake, Outcome
from yunhu.domains.notifications.intake_events import Incoming, Refused, make_incoming
from yunhu.domains.notifications.intake_lanes import Lanes, Written
from yunhu.domains.notifications.schemas import AnswerStatus, BatchAnswer, EventAnswer, QueueEventIn
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.http import problem_of

_MOST_TRIES = 5
_WORTH_REPEATING = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialization failure and of a deadlock."""

log = structlog.get_logger()


class IntakeGate:
    """Takes events of one tenant, commits, answers."""

    def __init__(self, vault: Vault, clock: Clock, intake: Intake, registry: CollectorRegistry) -> None:
        self._vault = vault
        self._clock = clock
        self._intake = intake
        self._lanes = Lanes(self._settle)
        self._counted = Counter(
            "yunhu_queue_events",
            "Queue events by what became of them.",
            ("event", "status"),
            registry=registry,
        )
        self._series: dict[tuple[str, str], Counter] = {}

    async def take_one(self, tenant_id: UUID, said: QueueEventIn) -> tuple[EventAnswer, bool]:
        """The answer, and whether the event was known before. Raises `EventInvalidError`, `EventConflictError`."""
        event = make_incoming(said, self._vault, self._clock.now())
        if isinstance(event, Refused):
            self._count(said.event.value, "rejected")
            raise event.error
        outcome = await self._lanes.submit(tenant_id, event)
        self._count_outcome(event, outcome)
        if isinstance(outcome.result, EventConflictError):
            raise outcome.result
        return outcome.result, outcome.duplicate

    async def take_batch(self, tenant_id: UUID, items: Sequence[QueueEventIn | Refused]) -> BatchAnswer:
        """The answers in the order of the events; one transaction."""
        now = self._clock.now()
        read = [
            item if isinstance(item, Refused) else make_incoming(item, self._vault, now) for item in items
        ]
        good = [item for item in read if isinstance(item, Incoming)]
        outcomes = iter(await self._settle(tenant_id, good) if good else ())
        answer = BatchAnswer([], [])
        for item in read:
            if isinstance(item, Refused):
                self._count("unknown", "rejected")
                answer.answers.append(_rejected(item))
                continue
            outcome = next(outcomes)
            self._count_outcome(item, outcome)
            answer.answers.append(_in_batch(item, outcome))
            if outcome.duplicate:
                answer.duplicates.append(item.said.event_id)
        return answer

    async def _settle(
        self, tenant_id: UUID, events: Sequence[Incoming], written: Written | None = None
    ) -> list[Outcome]:
        return await settle(self._intake, tenant_id, events, self._clock, written)

    def _count_outcome(self, event: Incoming, outcome: Outcome) -> None:
        if isinstance(outcome.result, EventConflictError):
            status = "conflict"
        else:
            status = "duplicate" if outcome.duplicate else outcome.result.status.value
        self._count(event.said.event.value, status)

    def _count(self, event: str, status: str) -> None:
        series = self._series.get((event, status))
        if series is None:
            series = self._series[event, status] = self._counted.labels(event, status)
        series.inc()


async def settle(
    intake: Intake, tenant_id: UUID, events: Sequence[Incoming], clock: Clock, written: Written | None = None
) -> list[Outcome]:
    """The outcomes, after however many tries it takes. Raises `IntakeBusyError`."""
    for tries in range(_MOST_TRIES):
        try:
            return await intake.accept(tenant_id, events, clock.now(), written, again=tries > 0)
        except EventRaceError:
            log.debug("intake.repeated", cause="race")
        except asyncpg.PostgresError as error:
            if error.sqlstate not in _WORTH_REPEATING:
                raise
            log.warning("intake.repeated", cause=error.sqlstate)
    raise IntakeBusyError


def _rejected(item: Refused) -> EventAnswer:
    return EventAnswer(event_id=item.event_id, status=AnswerStatus.REJECTED, problem=problem_of(item.error))


def _in_batch(event: Incoming, outcome: Outcome) -> EventAnswer:
    if isinstance(outcome.result, EventConflictError):
        return EventAnswer(
            event_id=event.said.event_id,
            status=AnswerStatus.CONFLICT,
            problem=problem_of(outcome.result),
        )
    return outcome.result
