"""Pieces are held, charged and released exactly once, and never beyond quota and money."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.support.billing.builders import small_contract

from yunhu.domains.billing.public import hold, settle_call
from yunhu.domains.contracts.public import Charging, ItemKind
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id

VOICE = ItemKind.VOICE_NOTIFICATION


async def take(database: Database, tenant_id: UUID, clock: ManualClock, call_id: UUID | None = None) -> Any:
    call_id = call_id or new_id()
    async with database.transaction() as session:
        held = await hold(session, call_id=call_id, tenant_id=tenant_id, kind=VOICE, now=clock.now())
    return call_id if held else None


async def end(database: Database, call_id: UUID, clock: ManualClock, *, answered: bool) -> str | None:
    async with database.transaction() as session:
        return await settle_call(session, call_id=call_id, answered=answered, now=clock.now())


async def counted(database: Database) -> tuple[int, int, int]:
    """Held, used, and the sum of what was charged."""
    async with database.transaction() as session:
        quota = (
            await session.execute(
                text("SELECT held, used FROM quota_periods WHERE kind = 'voice_notification'")
            )
        ).one()
        amount = await session.scalar(text("SELECT coalesce(sum(amount), 0)::bigint FROM meter_entries"))
        account = (await session.execute(text("SELECT held, used FROM billing_accounts"))).one()
    assert account.used == amount
    assert (account.held == 0) == (quota.held == 0)
    return quota.held, quota.used, int(amount or 0)


async def test_given_a_quota_when_more_calls_run_side_by_side_then_no_more_are_held(
    database: Database, clock: ManualClock
) -> None:
    tenant_id, _ = await small_contract(database, clock.now(), quota=5, price=48)
    taken = await asyncio.gather(*(take(database, tenant_id, clock) for _ in range(12)))
    held = [call_id for call_id in taken if call_id]
    # Who was beaten to it says so and may ask again; nobody goes beyond.
    while len(held) < 5 and (again := await take(database, tenant_id, clock)):
        held.append(again)
    assert len(held) == 5
    assert await take(database, tenant_id, clock) is None
    await asyncio.gather(*(end(database, call_id, clock, answered=True) for call_id in held))
    assert await counted(database) == (0, 5, 48)


async def test_given_an_outcome_when_told_twice_and_at_once_then_it_is_charged_once(
    database: Database, clock: ManualClock
) -> None:
    tenant_id, _ = await small_contract(database, clock.now())
    call_id = await take(database, tenant_id, clock)
    assert await take(database, tenant_id, clock, call_id) == call_id
    said = await asyncio.gather(*(end(database, call_id, clock, answered=True) for _ in range(4)))
    assert sorted(str(word) for word in said) == ["None", "None", "None", "charged"]
    assert await counted(database) == (0, 1, 5)


async def test_given_no_answer_when_charged_on_answer_then_the_piece_is_free_again(
    database: Database, clock: ManualClock
) -> None:
    tenant_id, _ = await small_contract(database, clock.now(), quota=1)
    call_id = await take(database, tenant_id, clock)
    assert await take(database, tenant_id, clock) is None
    assert await end(database, call_id, clock, answered=False) == "released"
    assert await counted(database) == (0, 0, 0)
    assert await take(database, tenant_id, clock) is not None


async def test_given_no_answer_when_charged_on_attempt_then_it_counts_unless_nothing_left(
    database: Database, clock: ManualClock
) -> None:
    tenant_id, _ = await small_contract(database, clock.now(), charging=Charging.ON_ATTEMPT)
    assert await end(database, await take(database, tenant_id, clock), clock, answered=False) == "charged"
    call_id = await take(database, tenant_id, clock)
    async with database.transaction() as session:
        said = await settle_call(session, call_id=call_id, answered=False, attempted=False, now=clock.now())
    assert said == "released"
    assert await counted(database) == (0, 1, 5)


async def test_given_a_prepayment_when_it_is_used_up_then_nothing_more_is_held(
    database: Database, clock: ManualClock
) -> None:
    tenant_id, _ = await small_contract(database, clock.now(), prepayment=11)
    held = [await take(database, tenant_id, clock) for _ in range(3)]
    assert [call_id is not None for call_id in held] == [True, True, False]


async def test_given_a_crash_before_the_commit_when_tried_again_then_one_piece_is_held(
    database: Database, clock: ManualClock
) -> None:
    tenant_id, _ = await small_contract(database, clock.now(), quota=1)
    call_id = new_id()

    async def hold_and_die() -> None:
        async with database.transaction() as session:
            assert await hold(session, call_id=call_id, tenant_id=tenant_id, kind=VOICE, now=clock.now())
            raise RuntimeError("power is gone")

    with pytest.raises(RuntimeError, match="power"):
        await hold_and_die()
    assert await take(database, tenant_id, clock, call_id) == call_id
    assert (await counted(database))[0] == 1


async def test_given_a_charged_piece_when_somebody_changes_it_then_the_database_refuses(
    database: Database, clock: ManualClock
) -> None:
    tenant_id, _ = await small_contract(database, clock.now())
    call_id = await take(database, tenant_id, clock)
    clock.advance(timedelta(seconds=9))
    await end(database, call_id, clock, answered=True)
    for statement in ("UPDATE meter_entries SET amount = 1", "DELETE FROM meter_entries"):
        with pytest.raises(DBAPIError, match=r"settled once|are kept"):
            async with database.transaction() as session:
                await session.execute(text(statement))


async def test_given_no_contract_when_held_then_refused(database: Database, clock: ManualClock) -> None:
    assert await take(database, new_id(), clock) is None
