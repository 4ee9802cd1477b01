"""What the gate sees of a contract, what allocation asks of it, and what shortfalls are measured."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import text
from tests.support.contracts.builders import TESTER, contract_wish, serve
from tests.support.hall.builders import Hall

from yunhu.domains.contracts.drafts import create
from yunhu.domains.contracts.events import journal_of
from yunhu.domains.contracts.gate import ContractFacts
from yunhu.domains.contracts.models_service import Qualification
from yunhu.domains.contracts.public import (
    GATE_PART,
    AllocationExceededError,
    Cause,
    CauseWish,
    ItemKind,
    active_contract,
    check_allocation,
    propose_suspension,
    quota_of,
    suspend_now,
)
from yunhu.domains.contracts.repository_parts import shortfalls_of
from yunhu.domains.contracts.shortfall_subscriber import read_shortfalls
from yunhu.foundation.clock import ManualClock, natural_day
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import Event, publish
from yunhu.foundation.verdicts import Asked, Outcome

TODAY = date(2026, 2, 9)


async def refusals(database: Database, tenant_id: UUID, clock: ManualClock) -> dict[str, dict[str, Any]]:
    """What the rules refuse today, and what they saw."""
    statement = text(
        f"""
        WITH picked AS (SELECT CAST(:tenant_id AS uuid) AS tenant_id)
        SELECT (SELECT to_jsonb(facts) FROM ({GATE_PART.sql}) AS facts) FROM picked
        """
    )
    now = clock.now()
    async with database.transaction() as session:
        values = {"tenant_id": tenant_id, "day": natural_day(now)}
        row = (await session.execute(statement, values)).scalar_one()
    facts = msgspec.convert(row, ContractFacts, strict=False)
    asked = Asked(now=now, channel="voice", purpose="your_turn", deadline=now + timedelta(minutes=5))
    assert GATE_PART.rules["voice"] == GATE_PART.rules["sms"]
    findings = [rule(facts, asked) for rule in GATE_PART.rules["voice"]]
    assert len(findings) == len(Cause) + 2
    return {finding.rule: finding.saw for finding in findings if finding.outcome is Outcome.REFUSED}


async def served(database: Database, hall: Hall, clock: ManualClock, **changes: Any) -> UUID:
    wish = contract_wish(TODAY, **changes)
    async with database.transaction() as session:
        return await serve(session, hall.tenant_id, clock.now(), wish=wish)


async def test_given_no_contract_when_asked_then_the_gate_refuses(
    database: Database, hall: Hall, clock: ManualClock
) -> None:
    assert await refusals(database, hall.tenant_id, clock) == {"contract_active": {"contract": None}}
    async with database.transaction() as session, journal_of(session, TESTER, clock.now()) as journal:
        await create(journal, hall.tenant_id, contract_wish(TODAY))
    assert "contract_active" in await refusals(database, hall.tenant_id, clock)


async def test_given_a_contract_in_service_when_asked_then_its_term_is_all_that_counts(
    database: Database, hall: Hall, clock: ManualClock
) -> None:
    await served(database, hall, clock)
    assert await refusals(database, hall.tenant_id, clock) == {}
    clock.advance(timedelta(days=364))
    assert await refusals(database, hall.tenant_id, clock) == {}
    clock.advance(timedelta(days=1))
    assert list(await refusals(database, hall.tenant_id, clock)) == ["contract_active"]


async def test_given_several_causes_when_asked_then_each_is_named(
    database: Database, hall: Hall, clock: ManualClock
) -> None:
    await served(database, hall, clock)
    async with database.transaction() as session:
        for cause in (Cause.DEVIATION, Cause.MANUAL):
            wish = CauseWish(cause=cause, reason="a rule")
            assert await suspend_now(session, TESTER, hall.tenant_id, wish, clock.now())
    found = await refusals(database, hall.tenant_id, clock)
    assert list(found) == ["contract_deviation", "contract_manual", "contract_active"]
    assert found["contract_active"]["state"] == "suspended"


async def test_given_a_complaint_when_only_proposed_then_calls_go_on(
    database: Database, hall: Hall, clock: ManualClock
) -> None:
    await served(database, hall, clock)
    wish = CauseWish(cause=Cause.COMPLAINT, subject="c-1", reason="1 this month")
    async with database.transaction() as session:
        assert await propose_suspension(session, TESTER, hall.tenant_id, wish, clock.now())
        assert await propose_suspension(session, TESTER, new_id(), wish, clock.now()) is None
    assert await refusals(database, hall.tenant_id, clock) == {}


async def test_given_a_document_that_expires_when_its_day_is_past_then_the_gate_knows_before_any_job(
    database: Database, hall: Hall, clock: ManualClock
) -> None:
    await served(database, hall, clock)
    async with database.transaction() as session:
        await session.execute(
            Qualification.__table__.update()  # type: ignore[attr-defined]
            .where(Qualification.kind == "subject_certificate")
            .values(valid_until=TODAY)
        )
    assert await refusals(database, hall.tenant_id, clock) == {}
    clock.advance(timedelta(days=1))
    assert await refusals(database, hall.tenant_id, clock) == {
        "contract_qualified": {"lacking": ["subject_certificate"]}
    }


@pytest.mark.parametrize(
    ("kind", "wanted", "fits"),
    [(ItemKind.ROBOT, 2, True), (ItemKind.ROBOT, 3, False), (ItemKind.CALLER_NUMBER, 40, True)],
)
async def test_given_a_contract_when_capacity_is_handed_out_then_not_beyond_its_items(
    database: Database, hall: Hall, clock: ManualClock, kind: ItemKind, wanted: int, fits: bool
) -> None:
    await served(database, hall, clock)
    async with database.transaction() as session:
        if fits:
            await check_allocation(session, hall.tenant_id, kind, wanted, TODAY)
        else:
            with pytest.raises(AllocationExceededError) as caught:
                await check_allocation(session, hall.tenant_id, kind, wanted, TODAY)
            assert caught.value.details == {"kind": kind, "wanted": wanted, "granted": 2}


async def test_given_a_contract_when_others_ask_then_items_and_quotas_are_told(
    database: Database, hall: Hall, clock: ManualClock
) -> None:
    await served(database, hall, clock)
    async with database.transaction() as session:
        contract = await active_contract(session, hall.tenant_id, TODAY)
        assert contract is not None
        assert contract.quota(ItemKind.VOICE_NOTIFICATION, TODAY) == 1_380_000
        assert await quota_of(session, hall.tenant_id, ItemKind.CALL_CARD, TODAY) == 1_380_000
        assert await quota_of(session, hall.tenant_id, ItemKind.CALL_CARD, date(2027, 2, 9)) == 0
        assert await active_contract(session, new_id(), TODAY) is None
        with pytest.raises(AllocationExceededError):
            await check_allocation(session, new_id(), ItemKind.ROBOT, 1, TODAY)


def _lost(tenant_id: UUID, at: Any, supplied: int, rule: str = "robot_free") -> Event:
    saw = {"robots": supplied, "free": 0} if rule == "robot_free" else {"usable": supplied, "free": 0}
    findings: list[Mapping[str, Any]] = [{"rule": rule, "outcome": "refused", "saw": saw}]
    payload = {"reason": rule, "verdict": {"outcome": "refused", "findings": findings}}
    return Event(tenant_id, "notification.expired", new_id(), payload, at)


async def test_given_lost_notifications_when_read_twice_then_each_counts_once(
    database: Database, hall: Hall, clock: ManualClock
) -> None:
    contract_id = await served(database, hall, clock)
    now = clock.now()
    async with database.transaction() as session:
        await publish(
            session,
            [
                _lost(hall.tenant_id, now, 1),
                _lost(hall.tenant_id, now, 0),
                _lost(hall.tenant_id, now, 2),  # all that is granted was there
                _lost(hall.tenant_id, now, 0, "caller_number_free"),
                _lost(new_id(), now, 0),  # no contract
                Event(hall.tenant_id, "notification.delivered", new_id(), {}, now),
            ],
        )
    for _ in range(3):
        async with database.transaction() as session:
            await read_shortfalls(session, now)
    async with database.transaction() as session:
        found = await shortfalls_of(session, contract_id)
    assert [(row.kind, row.granted, row.supplied, row.lost) for row in found] == [
        ("robot", 2, 0, 2),
        ("trunk", 40, 0, 1),
    ]
