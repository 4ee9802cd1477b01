"""What is too old goes, in the right order and nothing else; what a complaint is about stays."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.support.hall.builders import Hall
from tests.support.privacy.pruning import NOW, TABLES, TESTER, counts, erase, prune
from tests.support.privacy.rows import add_visit

from yunhu.domains.audit.public import record
from yunhu.domains.privacy.kinds import DataKind
from yunhu.domains.privacy.public import hold_call, lift_hold
from yunhu.domains.privacy.removal import _STATEMENTS
from yunhu.foundation.db import Database
from yunhu.foundation.settings import Settings

OLD = NOW - timedelta(days=2000)


async def _visit(database: Database, hall: Hall, at: datetime, **more: Any) -> UUID:
    async with database.transaction() as session:
        return await add_visit(session, hall.tenant_id, at, **more)


async def test_given_old_and_young_visits_when_pruned_then_only_the_old_ones_go(
    database: Database, hall: Hall, settings: Settings
) -> None:
    for days in (1999, 1998, 1997, 20, 1):
        await _visit(database, hall, NOW - timedelta(days=days))
    await prune(database)
    # The calls wait for their recordings to be gone from the disk.
    assert (await counts(database))["calls"] == 5
    assert await erase(database, settings, NOW + timedelta(days=1, minutes=1)) == 3
    await prune(database, NOW + timedelta(days=2))
    assert await counts(database) == dict.fromkeys(TABLES, 2)


async def test_given_a_held_call_when_pruned_then_it_and_its_notification_stay_until_the_hold_is_lifted(
    database: Database, hall: Hall, settings: Settings
) -> None:
    held = await _visit(database, hall, OLD)
    await _visit(database, hall, OLD)
    async with database.transaction() as session:
        hold = await hold_call(
            session, TESTER, tenant_id=hall.tenant_id, call_id=held, reason="complaint 1", now=NOW
        )
        again = await hold_call(
            session, TESTER, tenant_id=hall.tenant_id, call_id=held, reason="complaint 1", now=NOW
        )
        assert hold.id == again.id
    for day in range(3):
        await prune(database, NOW + timedelta(days=day))
        await erase(database, settings, NOW + timedelta(days=day + 1, minutes=1))
    found = await counts(database)
    kept = ("calls", "recordings", "notifications", "timeline_entries", "sms_messages", "journeys")
    assert {found[table] for table in kept} == {1}
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT erase_due_at FROM recordings")) is None
        await lift_hold(session, TESTER, tenant_id=hall.tenant_id, hold_id=hold.id, now=NOW)
    for day in (3, 4, 5):
        await prune(database, NOW + timedelta(days=day))
        await erase(database, settings, NOW + timedelta(days=day + 1, minutes=1))
    assert set((await counts(database)).values()) == {0}


async def test_given_a_recording_whose_term_is_over_when_erased_then_file_goes_and_fact_stays(
    database: Database, hall: Hall, settings: Settings
) -> None:
    call = await _visit(database, hall, NOW - timedelta(days=200))
    async with database.transaction() as session:
        path = settings.recordings_dir / str(await session.scalar(text("SELECT path FROM recordings")))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    await prune(database)
    assert path.exists()
    assert await erase(database, settings, NOW) == 1
    assert not path.parent.exists()
    async with database.transaction() as session:
        row = (await session.execute(text("SELECT call_id, sha256, erased_at FROM recordings"))).one()
    assert (row.call_id, row.sha256, row.erased_at) == (call, b"\x00", NOW)


async def test_given_rows_that_somebody_has_locked_when_pruned_then_nobody_waits(
    database: Database, hall: Hall
) -> None:
    for _ in range(3):
        await _visit(database, hall, OLD, recorded=False)
    async with database.transaction() as session:
        await session.execute(text("SELECT FROM calls ORDER BY id LIMIT 1 FOR UPDATE"))
        await session.execute(text("SELECT FROM queue_events ORDER BY id LIMIT 1 FOR UPDATE"))
        await prune(database)
        found = await counts(database)
    assert (found["calls"], found["queue_events"]) == (1, 1)
    await prune(database, NOW + timedelta(days=1))
    assert set((await counts(database)).values()) == {0}


async def test_given_an_outbox_when_pruned_then_only_what_everybody_has_read_goes(
    database: Database, hall: Hall
) -> None:
    async def outbox() -> list[int]:
        async with database.transaction() as session:
            return list(await session.scalars(text("SELECT id FROM outbox ORDER BY id")))

    async with database.transaction() as session:
        await session.execute(text("DELETE FROM outbox"))
        for days in (40, 30, 20, 1):
            await session.execute(
                text(
                    "INSERT INTO outbox (tenant_id, type, subject_id, payload, at) VALUES (:t, 'x', :t, '{}', :at)"
                ),
                {"t": hall.tenant_id, "at": NOW - timedelta(days=days)},
            )
    first, second, third, last = await outbox()
    await prune(database)
    assert len(await outbox()) == 4
    async with database.transaction() as session:
        for subscriber, read in (("fast", last), ("slow", second)):
            await session.execute(
                text(
                    "INSERT INTO outbox_cursors (subscriber, xid, id) SELECT :s, xid, id FROM outbox WHERE id = :id"
                ),
                {"s": subscriber, "id": read},
            )
    await prune(database, NOW + timedelta(days=1))
    assert await outbox() == [third, last]
    assert first < second


async def test_given_old_audit_entries_when_pruned_then_both_chains_are_cut(database: Database) -> None:
    tenant = UUID(int=5)
    async with database.transaction() as session:
        await session.execute(
            text("INSERT INTO tenants (id, slug, name, created_at) VALUES (:id, 'a', 'a', now())"),
            {"id": tenant},
        )
        for tenant_id in (tenant, None):
            for at in (OLD, NOW):
                await record(session, TESTER, action="a.b", subject=("a", "1"), tenant_id=tenant_id, now=at)
    await prune(database)
    async with database.transaction() as session:
        rows = await session.execute(text("SELECT action FROM audit_entries ORDER BY chain, sequence"))
        assert list(rows.scalars()) == ["a.b", "audit.cut"] * 2


@pytest.mark.parametrize("kind", list(_STATEMENTS))
async def test_given_a_batch_when_planned_then_an_index_bounds_it(database: Database, kind: DataKind) -> None:
    statement = _STATEMENTS[kind]
    sample = {
        "tenant_id": UUID(int=1),
        "first": UUID(int=0),
        "last": UUID(int=9),
        "before": NOW,
        "now": NOW,
        "limit": 10,
    }
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        values = {name: sample[name] for name in statement.compile().params}
        plan = "\n".join(await session.scalars(text(f"EXPLAIN {statement.text}"), values))
    scanned = [line for line in plan.splitlines() if "Seq Scan" in line and "outbox_cursors" not in line]
    assert not scanned, plan


async def test_given_every_table_that_refers_to_what_is_removed_then_removal_knows_it(
    database: Database,
) -> None:
    known = {
        ("notifications", "journeys"),
        ("calls", "notifications"),
        ("sms_messages", "notifications"),
        ("timeline_entries", "notifications"),
        ("sms_parts", "sms_messages"),
        ("recordings", "calls"),
        ("call_cards", "calls"),
        ("callback_tries", "callback_deliveries"),
    }
    query = text(
        """
        SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
        WHERE contype = 'f' AND confrelid::regclass::text = ANY(:targets)
        """
    )
    targets = [*TABLES, "audit_entries", "outbox"]
    async with database.transaction() as session:
        found = {tuple(row) for row in await session.execute(query, {"targets": targets})}
    assert found <= known, f"rows of {found - known} would stop the removal: add them to privacy/removal.py"


async def test_given_terms_when_set_then_minimum_and_floor_hold(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, hall: Hall
) -> None:
    async def put(who: httpx.AsyncClient, path: str, days: int) -> httpx.Response:
        return await who.put(f"/api/v1/{path}", json={"days": days, "reason": "as agreed"})

    assert (await put(client, "retention/recordings", 29)).json()["details"] == {"least": 30}
    assert (await put(client, "retention/recordings", 30)).json()["days"] == 30
    assert (await put(operator_client, "operator/retention/recordings", 29)).status_code == 422
    assert (await put(operator_client, "operator/retention/recordings", 90)).json()["least"] == 90
    assert (await put(client, "retention/recordings", 60)).json()["id"] == "privacy.term_too_short"
    assert (await put(client, "retention/outbox", 60)).json()["id"] == "privacy.kind_of_operator"
    assert (await put(client, "retention/audit", 182)).json()["details"] == {"least": 183}
    assert (await put(client, "retention/nothing", 182)).status_code in (400, 404)
    shown = {term["kind"]: term for term in (await client.get("/api/v1/retention")).json()}
    assert (shown["recordings"]["days"], shown["recordings"]["least"]) == (90, 90)
    assert "outbox" not in shown
    theirs = await operator_client.get("/api/v1/operator/retention", params={"tenant": "yanta"})
    assert theirs.json() == list(shown.values())
    assert "outbox" in {
        term["kind"] for term in (await operator_client.get("/api/v1/operator/retention")).json()
    }
    query = {"subject_kind": "retention", "subject_id": "recordings"}
    [entry] = (await client.get("/api/v1/history", params=query)).json()["items"]
    assert (entry["changes"], entry["reason"]) == (
        [{"name": "days", "before": None, "after": "30"}],
        "as agreed",
    )


async def test_given_holds_when_placed_over_http_then_they_are_listed_and_lifted(
    operator_client: httpx.AsyncClient, client: httpx.AsyncClient, database: Database, hall: Hall
) -> None:
    call = await _visit(database, hall, NOW)
    path, query = "/api/v1/operator/legal-holds", {"tenant": "yanta"}
    missing = {"call_id": str(hall.tenant_id), "reason": "complaint 2"}
    answer = await operator_client.post(path, json=missing, params=query)
    assert answer.json()["id"] == "privacy.hold_not_found"
    body = {"call_id": str(call), "reason": "complaint 2"}
    made = (await operator_client.post(path, json=body, params=query)).json()
    assert (await operator_client.post(path, json=body, params=query)).json() == made
    lifted = await operator_client.post(f"{path}/{made['id']}/lift", params=query)
    assert lifted.json()["lifted_at"] is not None
    assert (await operator_client.get(path, params=query)).json()["items"] == [lifted.json()]
    [own] = (await client.get("/api/v1/legal-holds")).json()["items"]
    assert own == {**lifted.json(), "queue_number": own["queue_number"]}, "its own calls"
    unknown = await operator_client.get(path, params={"tenant": "nobody"})
    assert unknown.json()["id"] == "privacy.tenant_unknown"
