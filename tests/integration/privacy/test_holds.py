"""Holds on calls, persons and periods: nothing under one goes, everything else does, and after lifting it goes, too."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from sqlalchemy import text
from tests.support.hall.builders import Hall, build_hall
from tests.support.privacy.pruning import NOW, TESTER, counts, erase, prune
from tests.support.privacy.rows import add_visit

from yunhu.domains.privacy.errors import HoldInvalidError
from yunhu.domains.privacy.holds import HoldWish, kind_of, lift_hold, lift_one_ended, place_hold
from yunhu.foundation.crypto import SealedPhone, Vault
from yunhu.foundation.db import Database
from yunhu.foundation.phone import Phone
from yunhu.foundation.settings import Settings

DESK = "/api/v1/operator/legal-holds"
QUERY = {"tenant": "yanta"}
PHONE = "13812345678"
PERSONS = (b"person-0", b"person-1", b"person-2")
SCRIPTS = ("your-turn", "near-turn")
FIRST = date(2021, 3, 1)


class Row(msgspec.Struct, frozen=True):
    """A call with a text to the same person, or a text alone; beyond every term."""

    call_id: UUID
    called: bool
    tenant: UUID
    person: bytes
    script: str
    day: date


def keeps(wish: HoldWish, of: UUID, row: Row) -> bool:
    """What a hold means, said once more: the independent judge of the statements."""
    if wish.call_id is not None:
        return row.called and row.call_id == wish.call_id
    if row.tenant != of:
        return False
    if wish.callee is not None:
        return row.person == wish.callee.index
    assert wish.days is not None
    within = wish.days[0] <= row.day <= wish.days[1]
    return within and wish.script in {None, row.script}


async def _rows(database: Database, halls: list[Hall], dice: random.Random) -> list[Row]:
    rows = []
    async with database.transaction() as session:
        for _ in range(30):
            hall, called = dice.choice(halls), dice.random() < 0.6
            person, script = dice.choice(PERSONS), dice.choice(SCRIPTS)
            day = FIRST + timedelta(days=dice.randrange(5))
            at = datetime(day.year, day.month, day.day, dice.choice((0, 15)), 30, tzinfo=UTC)
            call_id = await add_visit(
                session,
                hall.tenant_id,
                at,
                recorded=False,
                without=() if called else ("calls",),
                callee=person,
                version=hall.versions[script],
            )
            rows.append(Row(call_id, called, hall.tenant_id, person, script, day))
    return rows


def _wishes(rows: list[Row], dice: random.Random) -> list[HoldWish]:
    first = FIRST + timedelta(days=dice.randrange(5))
    called = [row.call_id for row in rows if row.called]
    every = [
        HoldWish(reason="complaint 1", call_id=dice.choice(called)),
        HoldWish(reason="complaint 2", callee=SealedPhone(b"", dice.choice(PERSONS))),
        HoldWish(reason="complaint 3", days=(first, first + timedelta(days=dice.randrange(2)))),
        HoldWish(reason="complaint 4", days=(FIRST, FIRST + timedelta(days=2)), script=dice.choice(SCRIPTS)),
    ]
    return dice.sample(every, dice.randrange(1, 4))


async def _left(database: Database) -> tuple[set[UUID], int]:
    """Calls that are left, and how many texts are."""
    async with database.transaction() as session:
        calls = set(await session.scalars(text("SELECT id FROM calls")))
        return calls, await session.scalar(text("SELECT count(*) FROM sms_messages")) or 0


@pytest.mark.parametrize("seed", range(5))
async def test_given_any_holds_when_pruned_then_exactly_what_they_name_stays_until_they_are_lifted(
    database: Database, vault: Vault, hall: Hall, seed: int
) -> None:
    dice = random.Random(seed)
    other = await build_hall(database, vault, NOW, slug="other")
    rows = await _rows(database, [hall, other], dice)
    own = [row for row in rows if row.tenant == hall.tenant_id]
    wishes = _wishes(own, dice)
    holds = []
    for wish in wishes:
        async with database.transaction() as session:
            row = await place_hold(session, TESTER, tenant_id=hall.tenant_id, wish=wish, now=NOW)
            holds.append(row.id)
    standing = dict(zip(holds, wishes, strict=True))
    day = 0
    while True:
        await prune(database, NOW + timedelta(days=day))
        kept = [row for row in rows if any(keeps(wish, hall.tenant_id, row) for wish in standing.values())]
        assert await _left(database) == ({row.call_id for row in kept if row.called}, len(kept))
        left = await counts(database)
        assert {left[table] for table in ("notifications", "timeline_entries", "journeys")} == {len(kept)}
        if not standing:
            break
        async with database.transaction() as session:
            found = await session.execute(
                text("SELECT id, calls_saved, messages_saved FROM legal_holds WHERE lifted_at IS NULL")
            )
            for hold in found:
                saved = [row for row in rows if keeps(standing[hold.id], hall.tenant_id, row)]
                assert (hold.calls_saved, hold.messages_saved) == (
                    sum(row.called for row in saved),
                    len(saved),
                )
            lifted = dice.choice(list(standing))
            await lift_hold(session, TESTER, tenant_id=hall.tenant_id, hold_id=lifted, now=NOW)
        del standing[lifted]
        day += 1
    assert await _left(database) == (set(), 0)


async def test_given_a_recording_that_is_due_when_its_person_is_held_then_its_file_stays(
    database: Database, hall: Hall, settings: Settings
) -> None:
    at = NOW - timedelta(days=400)
    async with database.transaction() as session:
        await add_visit(session, hall.tenant_id, at, callee=PERSONS[0])
        await add_visit(session, hall.tenant_id, at, callee=PERSONS[1])
    await prune(database)
    wish = HoldWish(reason="complaint 9", callee=SealedPhone(b"", PERSONS[0]))
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(erase_due_at) FROM recordings")) == 2
        await place_hold(session, TESTER, tenant_id=hall.tenant_id, wish=wish, now=NOW)
    assert await erase(database, settings, NOW + timedelta(days=1, minutes=1)) == 1
    async with database.transaction() as session:
        kept = text(
            "SELECT callee_index FROM calls AS c JOIN recordings AS r ON r.call_id = c.id WHERE r.erased_at IS NULL"
        )
        assert list(await session.scalars(kept)) == [PERSONS[0]]


async def test_given_a_hold_with_a_last_day_when_that_is_over_then_it_is_lifted_by_the_system_once(
    database: Database, hall: Hall, operator_client: httpx.AsyncClient
) -> None:
    body = {"phone": PHONE, "reason": "complaint 5", "ends_on": "2026-02-12"}
    made = (await operator_client.post(DESK, json=body, params=QUERY)).json()
    assert (made["kind"], made["callee"], made["ends_on"]) == ("callee", "138****5678", "2026-02-12")

    async def look(now: datetime) -> bool:
        async with database.transaction() as session:
            return await lift_one_ended(session, now)

    # The last day counts whole, in China time.
    assert await look(datetime(2026, 2, 12, 15, 59, tzinfo=UTC)) is False
    assert [await look(datetime(2026, 2, 12, 16, 1, tzinfo=UTC)) for _ in range(2)] == [True, False]
    [shown] = (await operator_client.get(DESK, params=QUERY)).json()["items"]
    assert (shown["lifted_at"], shown["lifted_by"]) == ("2026-02-12T16:01:00Z", "retention")


async def test_given_holds_of_each_kind_when_placed_then_both_sides_see_what_they_may_and_filters_find_them(
    operator_client: httpx.AsyncClient,
    client: httpx.AsyncClient,
    database: Database,
    hall: Hall,
    vault: Vault,
) -> None:
    sealed = vault.seal_phone(Phone.parse(PHONE))
    async with database.transaction() as session:
        call = await add_visit(session, hall.tenant_id, NOW, callee=sealed.index)
        await session.execute(text("UPDATE calls SET callee_cipher = :c"), {"c": sealed.cipher})
    period = {"first_day": "2026-01-01", "last_day": "2026-01-31", "script": "your-turn"}
    for subject in ({"call_id": str(call)}, {"phone": PHONE}, period):
        answer = await operator_client.post(DESK, json={**subject, "reason": "dispute 7"}, params=QUERY)
        assert answer.status_code == 201, answer.text
    again = await operator_client.post(DESK, json={**period, "reason": "dispute 7"}, params=QUERY)
    assert again.json() == answer.json(), "the same for the same reason is one hold"
    theirs = (await client.get("/api/v1/legal-holds")).json()["items"]
    assert [(one["kind"], one["callee"], one["script"]) for one in theirs] == [
        ("period", None, "your-turn"),
        ("callee", "138****5678", None),
        ("call", "138****5678", None),
    ]
    assert theirs[2]["queue_number"] is not None
    assert datetime.fromisoformat(theirs[2]["call_at"]) == NOW
    ours = (await operator_client.get(DESK, params=QUERY)).json()["items"]
    # Whom the tenant called for which visit is not the operator's to know (row D8); whom it holds itself, it knows.
    assert [(one["kind"], one["callee"], one["queue_number"]) for one in ours] == [
        ("period", None, None),
        ("callee", "138****5678", None),
        ("call", None, None),
    ]
    assert ours[2]["call_at"] is not None
    lifted = await operator_client.post(f"{DESK}/{ours[1]['id']}/lift", params=QUERY)
    assert lifted.json()["lifted_by"] == lifted.json()["held_by"]

    async def found(**more: Any) -> list[str]:
        answer = await client.get("/api/v1/legal-holds", params=more)
        return [one["kind"] for one in answer.json()["items"]]

    assert await found(standing=True) == ["period", "call"]
    assert await found(kind="callee") == ["callee"]
    first = await client.get("/api/v1/legal-holds", params={"limit": 2})
    assert await found(cursor=first.json()["next_cursor"]) == ["call"]
    history = (await client.get("/api/v1/history", params={"subject_kind": "hold"})).json()
    assert PHONE not in str(history)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "privacy.hold_invalid"),
        ({"phone": PHONE, "first_day": "2026-01-01", "last_day": "2026-01-02"}, "privacy.hold_invalid"),
        ({"first_day": "2026-01-02"}, "privacy.hold_invalid"),
        ({"first_day": "2026-01-02", "last_day": "2026-01-01"}, "privacy.hold_invalid"),
        ({"phone": PHONE, "script": "nothing"}, "privacy.hold_invalid"),
        ({"phone": PHONE, "ends_on": "2026-02-08"}, "privacy.hold_invalid"),
        ({"phone": "12345678"}, "privacy.hold_phone_invalid"),
        (
            {"first_day": "2026-01-01", "last_day": "2026-01-02", "script": "nothing"},
            "privacy.script_not_found",
        ),
    ],
)
async def test_given_a_hold_that_makes_no_sense_when_placed_then_refused(
    operator_client: httpx.AsyncClient, hall: Hall, body: dict[str, str], error: str
) -> None:
    answer = await operator_client.post(DESK, json={**body, "reason": "dispute 7"}, params=QUERY)
    assert answer.json()["id"] == error


def test_given_a_hold_that_ends_today_when_placed_then_today_stillcounts() -> None:
    wish = HoldWish(reason="x", call_id=UUID(int=1), ends_on=FIRST)
    assert kind_of(wish, FIRST) == "call"
    with pytest.raises(HoldInvalidError):
        kind_of(wish, FIRST + timedelta(days=1))
