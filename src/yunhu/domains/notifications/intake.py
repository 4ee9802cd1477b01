"""Take queue events in: idempotent, ordered by when things happened, set-based, in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from yunhu.domains.notifications import repository_intake as repository
from yunhu.domains.notifications.create import Draft, overtaken, tell_created, wake_for
from yunhu.domains.notifications.errors import EventConflictError
from yunhu.domains.notifications.intake_events import Incoming
from yunhu.domains.notifications.intake_parameters import SlotChecker
from yunhu.domains.notifications.intake_scenarios import LoadedScenario, ScenarioBook
from yunhu.domains.notifications.intake_visit import Tools, Visit
from yunhu.domains.notifications.repository_intake import JourneyRow, Kept, Seen
from yunhu.domains.notifications.repository_record import Record
from yunhu.domains.notifications.schemas import EventAnswer
from yunhu.domains.notifications.stop import stop_superseded
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id

_encoder = msgspec.json.Encoder()
_answers = msgspec.json.Decoder(EventAnswer)


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What an event led to."""

    result: EventAnswer | EventConflictError
    duplicate: bool = False


class EventRaceError(Exception):
    """Another transaction recorded an event or began a visit in the meantime: roll back and look again."""


class Intake:
    """Judges batches of events. One a process; holds no state but caches."""

    def __init__(self, database: Database, vault: Vault, book: ScenarioBook, checker: SlotChecker) -> None:
        self._database = database
        self._vault = vault
        self._book = book
        self._checker = checker

    async def accept(
        self,
        tenant_id: UUID,
        events: Sequence[Incoming],
        now: datetime,
        written: Callable[[], None] | None = None,
        *,
        again: bool = False,
    ) -> list[Outcome]:
        """The outcome of each event, in the order given; one transaction, committed. `written` is called before that.

        Raises `EventRaceError`: then nothing was kept, and it wants to be called `again`.
        """
        scenarios = await self._book.of(self._database, tenant_id)
        async with self._database.bare_transaction() as connection:
            seen = await self._look(connection, tenant_id, events)
            if again:
                # The first look may have waited for the very transaction whose events it could not see.
                seen = await self._look(connection, tenant_id, events)
            fresh: dict[str, Incoming] = {}
            for event in events:
                if event.said.event_id not in seen.known:
                    fresh.setdefault(event.said.event_id, event)
            batch = _Batch(connection, tenant_id, seen, scenarios, Record(now))
            answers = await self._judge(batch, list(fresh.values())) if fresh else {}
            if written is not None:
                written()
        return [_outcome(event, fresh.get(event.said.event_id), answers, seen) for event in events]

    async def _look(
        self, connection: asyncpg.Connection, tenant_id: UUID, events: Sequence[Incoming]
    ) -> Seen:
        return await repository.look(
            connection,
            tenant_id,
            [event.said.event_id for event in events],
            {event.journey_key for event in events},
            {event.callee_index for event in events if event.callee_index is not None},
        )

    async def _judge(self, batch: "_Batch", fresh: Sequence[Incoming]) -> dict[str, EventAnswer]:
        tools = Tools(self._vault, self._checker, batch.record, batch.tenant_id, batch.seen.refused)
        visits: dict[repository.VisitKey, Visit] = {}
        answers = {}
        for event in sorted(fresh, key=lambda event: event.occurred_at):
            visit = visits.get(event.journey_key)
            if visit is None:
                visit = visits[event.journey_key] = batch.visit_of(event, tools)
            answers[event.said.event_id] = visit.judge(event)
        await _supersede(batch, visits.values())
        kept = Kept(
            new=[visit.row() for visit in visits.values() if visit.is_new],
            old=[visit.row() for visit in visits.values() if not visit.is_new],
            events=[_row(event, answers[event.said.event_id]) for event in fresh],
            consents=list({v.consent.callee_index: v.consent for v in visits.values() if v.consent}.values()),
            drafts=[draft for visit in visits.values() for draft in _told(visit, batch.record)],
        )
        if not await repository.keep(batch.connection, batch.tenant_id, kept, batch.record):
            raise EventRaceError
        return answers


class _Batch(msgspec.Struct, frozen=True):
    """One transaction's work."""

    connection: asyncpg.Connection
    tenant_id: UUID
    seen: Seen
    scenarios: dict[str, LoadedScenario]
    record: Record

    def visit_of(self, event: Incoming, tools: Tools) -> Visit:
        """The event's visit, as it was found or as it begins now."""
        found = self.seen.visits.get(event.journey_key)
        hall, day, queue_number = event.journey_key
        row = found or JourneyRow(id=new_id(), hall=hall, day=day, queue_number=queue_number)
        return Visit(row, self.scenarios.get(hall), tools, is_new=found is None)


async def _supersede(batch: _Batch, visits: Iterable[Visit]) -> None:
    """Stop what was open before the batch of the visits that it moved on, and tell the answers which."""
    moved_on = {
        visit.id: visit.superseded_by
        for visit in visits
        if visit.superseded_by is not None and not visit.is_new
    }
    if not moved_on:
        return
    stopped = await stop_superseded(batch.connection, moved_on.keys(), batch.record)
    for journey_id, ids in stopped.by_journey.items():
        moved_on[journey_id].superseded[:0] = ids


def _told(visit: Visit, record: Record) -> Iterable[Draft]:
    """The visit's notifications as they are to be kept, put on the record."""
    for draft in visit.drafts:
        tell_created(draft, record)
        if draft.id in visit.overtaken:
            yield overtaken(draft, record)
        else:
            wake_for(draft, record)
            yield draft


def _outcome(event: Incoming, first: Incoming | None, answers: dict[str, EventAnswer], seen: Seen) -> Outcome:
    """`first` is the event of this id that was judged, if it was not known before."""
    event_id = event.said.event_id
    if first is event:
        return Outcome(answers[event_id])
    if first is not None:
        return _repeat(event, first.digest, answers[event_id])
    known = seen.known[event_id]
    return _repeat(event, known.digest, _answers.decode(known.answer))


def _repeat(event: Incoming, digest: bytes, answer: EventAnswer) -> Outcome:
    if event.digest != digest:
        return Outcome(EventConflictError(event_id=event.said.event_id))
    return Outcome(answer, duplicate=True)


def _row(event: Incoming, answer: EventAnswer) -> repository.EventRow:
    assert answer.journey_id is not None  # noqa: S101 what a visit answers has one
    return repository.EventRow(
        event_id=event.said.event_id,
        digest=event.digest,
        kind=event.said.event,
        hall=event.said.hall,
        journey_id=answer.journey_id,
        occurred_at=event.occurred_at,
        facts=event.facts.decode(),
        answer=_encoder.encode(answer).decode(),
    )
