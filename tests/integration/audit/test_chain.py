"""Audit chains in the database: what an entry holds, and what the database itself refuses."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from yunhu.domains.audit.public import look, record
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id

ANN = Actor(ActorKind.USER, "ann", UUID(int=7))
TENANT = UUID(int=42)


async def _record(database: Database, tenant_id: UUID | None = TENANT, **more: object) -> None:
    wish = {"action": "thing.change", "subject": ("thing", "1"), "before": {"a": 1}, "after": {"a": 2}} | more
    async with database.transaction() as session:
        await record(session, ANN, tenant_id=tenant_id, **wish)  # type: ignore[arg-type]


async def _entries(database: Database, tenant_id: UUID | None = TENANT) -> list[dict[str, object]]:
    async with database.transaction() as session:
        rows = await session.execute(
            text("SELECT * FROM audit_entries WHERE tenant_id IS NOT DISTINCT FROM :t ORDER BY sequence"),
            {"t": tenant_id},
        )
        return [dict(row) for row in rows.mappings()]


async def test_given_a_change_when_recorded_then_only_what_differs_is_kept(database: Database) -> None:
    before = {"state": "draft", "name": "x", "limits": {"hour": 3, "day": 9}, "gone": True}
    after = {"state": "signed", "name": "x", "limits": {"hour": 4, "day": 9}, "new": None}
    await _record(database, before=before, after=after, reason="signed on paper", address="10.0.0.1")
    [entry] = await _entries(database)
    assert entry["changes"] == [
        {"name": "gone", "before": "true", "after": None},
        {"name": "limits.hour", "before": "3", "after": "4"},
        {"name": "state", "before": "draft", "after": "signed"},
    ]
    assert (entry["actor_name"], entry["actor_id"], entry["reason"], entry["address"]) == (
        "ann",
        UUID(int=7),
        "signed on paper",
        "10.0.0.1",
    )


async def test_given_a_mobile_number_in_a_change_when_recorded_then_it_is_masked(database: Database) -> None:
    await _record(
        database, before={}, after={"to": "+8613812345678", "n": 13812345678}, reason="call 13812345678"
    )
    [entry] = await _entries(database)
    assert "1234" not in f"{entry['changes']}{entry['reason']}"
    assert "138****5678" in str(entry["reason"])


@pytest.mark.parametrize("odd", ["a\x00b", "\ud800", "x" * 100_000, "\u2028\x7f\x01 ﷽"])
async def test_given_text_that_cannot_be_stored_when_recorded_then_it_is_made_storable(
    database: Database, odd: str
) -> None:
    await _record(database, before={}, after={odd: odd}, reason=odd)
    [entry] = await _entries(database)
    assert len(str(entry["reason"])) <= 2000


async def test_given_many_at_once_when_recorded_then_each_chain_has_no_gap(database: Database) -> None:
    chains = [TENANT, UUID(int=43), None]
    await asyncio.gather(*(_record(database, chains[n % 3]) for n in range(30)))
    for chain in chains:
        entries = await _entries(database, chain)
        assert [entry["sequence"] for entry in entries] == list(range(1, 11))
        assert [entry["previous"] for entry in entries][1:] == [entry["hash"] for entry in entries][:-1]


async def test_given_a_transaction_that_fails_when_it_had_recorded_then_nothing_stays(
    database: Database,
) -> None:
    async with database.transaction() as session:
        await record(session, ANN, action="thing.change", subject=("thing", "1"), tenant_id=TENANT)
        await session.rollback()
    await _record(database)
    assert [entry["sequence"] for entry in await _entries(database)] == [1]


async def test_given_a_look_when_recorded_then_it_says_what_was_seen_and_why(database: Database) -> None:
    call = new_id()
    async with database.transaction() as session:
        await look(
            session, ANN, kind="phone", subject=("call", call), tenant_id=TENANT, reason="complaint 12"
        )
    [entry] = await _entries(database)
    assert (entry["kind"], entry["action"], entry["subject_id"]) == ("look", "look.phone", str(call))


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE audit_entries SET reason = 'other'",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "DELETE FROM audit_heads",
        "TRUNCATE audit_heads",
        "UPDATE audit_heads SET sequence = 0, hash = cut_hash",
        "UPDATE audit_heads SET hash = cut_hash",
        "UPDATE audit_heads SET sequence = sequence + 2, hash = cut_hash",
        "UPDATE audit_heads SET cut_sequence = 1",
        """INSERT INTO audit_entries SELECT chain, 7, tenant_id, kind, at, actor_kind, actor_name, actor_id, action,
           subject_kind, subject_id, changes, reason, address, hash, hash FROM audit_entries LIMIT 1""",
        """INSERT INTO audit_entries SELECT chain, 3, tenant_id, kind, at, actor_kind, actor_name, actor_id, action,
           subject_kind, subject_id, changes, reason, address, previous, hash FROM audit_entries WHERE sequence = 1""",
    ],
)
async def test_given_entries_when_somebody_alters_them_then_the_database_refuses(
    database: Database, forgery: str
) -> None:
    await _record(database)
    await _record(database)
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await session.execute(text(forgery))
    assert len(await _entries(database)) == 2


async def test_given_young_entries_behind_a_cut_when_deleted_then_the_database_refuses(
    database: Database,
) -> None:
    await _record(database, now=datetime.now(UTC) - timedelta(days=182))
    async with database.transaction() as session:
        await session.execute(text("UPDATE audit_heads SET cut_sequence = 1, cut_hash = hash"))
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await session.execute(text("DELETE FROM audit_entries"))
