"""Which number is shown, asked of PostgreSQL itself."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.support.hall.builders import Hall
from tests.support.hall.equipment import equip_hall

from yunhu.domains.numbers.public import COUNT, SHOWABLE, TAKE, clock_columns
from yunhu.domains.numbers.rotation import BELOW_LIMITS
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.db import Database

_SHOW = text(f"WITH taken AS ({TAKE}) UPDATE caller_numbers AS n SET {COUNT} FROM taken WHERE n.id = taken.id "
             "RETURNING n.id, n.e164")  # fmt: skip
_FREE = text(f"SELECT count(*) FROM caller_numbers AS n WHERE {SHOWABLE} AND {BELOW_LIMITS}")


class Pool:
    """A hall's numbers, shown one by one."""

    def __init__(self, database: Database, clock: ManualClock, tenant_id: UUID, trunk_id: UUID) -> None:
        self.database, self.clock, self.tenant_id, self.trunk_id = database, clock, tenant_id, trunk_id

    async def show(self, callee: bytes = b"x" * 16) -> str | None:
        """The number that a call would show now, counted; it rings until `hung_up`."""
        values = {
            **clock_columns(self.clock.now()),
            "tenant_id": self.tenant_id,
            "trunks": [self.trunk_id],
            "callee_index": callee,
        }
        async with self.database.transaction() as session:
            row = (await session.execute(_SHOW, values)).one_or_none()
        return row.e164 if row else None

    async def hung_up(self) -> None:
        await self.execute("UPDATE caller_numbers SET live_calls = 0")

    async def execute(self, statement: str, **values: Any) -> None:
        async with self.database.transaction() as session:
            await session.execute(text(statement), values)

    async def free(self) -> int:
        async with self.database.transaction() as session:
            return (await session.scalar(_FREE, clock_columns(self.clock.now()))) or 0


@pytest.fixture
async def pool(database: Database, clock: ManualClock, hall: Hall) -> Pool:
    async with database.transaction() as session:
        trunk_id = await equip_hall(session, hall.tenant_id, clock.now(), numbers=4, limit=5)
    return Pool(database, clock, hall.tenant_id, trunk_id)


async def test_given_equal_numbers_when_many_calls_leave_then_they_take_turns(pool: Pool) -> None:
    shown = Counter([await pool.show() for _ in range(12)])
    assert set(shown.values()) == {3}


async def test_given_limits_when_they_are_reached_then_nothing_is_shown_until_the_clock_moves_on(
    pool: Pool,
) -> None:
    assert len([1 for _ in range(20) if await pool.show()]) == 20
    await pool.hung_up()
    assert await pool.show() is None
    await pool.execute("UPDATE caller_numbers SET per_hour = 100, per_day = 100")
    assert await pool.show() is None, "the minute is full"
    pool.clock.advance(timedelta(minutes=1))
    assert await pool.show() is not None


async def test_given_calls_that_still_ring_when_the_concurrent_limit_is_reached_then_none_is_shown(
    pool: Pool,
) -> None:
    await pool.execute("UPDATE caller_numbers SET max_concurrent = 1")
    assert len({await pool.show() for _ in range(4)}) == 4
    assert await pool.show() is None
    await pool.hung_up()
    assert await pool.show() is not None


@pytest.mark.parametrize(
    "change",
    [
        "state = 'held'",
        "state = 'quarantined'",
        "state = 'released'",
        "state = 'available', tenant_id = NULL",
        "valid_until = '2026-02-08'",
        "valid_from = '2026-02-10'",
        "region = '21'",
        "cooling_until = '2026-02-09T03:00:00Z'",
    ],
)
async def test_given_a_number_that_may_not_be_shown_when_calls_leave_then_it_never_is(
    pool: Pool, change: str
) -> None:
    await pool.execute(f"UPDATE caller_numbers SET {change} WHERE e164 <> '+862988880002'")
    assert [await pool.show() for _ in range(6)] == ["+862988880002"] * 5 + [None]
    assert await pool.free() == 0


async def test_given_the_last_day_of_a_number_when_midnight_in_china_has_passed_then_it_is_gone(
    pool: Pool,
) -> None:
    await pool.execute("UPDATE caller_numbers SET valid_until = '2026-02-09'")
    pool.clock.set(pool.clock.now().replace(hour=15, minute=59, second=59))
    assert await pool.show() is not None
    pool.clock.advance(timedelta(seconds=1))
    assert await pool.show() is None


async def test_given_poor_health_when_healthy_numbers_are_left_then_they_go_first(pool: Pool) -> None:
    await pool.execute("UPDATE caller_numbers SET health = 10 WHERE e164 = '+862988880000'")
    assert "+862988880000" not in {await pool.show() for _ in range(15)}
    assert {await pool.show() for _ in range(5)} == {"+862988880000"}
