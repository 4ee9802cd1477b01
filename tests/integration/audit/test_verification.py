"""`verify` finds what somebody with the database's own powers altered; a cut stays verifiable."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from yunhu.domains.audit.canonical import EntryForm, entry_hash
from yunhu.domains.audit.errors import AnchorUnreadableError, TooYoungToCutError
from yunhu.domains.audit.public import (
    OPERATOR_CHAIN,
    Anchor,
    ChainReport,
    anchor_line,
    anchors_now,
    append_anchors,
    cut_chain,
    read_anchors,
    record,
    remove_cut,
    verify_chains,
)
from yunhu.foundation.actor import Actor, ActorKind, system
from yunhu.foundation.db import Database

ANN = Actor(ActorKind.USER, "ann", UUID(int=7))
TENANT = UUID(int=42)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


async def _fill(database: Database, count: int = 6, *, start: datetime = NOW) -> None:
    for number in range(count):
        async with database.transaction() as session:
            await record(
                session,
                ANN,
                action="thing.change",
                subject=("thing", str(number)),
                tenant_id=TENANT,
                before={"n": number, "text": "旧"},
                after={"n": number + 1, "text": "新"},
                now=start + timedelta(days=number),
            )


async def _forge(database: Database, *statements: str) -> None:
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger fires
        for statement in statements:
            await session.execute(text(statement))


async def _verified(database: Database, anchors: list[Anchor] | None = None) -> ChainReport:
    reports = [report async for report in verify_chains(database, anchors or [])]
    return next(report for report in reports if report.chain == TENANT)


async def _anchors(database: Database) -> list[Anchor]:
    async with database.transaction() as session:
        return await anchors_now(session, NOW)


async def test_given_sound_chains_when_verified_then_every_entry_is_counted(database: Database) -> None:
    await _fill(database)
    async with database.transaction() as session:
        await record(session, system("test"), action="a.b", subject=("a", "1"), tenant_id=None)
    reports = [report async for report in verify_chains(database, await _anchors(database))]
    assert reports == [ChainReport(OPERATOR_CHAIN, 1, 0, 1), ChainReport(TENANT, 6, 0, 1)]


@pytest.mark.parametrize(
    ("forgery", "broken_at"),
    [
        ("UPDATE audit_entries SET actor_name = 'bob' WHERE sequence = 3", 3),
        ("UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE sequence = 2", 2),
        ("UPDATE audit_entries SET changes = '[]' WHERE sequence = 4", 4),
        ("UPDATE audit_entries SET reason = 'r' WHERE sequence = 6", 6),
        ("DELETE FROM audit_entries WHERE sequence = 3", 3),
        ("DELETE FROM audit_entries WHERE sequence = 1", 1),
        ("DELETE FROM audit_entries WHERE sequence >= 5", 5),
        ("DELETE FROM audit_entries", 1),
        (
            "UPDATE audit_heads SET sequence = 3, hash = (SELECT hash FROM audit_entries WHERE sequence = 3)",
            7,
        ),
        (
            "UPDATE audit_heads SET cut_sequence = 2, cut_hash = (SELECT hash FROM audit_entries WHERE sequence = 2)",
            3,
        ),
    ],
)
async def test_given_a_forgery_below_the_triggers_when_verified_then_the_first_broken_entry_is_named(
    database: Database, forgery: str, broken_at: int
) -> None:
    await _fill(database)
    await _forge(database, forgery)
    report = await _verified(database)
    assert report.broken_at == broken_at
    assert report.fault


async def test_given_a_chain_written_anew_when_verified_then_only_an_anchor_notices(
    database: Database,
) -> None:
    await _fill(database)
    anchors = await _anchors(database)
    await _rewrite(database)
    assert not (await _verified(database)).fault
    assert (await _verified(database, anchors)).broken_at == 6


async def _rewrite(database: Database) -> None:
    fields = EntryForm.__struct_fields__
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        rows = await session.execute(text("SELECT * FROM audit_entries ORDER BY sequence"))
        previous = bytes(32)
        for row in rows.mappings().all():
            form = EntryForm(
                **{name: row[name] for name in fields}
                | {"previous": previous, "at": row["at"].astimezone(UTC), "actor_name": "bob"}
            )
            values = {"p": previous, "h": entry_hash(form), "n": row["sequence"]}
            previous = values["h"]
            await session.execute(
                text(
                    "UPDATE audit_entries SET previous = :p, hash = :h, actor_name = 'bob' WHERE sequence = :n"
                ),
                values,
            )
        await session.execute(text("UPDATE audit_heads SET hash = :h"), {"h": previous})


async def test_given_the_newest_entries_taken_back_when_verified_then_an_anchor_notices(
    database: Database,
) -> None:
    await _fill(database)
    anchors = await _anchors(database)
    await _forge(
        database,
        "UPDATE audit_heads SET sequence = 4, hash = (SELECT hash FROM audit_entries WHERE sequence = 4)",
        "DELETE FROM audit_entries WHERE sequence > 4",
    )
    assert not (await _verified(database)).fault
    assert (await _verified(database, anchors)).broken_at == 5


async def test_given_a_chain_that_is_gone_when_verified_then_an_anchor_notices(database: Database) -> None:
    await _fill(database)
    anchors = await _anchors(database)
    await _forge(database, "DELETE FROM audit_entries", "DELETE FROM audit_heads")
    assert (await _verified(database, anchors)).broken_at == 0


async def test_given_anchors_in_a_file_when_read_back_then_they_are_the_same(
    database: Database, tmp_path: Path
) -> None:
    await _fill(database, 2)
    anchors = await _anchors(database)
    path = tmp_path / "audit" / "anchors.jsonl"
    append_anchors(path, anchors)
    append_anchors(path, anchors)
    assert read_anchors(path.read_text().splitlines()) == anchors * 2
    assert (await _verified(database, anchors * 2)).anchors == 1
    contradiction = Anchor(TENANT, 2, bytes(32), NOW)
    assert (await _verified(database, [*anchors, contradiction])).fault


@pytest.mark.parametrize("line", ["x", "{}", '{"chain":1}', anchor_line(Anchor(TENANT, 1, b"", NOW))[:-5]])
def test_given_a_damaged_anchor_file_when_read_then_the_line_is_named(line: str) -> None:
    with pytest.raises(AnchorUnreadableError) as caught:
        read_anchors(["", line])
    assert caught.value.details == {"line": 2}


async def test_given_old_entries_when_cut_then_the_rest_still_verifies(database: Database) -> None:
    await _fill(database, 6, start=datetime.now(UTC) - timedelta(days=188))
    anchors = await _anchors(database)
    now = datetime.now(UTC)
    before = now - timedelta(days=185, hours=12)
    async with database.transaction() as session:
        assert await cut_chain(session, ANN, TENANT, before, now) == 3
    async with database.transaction() as session:
        assert await remove_cut(session, TENANT, limit=2) == 2
    async with database.transaction() as session:
        assert await remove_cut(session, TENANT, limit=2) == 1
    async with database.transaction() as session:
        assert await remove_cut(session, TENANT) == 0
        assert await cut_chain(session, ANN, TENANT, before, now) == 0
    assert await _verified(database, anchors) == ChainReport(TENANT, 4, 3, 1)
    await _forge(database, "UPDATE audit_entries SET reason = 'r' WHERE sequence = 4")
    assert (await _verified(database)).broken_at == 4


async def test_given_young_entries_when_a_cut_is_wanted_then_it_is_refused(database: Database) -> None:
    await _fill(database)
    with pytest.raises(TooYoungToCutError):
        async with database.transaction() as session:
            await cut_chain(session, ANN, TENANT, NOW - timedelta(days=182), NOW)
