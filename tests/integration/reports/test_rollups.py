"""Sums that the database keeps are what a full count says, whatever happened in whatever order."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support.hall.builders import Hall
from tests.support.reports.history import History, Told, begin_history

from yunhu.domains.reports import rollups
from yunhu.domains.reports.public import rebuild, verify
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

_RESULTS = ("answered", "busy", "no_answer", "rejected", "trunk_failure", "unknown")
_STATES = ("delivered", "failed", "expired", "superseded", "unknown")


class RandomHall:
    """Does random things to random rows."""

    def __init__(self, database: Database, history: History, start: datetime, seed: int) -> None:
        self._database = database
        self._history = history
        self._start = start
        self._random = random.Random(seed)
        self._notifications: list[tuple[UUID, datetime]] = []
        self._calls: list[tuple[UUID, datetime]] = []
        self._messages: list[tuple[UUID, datetime]] = []
        self._attempts = 0

    async def live(self, steps: int) -> None:
        """So many steps; about one in eight is rolled back."""
        acts = (
            self._begin,
            self._begin,
            self._dial,
            self._end,
            self._end,
            self._finish,
            self._text,
            self._receipt,
        )
        for _ in range(steps):
            await self._undo_now_and_then(self._random.choice(acts))
            if self._random.random() < 0.05:
                async with self._database.transaction() as session:
                    await rollups.fold(session, self._start)

    async def remove_some(self) -> int:
        """As retention does: the row goes, what it counted for stays."""
        gone = [call for call in self._calls if self._random.random() < 0.6]
        async with self._database.transaction() as session:
            found = await session.execute(
                text("DELETE FROM calls WHERE state = 'ended' AND id = ANY(:ids) RETURNING id"),
                {"ids": [id_ for id_, _ in gone]},
            )
            return len(found.all())

    async def _undo_now_and_then(self, act: Callable[[AsyncSession], Awaitable[None]]) -> None:
        async with self._database.sessions() as session:
            await act(session)
            await (session.rollback() if self._random.random() < 0.12 else session.commit())

    def _moment(self) -> datetime:
        return self._start + timedelta(minutes=self._random.randrange(3 * 24 * 60))

    def _pick(self, rows: list[tuple[UUID, datetime]]) -> tuple[UUID, datetime] | None:
        return self._random.choice(rows) if rows else None

    async def _begin(self, session: AsyncSession) -> None:
        at = self._moment()
        id_ = await self._history.notification(
            session,
            at,
            script=self._random.choice(("your-turn", "near-turn")),
            matter=self._random.choice((None, "社保", "户籍")),
            window=self._random.choice((None, "3", "12")),
        )
        self._notifications.append((id_, at))

    async def _dial(self, session: AsyncSession) -> None:
        if (found := self._pick(self._notifications)) is not None:
            self._attempts += 1
            at = found[1] + timedelta(seconds=self._attempts)
            call_id = await self._history.call(
                session,
                found[0],
                at,
                attempt=self._attempts,
                number=self._random.randrange(4),
                crowded=True,
            )
            self._calls.append((call_id, at))

    async def _end(self, session: AsyncSession) -> None:
        if (found := self._pick(self._calls)) is not None:
            told = Told(
                result=self._random.choice(_RESULTS),
                to_ring=self._random.choice((None, 0.4, 2.5)),
                ring=self._random.random() * 30,
                talk=self._random.choice((None, 0.0, 17.3)),
            )
            # Again at times, with another ending: no code does so, and the sums bear it.
            await self._history.end(session, found[0], found[1], told)

    async def _finish(self, session: AsyncSession) -> None:
        if (found := self._pick(self._notifications)) is not None:
            state = self._random.choice(_STATES)
            await self._history.finish(session, found[0], state, found[1])

    async def _text(self, session: AsyncSession) -> None:
        if (found := self._pick(self._notifications)) is not None:
            id_ = await self._history.message(session, found[0], found[1])
            self._messages.append((id_, found[1]))

    async def _receipt(self, session: AsyncSession) -> None:
        if (found := self._pick(self._messages)) is not None:
            state = self._random.choice(("delivered", "undelivered", "unknown"))
            await self._history.settle(session, found[0], state, found[1])


@pytest.mark.parametrize("seed", range(4))
async def test_given_random_histories_of_several_nodes_at_once_then_sums_are_what_a_full_count_says(
    database: Database, hall: Hall, vault: Vault, clock: ManualClock, seed: int
) -> None:
    history = await begin_history(database, hall, vault, clock.now())
    halls = [RandomHall(database, history, clock.now(), seed * 10 + i) for i in range(3)]
    await asyncio.gather(*(random_hall.live(100) for random_hall in halls))
    proof = await verify(database)
    assert proof.differences == []
    assert set(proof.totals) == {"call", "notification", "message"}
    assert sum([await random_hall.remove_some() for random_hall in halls]) > 0
    assert (await verify(database)).differences == []
    while await _fold(database, clock):
        pass
    kept = await _cells(database)
    assert (await verify(database)).differences == []
    await rebuild(database)
    assert await _cells(database) == kept


async def test_given_calls_that_end_while_sums_are_made_anew_then_none_is_lost_or_counted_twice(
    database: Database, hall: Hall, vault: Vault, clock: ManualClock
) -> None:
    history = await begin_history(database, hall, vault, clock.now())
    busy = RandomHall(database, history, clock.now(), 99)

    async def anew() -> None:
        for _ in range(5):
            await rebuild(database)

    await asyncio.gather(busy.live(120), anew())
    proof = await verify(database)
    assert proof.differences == []
    assert proof.totals["call"] > 0


async def test_given_a_sum_that_somebody_altered_then_the_proof_names_it_and_making_anew_mends_it(
    database: Database, hall: Hall, vault: Vault, clock: ManualClock
) -> None:
    history = await begin_history(database, hall, vault, clock.now())
    async with database.transaction() as session:
        await history.visit(session, clock.now())
    await _fold(database, clock)
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE report_cells SET n = n + 2 WHERE kind = 'call' AND dimension = 'total'")
        )
    (difference,) = (await verify(database)).differences
    assert (difference.kind, difference.dimension, difference.kept, difference.counted) == (
        "call",
        "total",
        3,
        1,
    )
    await rebuild(database)
    assert (await verify(database)).differences == []


async def test_given_two_transactions_that_end_calls_of_one_hour_then_neither_waits_for_the_other(
    database: Database, hall: Hall, vault: Vault, clock: ManualClock
) -> None:
    history = await begin_history(database, hall, vault, clock.now())
    async with database.transaction() as session:
        calls = []
        for _ in range(2):
            notification_id = await history.notification(session, clock.now())
            calls.append(await history.call(session, notification_id, clock.now(), crowded=True))
    async with asyncio.timeout(10), database.transaction() as one, database.transaction() as other:
        await history.end(one, calls[0], clock.now(), Told())
        await history.end(other, calls[1], clock.now(), Told())
    assert (await verify(database)).totals["call"] == 2


async def _fold(database: Database, clock: ManualClock) -> bool:
    async with database.transaction() as session:
        return await rollups.fold(session, clock.now())


async def _cells(database: Database) -> list[tuple[object, ...]]:
    async with database.transaction() as session:
        rows = await session.execute(
            text(
                "SELECT kind, dimension, bucket, script_id, state, value, removed, n, reached, rang, talk_ms, ring_ms "
                "FROM report_cells WHERE n <> 0 OR reached <> 0 OR talk_ms <> 0 OR ring_ms <> 0 ORDER BY 1,2,3,4,5,6,7"
            )
        )
        return [tuple(row) for row in rows]
