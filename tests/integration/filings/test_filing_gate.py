"""The gate's facts come out of the database as the rules need them; volume is taken exactly once each."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from tests.support.filings.builders import WIDE_PLAN, file_versions
from tests.support.hall.builders import add_script
from tests.support.hall.equipment import equip_hall

from yunhu.domains.filings.public import GATE_PART, FilingFacts, take_filed_volume
from yunhu.domains.notifications.public import TimeWindow
from yunhu.foundation.clock import natural_day
from yunhu.foundation.verdicts import Asked, Outcome

_FACTS = text(
    f"""
    WITH picked AS (
        SELECT CAST(:tenant_id AS uuid) AS tenant_id, CAST(:callee AS bytea) AS callee_index,
            CAST(:version AS uuid) AS script_version_id, CAST(NULL AS uuid) AS journey_id,
            CAST(:channel AS text) AS channel, CAST('your_turn' AS text) AS purpose,
            CAST(:plan AS jsonb) AS plan
    )
    SELECT (SELECT to_jsonb(facts) FROM ({GATE_PART.sql}) AS facts) FROM picked
    """
)


@pytest.fixture
def asks(database, hall, clock):
    async def ask(
        version_id, *, channel: str = "voice", at: datetime | None = None, plan: dict | None = None
    ) -> dict:
        now = at or clock.now()
        values = {
            "tenant_id": hall.tenant_id,
            "callee": bytes(16),
            "version": version_id,
            "channel": channel,
            "now": now,
            "day": natural_day(now),
            "plan": msgspec.json.encode(plan or {}).decode(),
        }
        async with database.transaction() as session:
            row = await session.scalar(_FACTS, values)
        facts = msgspec.convert(row, FilingFacts, strict=False)
        asked = Asked(now=now, channel=channel, purpose="your_turn", deadline=now + timedelta(hours=1))
        return {(found := rule(facts, asked)).rule: found for rule in GATE_PART.rules[channel]}

    return ask


@pytest.fixture
async def wording(database, hall, clock):
    async with database.transaction() as session:
        return await add_script(session, hall.tenant_id, "filed", "请到{window}号窗口", clock.now())


@pytest.fixture
async def filed(database, hall, clock, wording):
    async def file(**changes):
        plan = msgspec.structs.replace(WIDE_PLAN, **changes)
        async with database.transaction() as session:
            return await file_versions(
                session, hall.tenant_id, [wording], clock.now(), plan=plan, slug="gate"
            )

    return file


async def test_given_no_filing_when_asked_then_refused(asks, wording):
    findings = await asks(wording)

    assert {finding.outcome for name, finding in findings.items() if name != "filed_numbers"} == {
        Outcome.REFUSED
    }


async def test_given_a_filing_in_force_when_asked_then_allowed_with_its_id_and_hash(asks, filed, wording):
    version_id = await filed()

    findings = await asks(wording)

    assert {finding.outcome for finding in findings.values()} == {Outcome.ALLOWED}
    assert findings["filing_in_force"].saw["filing_version_id"] == str(version_id)
    assert len(findings["filing_in_force"].saw["text_hash"]) == 64


async def test_given_a_menu_that_is_not_filed_when_asked_then_refused(asks, filed, wording, hall):
    await filed()
    menu = str(hall.versions["menu"])
    keys = [{"key": "1", "action": "repeat"}, {"key": "9", "confirmation_version_id": menu}]

    assert (await asks(wording, plan={"menu_version_id": str(wording), "keys": keys[:1]}))[
        "filing_in_force"
    ].outcome is Outcome.ALLOWED
    finding = (await asks(wording, plan={"menu_version_id": menu, "keys": keys}))["filing_in_force"]

    assert (finding.outcome, finding.saw["reason"], finding.saw["unfiled"]) == (Outcome.REFUSED, "prompts", 1)


async def test_given_closed_hours_when_asked_then_deferred_to_the_opening(asks, filed, wording, clock):
    await filed(windows=(TimeWindow(days=(1, 2, 3, 4, 5), start="08:30", end="18:00"),))
    evening = datetime(2026, 2, 13, 11, 0, tzinfo=UTC)  # Friday, 19:00 China time

    finding = (await asks(wording, at=evening))["filed_window"]

    assert (finding.outcome, finding.until) == (Outcome.DEFERRED, datetime(2026, 2, 16, 0, 30, tzinfo=UTC))


async def test_given_the_volume_used_up_when_asked_then_deferred_to_the_next_day(
    asks, filed, wording, database, clock
):
    version_id = await filed(daily_calls=2)
    day = natural_day(clock.now())

    taken = []
    for _ in range(3):
        async with database.transaction() as session:
            taken.append(await take_filed_volume(session, version_id, day, voice=True))

    assert taken == [True, True, False]
    assert (await asks(wording))["filed_volume"].outcome is Outcome.DEFERRED
    assert (await asks(wording, at=clock.now() + timedelta(days=1)))[
        "filed_volume"
    ].outcome is Outcome.ALLOWED


async def test_given_many_takers_at_once_when_volume_is_taken_then_never_more_than_filed(
    filed, database, clock
):
    version_id = await filed(daily_calls=7)
    day = natural_day(clock.now())

    async def take() -> bool:
        async with database.transaction() as session:
            return await take_filed_volume(session, version_id, day, voice=True)

    assert sum(await asyncio.gather(*(take() for _ in range(30)))) == 7


async def test_given_calls_to_the_person_when_asked_then_frequency_counts_them(
    asks, filed, wording, database, hall, clock
):
    version_id = await filed(calls_per_callee=1, minutes_between_calls=30)
    await _call(database, hall, wording, version_id, clock.now() - timedelta(minutes=10))

    assert (await asks(wording))["filed_frequency"].saw == {"used": 1, "filed": 1}


async def test_given_a_recent_call_when_asked_then_deferred_until_rested(
    asks, filed, wording, database, hall, clock
):
    version_id = await filed(calls_per_callee=3, minutes_between_calls=30)
    await _call(database, hall, wording, version_id, clock.now() - timedelta(minutes=10))

    assert (await asks(wording))["filed_frequency"].until == clock.now() + timedelta(minutes=20)


async def test_given_two_filings_of_one_script_when_both_would_hold_then_the_database_refuses(
    database, hall, clock, wording, filed
):
    await filed()

    with pytest.raises(IntegrityError, match="ex_filing_scripts_in_force"):
        async with database.transaction() as session:
            await file_versions(session, hall.tenant_id, [wording], clock.now(), slug="second")


async def test_given_a_filed_draft_when_its_words_are_changed_then_the_database_refuses(
    database, filed, wording
):
    await filed()

    async def change() -> None:
        async with database.transaction() as session:
            for change in ("state = 'draft'", "text = 'x'"):
                await session.execute(
                    text(f"UPDATE script_versions SET {change} WHERE id = :id"), {"id": wording}
                )

    with pytest.raises(DBAPIError, match="cannot be changed"):
        await change()


async def _call(database, hall, wording, version_id, at) -> None:
    async with database.transaction() as session:
        trunk_id = await equip_hall(session, hall.tenant_id, at)
        await session.execute(
            text(
                """
                INSERT INTO nodes (id, name, state, started_at, heartbeat_at)
                VALUES (CAST(:id AS uuid), 'node', 'running', :at, :at)
                """
            ),
            {"id": wording, "at": at},
        )
        await session.execute(
            text(
                """
                INSERT INTO notifications (id, tenant_id, purpose, channel, script_version_id, parameters,
                    callee_cipher, callee_index, plan, priority, deadline, due_at, state, created_at, finished_at)
                VALUES (CAST(:id AS uuid), :tenant, 'your_turn', 'voice', :id, '{}', '', :callee, '{}', 1, :at, :at,
                    'delivered', :at, :at)
                """
            ),
            {"id": wording, "tenant": hall.tenant_id, "callee": bytes(16), "at": at},
        )
        await session.execute(
            text(
                """
                INSERT INTO calls (id, tenant_id, notification_id, attempt, callee_cipher, callee_index, day,
                    caller_number, caller_number_id, trunk_id, robot_id, node_id, script_version_id, text, verdict,
                    state, reserved_at, ended_at, result, ended_by, filing_version_id)
                SELECT CAST(:id AS uuid), :tenant, :id, 1, '', :callee, :day, n.e164, n.id, :trunk, r.id, :id, :id,
                    '', '{}', 'ended', :at, :at, 'answered', 'callee', :filing
                FROM caller_numbers AS n, robots AS r
                WHERE n.tenant_id = :tenant AND r.tenant_id = :tenant LIMIT 1
                """
            ),
            {
                "id": wording,
                "tenant": hall.tenant_id,
                "callee": bytes(16),
                "day": natural_day(at),
                "trunk": trunk_id,
                "at": at,
                "filing": version_id,
            },
        )
