"""Take queue events in: idempotent, ordered by when things happened, set-based, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications import repository_intake as repository
from yunhu.domains.notifications.create import create_notifications
from yunhu.domains.notifications.errors import EventConflictError
from yunhu.domains.notifications.intake_events import Incoming
from yunhu.domains.notifications.intake_parameters import SlotChecker
from yunhu.domains.notifications.intake_scenarios import ScenarioBook
from yunhu.domains.notifications.intake_visit import Tools, Visit
from yunhu.domains.notifications.repository_record import Record
from yunhu.domains.notifications.schemas import EventAnswer
from yunhu.domains.notifications.stop import StopReason, stop_notifications
from yunhu.foundation.crypto import Vault

_encoder = msgspec.json.Encoder()


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What an event led to."""

    result: EventAnswer | EventConflictError
    duplicate: bool = False


class EventRaceError(Exception):
    """Another transaction recorded one of the ids in the meantime: roll back and look again."""


class Intake:
    """Judges batches of events. One a process; holds no state but caches."""

    def __init__(self, vault: Vault, book: ScenarioBook, checker: SlotChecker) -> None:
        self._vault = vault
        self._book = book
        self._checker = checker

    async def accept(
        self,
        session: AsyncSession,
        tenant_id: UUID,
        events: Sequence[Incoming],
        now: datetime,
        *,
        look: bool = True,
    ) -> list[Outcome]:
        """The outcome of each event, in the order given. Raises `EventRaceError`: then begin again and look.

        Without `look` every event is taken to be unknown, which saves a round trip; a known one is found when it
        is written.
        """
        event_ids = [event.said.event_id for event in events]
        known = await repository.known_events(session, tenant_id, event_ids) if look else {}
        outcomes = {event_id: (event.digest, event.answer) for event_id, event in known.items()}
        fresh: dict[str, Incoming] = {}
        for event in events:
            if event.said.event_id not in known:
                fresh.setdefault(event.said.event_id, event)
        answers = await self._judge(session, tenant_id, list(fresh.values()), now) if fresh else {}
        results = []
        for event in events:
            event_id = event.said.event_id
            if event_id in answers and answers[event_id][0] is event:
                results.append(Outcome(answers[event_id][1]))
            elif event_id in answers:
                first, answer = answers[event_id]
                results.append(_repeat(event, first.digest, answer))
            else:
                digest, stored = outcomes[event_id]
                results.append(_repeat(event, digest, msgspec.convert(stored, EventAnswer)))
        return results

    async def _judge(
        self, session: AsyncSession, tenant_id: UUID, fresh: Sequence[Incoming], now: datetime
    ) -> dict[str, tuple[Incoming, EventAnswer]]:
        scenarios = await self._book.of(session, tenant_id)
        record = Record(now)
        rows = await repository.lock_journeys(session, tenant_id, {e.journey_key for e in fresh}, now)
        refused = await repository.refused_callees(session, tenant_id, _callees(rows, fresh))
        tools = Tools(self._vault, self._checker, record, tenant_id, refused)
        visits = {
            (row.hall, row.day, row.queue_number): Visit(row, scenarios.get(row.hall), tools) for row in rows
        }
        answers = {}
        for event in sorted(fresh, key=lambda event: event.occurred_at):
            answers[event.said.event_id] = (event, visits[event.journey_key].judge(event))
        await self._supersede(session, tenant_id, list(visits.values()), record)
        journeys = [visit.row() for visit in visits.values()]
        events = _rows(answers.values())
        consents = {visit.consent.callee_index: visit.consent for visit in visits.values() if visit.consent}
        kept = await repository.keep(session, tenant_id, journeys, events, list(consents.values()), now)
        if kept != len(events):
            raise EventRaceError
        await self._create(session, tenant_id, list(visits.values()), record)
        await record.write(session)
        return answers

    async def _supersede(
        self, session: AsyncSession, tenant_id: UUID, visits: Sequence[Visit], record: Record
    ) -> None:
        superseding = {visit.id: visit.superseded_by for visit in visits if visit.superseded_by is not None}
        stopped = await stop_notifications(
            session, tenant_id, StopReason.SUPERSEDED, record, journeys=superseding.keys()
        )
        for journey_id, ids in stopped.by_journey.items():
            superseding[journey_id].superseded[:0] = ids

    async def _create(
        self, session: AsyncSession, tenant_id: UUID, visits: Sequence[Visit], record: Record
    ) -> None:
        await create_notifications(session, [draft for visit in visits for draft in visit.drafts], record)
        overtaken = [id_ for visit in visits for id_ in visit.overtaken]
        await stop_notifications(session, tenant_id, StopReason.SUPERSEDED, record, ids=overtaken)


def _callees(rows: Iterable[Any], fresh: Sequence[Incoming]) -> set[bytes]:
    known = {row.callee_index for row in rows if row.callee_index}
    return known | {event.callee_index for event in fresh if event.callee_index}


def _repeat(event: Incoming, digest: bytes, answer: EventAnswer) -> Outcome:
    if event.digest != digest:
        return Outcome(EventConflictError(event_id=event.said.event_id))
    return Outcome(answer, duplicate=True)


def _rows(answered: Iterable[tuple[Incoming, EventAnswer]]) -> list[repository.EventRow]:
    return [
        repository.EventRow(
            event_id=event.said.event_id,
            digest=event.digest,
            kind=event.said.event.value,
            hall=event.said.hall,
            journey_id=answer.journey_id,
            occurred_at=event.occurred_at,
            facts=event.facts.decode(),
            answer=_encoder.encode(answer).decode(),
        )
        for event, answer in answered
        if answer.journey_id is not None
    ]
