"""The ledger, closed months, alarms and reconciliation over real calls' records."""

import csv
import io
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.support.billing.builders import ledger_sums, small_contract

from yunhu.domains.billing import closing
from yunhu.domains.billing.call_details import CallDetailFormat, read_call_details
from yunhu.domains.billing.closing import close_month
from yunhu.domains.billing.errors import CallDetailsInvalidError, MonthClosedError, MonthNotOverError
from yunhu.domains.billing.jobs import (
    accrue,
    follow_contracts,
    post_yesterday,
    settle_forgotten,
    tell_alarms,
)
from yunhu.domains.billing.public import hold, settle_call
from yunhu.domains.billing.reconciliation import ReconciliationWish, reconcile
from yunhu.domains.billing.statements import LINES
from yunhu.domains.billing.verification import verify
from yunhu.domains.contracts.drafts import SignWish
from yunhu.domains.contracts.events import journal_of
from yunhu.domains.contracts.public import ItemKind
from yunhu.domains.contracts.supplements import add_supplement, sign_supplement
from yunhu.domains.contracts.wishes import SupplementWish
from yunhu.domains.documents.public import DocumentStore, document_by_id, open_document
from yunhu.foundation.actor import system
from yunhu.foundation.calendar import WorkingCalendar
from yunhu.foundation.clock import ManualClock, natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone

ACTOR = system("test")


async def metered(database: Database, tenant_id: UUID, clock: ManualClock, *kinds: ItemKind) -> UUID:
    call_id = new_id()
    async with database.transaction() as session:
        for kind in kinds:
            assert await hold(session, call_id=call_id, tenant_id=tenant_id, kind=kind, now=clock.now())
    async with database.transaction() as session:
        for kind in kinds:
            said = await settle_call(session, call_id=call_id, kind=kind, answered=True, now=clock.now())
            assert said == "charged"
    return call_id


async def contradictions(database: Database) -> set[str]:
    async with database.transaction() as session:
        return {found.check for found in await verify(session)}


async def work(database: Database, clock: ManualClock) -> None:
    for step in (follow_contracts, post_yesterday, accrue, settle_forgotten):
        more = True
        while more:
            async with database.transaction() as session:
                more = await step(session, clock.now())


async def test_given_a_year_of_months_when_closed_then_every_fen_is_told_once(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    clock.set(datetime.fromisoformat("2026-01-01T01:00:00+00:00"))
    tenant_id, contract_id = await small_contract(database, clock.now(), quota=24, price=101, prepayment=516)
    store = DocumentStore(tmp_path, Vault(bytes(range(32))))
    rows = []
    for month in range(1, 13):
        await metered(database, tenant_id, clock, ItemKind.VOICE_NOTIFICATION, ItemKind.CALL_CARD)
        await metered(database, tenant_id, clock, ItemKind.VOICE_NOTIFICATION, ItemKind.CALL_CARD)
        with pytest.raises(MonthNotOverError):
            await close_month(database, store, contract_id, natural_day(clock.now()), ACTOR, clock.now())
        clock.set(datetime(2026 + month // 12, month % 12 + 1, 1, 1, tzinfo=clock.now().tzinfo))
        await work(database, clock)
        rows.append(await close_month(database, store, contract_id, date(2026, month, 3), ACTOR, clock.now()))
    assert sum(row.gross for row in rows) == 365 + 101 + 50
    assert (sum(row.net for row in rows), sum(row.vat for row in rows)) == (487, 29)
    assert [row.number for row in rows] == [f"DZ2026-{count:06d}" for count in range(1, 13)]
    sums = await ledger_sums(database)
    assert sums == {"bank": 516, "revenue": -487, "vat": -29, "prepayment": 0}
    assert sum(sums.values()) == 0
    assert await contradictions(database) <= {"pieces_equal_calls"}  # these calls were never placed
    async with database.transaction() as session:
        page = await document_by_id(session, rows[0].pdf_document_id, tenant_id)
    content = b"".join([piece async for piece in open_document(store, page)])
    assert content.startswith(b"%PDF-")


async def test_given_a_closed_month_when_closed_again_or_charged_late_then_it_does_not_change(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    clock.set(datetime.fromisoformat("2026-01-01T01:00:00+00:00"))
    tenant_id, contract_id = await small_contract(database, clock.now())
    store = DocumentStore(tmp_path, Vault(bytes(range(32))))
    clock.set(datetime.fromisoformat("2026-01-31T15:59:00+00:00"))
    late, before_midnight = new_id(), clock.now()
    async with database.transaction() as session:
        kind = ItemKind.VOICE_NOTIFICATION
        assert await hold(session, call_id=late, tenant_id=tenant_id, kind=kind, now=before_midnight)
    clock.set(datetime.fromisoformat("2026-02-01T01:00:00+00:00"))
    closed = await close_month(database, store, contract_id, date(2026, 1, 1), ACTOR, clock.now())
    # A node whose clock runs behind.
    async with database.transaction() as session:
        await settle_call(session, call_id=late, answered=True, now=before_midnight)
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT day FROM meter_entries")) == date(2026, 2, 1)
    with pytest.raises(MonthClosedError) as told:
        await close_month(database, store, contract_id, date(2026, 1, 1), ACTOR, clock.now())
    assert told.value.details["statement_id"] == str(closed.id)
    for statement in (
        "UPDATE statements SET gross = 0",
        "DELETE FROM ledger_lines",
        "DELETE FROM ledger_entries",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.transaction() as session:
                await session.execute(text(statement))


async def test_given_a_term_that_a_supplement_makes_longer_when_it_ends_then_time_costs_its_price_once(
    database: Database, clock: ManualClock
) -> None:
    clock.set(datetime.fromisoformat("2026-01-01T01:00:00+00:00"))
    _, contract_id = await small_contract(database, clock.now())
    clock.set(datetime.fromisoformat("2026-07-01T01:00:00+00:00"))
    await work(database, clock)
    assert await accrued_so_far(database) == 181
    wish = SupplementWish(
        number="S-1", reason="longer", effective_on=date(2026, 7, 1), new_last_day=date(2027, 12, 31)
    )
    async with database.transaction() as session, journal_of(session, ACTOR, clock.now()) as journal:
        part = await add_supplement(journal, contract_id, wish)
        signature = SignWish(signed_on=date(2026, 7, 1), signed_by="both")
        await sign_supplement(journal, contract_id, part.id, signature, WorkingCalendar())
    clock.set(datetime.fromisoformat("2026-08-01T01:00:00+00:00"))
    await work(database, clock)
    # 212 of 730 days now: July takes back what the shorter term had too much.
    assert await accrued_so_far(database) == 106
    clock.set(datetime.fromisoformat("2028-01-01T01:00:00+00:00"))
    await work(database, clock)
    assert await accrued_so_far(database) == 365
    assert await contradictions(database) == set()


async def accrued_so_far(database: Database) -> int:
    async with database.transaction() as session:
        query = text(
            "SELECT sum(l.amount)::bigint FROM ledger_entries AS e JOIN ledger_lines AS l ON l.entry_id = e.id"
            " WHERE e.kind = 'accrual' AND l.account = 'prepayment'"
        )
        return int(await session.scalar(query) or 0)


async def test_given_a_crash_after_a_month_was_shut_when_closed_again_then_its_papers_are_made(
    database: Database, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set(datetime.fromisoformat("2026-01-01T01:00:00+00:00"))
    tenant_id, contract_id = await small_contract(database, clock.now())
    await metered(database, tenant_id, clock, ItemKind.VOICE_NOTIFICATION)
    store = DocumentStore(tmp_path, Vault(bytes(range(32))))
    clock.set(datetime.fromisoformat("2026-02-01T01:00:00+00:00"))
    with monkeypatch.context() as patch:
        patch.setattr(closing, "paper_pdf", _dies)
        with pytest.raises(RuntimeError, match="power"):
            await close_month(database, store, contract_id, date(2026, 1, 1), ACTOR, clock.now())
    await metered(database, tenant_id, clock, ItemKind.VOICE_NOTIFICATION)
    closed = await close_month(database, store, contract_id, date(2026, 1, 1), ACTOR, clock.now())
    assert (closed.number, closed.gross) == ("DZ2026-000001", 31 + 5)
    with pytest.raises(MonthNotOverError):
        await close_month(database, store, contract_id, date(2026, 2, 1), ACTOR, clock.now())


def _dies(_paper: object) -> bytes:
    raise RuntimeError("power is gone")


async def test_given_a_carriers_clock_that_is_ahead_when_compared_then_calls_of_one_person_do_not_cross(
    database: Database, clock: ManualClock
) -> None:
    vault = Vault(bytes(range(32)))
    tenant_id, _ = await small_contract(database, clock.now())
    start = datetime.fromisoformat("2026-03-02T02:00:00+00:00")
    lines = [["caller", "callee", "start", "duration"]]
    for n in range(5):
        await _calls(database, vault, tenant_id, start, [(f"1381234567{n}", 10)])
        lines.append(["02988880000", f"1381234567{n}", "2026-03-02 10:00:40", "10"])
    # The same person twice within a minute; the carrier's clock is 40 seconds ahead.
    for seconds, at in ((12, start), (33, start + timedelta(seconds=50))):
        await _calls(database, vault, tenant_id, at, [("13912345678", seconds)])
    lines.append(["02988880000", "13912345678", "2026-03-02 10:00:40", "12"])
    lines.append(["02988880000", "13912345678", "2026-03-02 10:01:30", "33"])
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    wish = ReconciliationWish(first_day=date(2026, 3, 1), last_day=date(2026, 3, 31))
    records = read_call_details(io.StringIO(out.getvalue()), wish.format, vault)
    async with database.transaction() as session:
        run = await reconcile(session, tenant_id, wish, records, now=clock.now(), by="test")
    assert (run.offset_seconds, run.matched, run.counts) == (40, 7, {})


async def test_given_a_year_of_pieces_when_a_statement_adds_them_then_the_index_alone_is_read(
    database: Database, clock: ManualClock
) -> None:
    tenant_id, contract_id = await small_contract(database, clock.now())
    await metered(database, tenant_id, clock, ItemKind.VOICE_NOTIFICATION)
    async with database.engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await plain.exec_driver_sql("VACUUM ANALYZE meter_entries")
    values = {"contract_id": contract_id, "first": date(2026, 2, 1), "last": date(2026, 2, 28)}
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        await session.execute(text("SET LOCAL enable_bitmapscan = off"))
        plan = (await session.scalars(text(f"EXPLAIN {LINES.text}"), values)).all()
    assert any("Index Only Scan using ix_meter_entries_statement" in line for line in plan), plan


async def test_given_lines_that_do_not_balance_when_committed_then_the_database_refuses(
    database: Database, clock: ManualClock
) -> None:
    tenant_id, contract_id = await small_contract(database, clock.now())
    values = {"id": new_id(), "tenant_id": tenant_id, "contract_id": contract_id, "now": clock.now()}
    with pytest.raises(DBAPIError, match="does not balance"):
        await _post_one_side(database, values)


async def test_given_a_quota_that_runs_out_when_looked_at_then_each_level_is_told_once(
    database: Database, clock: ManualClock
) -> None:
    tenant_id, _ = await small_contract(database, clock.now(), quota=5)
    for _ in range(5):
        await metered(database, tenant_id, clock, ItemKind.VOICE_NOTIFICATION)
        for _ in range(2):
            async with database.transaction() as session:
                await tell_alarms(session, clock.now())
    async with database.transaction() as session:
        found = await session.scalars(
            text("SELECT payload ->> 'percent' FROM outbox WHERE type = 'quota.alarm' ORDER BY id")
        )
        assert sorted(found.all()) == ["100", "80", "95"]


async def test_given_books_that_were_tampered_with_when_verified_then_each_contradiction_is_told(
    database: Database, clock: ManualClock
) -> None:
    tenant_id, _ = await small_contract(database, clock.now())
    await metered(database, tenant_id, clock, ItemKind.VOICE_NOTIFICATION)
    clock.advance(timedelta(days=1))
    await work(database, clock)
    assert await contradictions(database) == {"pieces_equal_calls"}
    async with database.transaction() as session:
        await session.execute(text("UPDATE quota_periods SET used = used + 1"))
        await session.execute(text("UPDATE billing_accounts SET recognised = 1"))
    assert await contradictions(database) == {
        "pieces_equal_calls",
        "quota_equals_pieces",
        "pieces_make_the_price",
        "account_equals_ledger",
    }


async def test_given_a_carriers_file_when_compared_then_each_difference_has_its_cause(
    database: Database, clock: ManualClock
) -> None:
    vault = Vault(bytes(range(32)))
    tenant_id, _ = await small_contract(database, clock.now())
    start = datetime.fromisoformat("2026-03-02T02:00:00+00:00")
    calls = [(f"1381234567{n}", 10 if n != 5 else None) for n in range(8)]
    await _calls(database, vault, tenant_id, start, calls)
    at = "2026-03-02 10:00:0"
    lines = [["caller", "callee", "start", "duration"]]
    lines += [["02988880000", "13812345670", f"{at}1", "10"]]  # agrees
    lines += [["02988880000", "13812345671", f"{at}1", "25"]]  # duration
    lines += [["02988889999", "13812345672", f"{at}1", "10"]]  # caller number
    lines += [["02988880000", "13812345673", f"{at}1", "10"]] * 2  # duplicate
    lines += [["02988880000", "13812345674", f"{at}1", "0"]]  # not answered there
    lines += [["02988880000", "13812345675", f"{at}1", "9"]]  # not answered here
    lines += [["02988880000", "13812345679", f"{at}1", "9"]]  # missing here
    lines += [["02988880000", "13812345676", "2026-04-02 10:00:01", "9"]]  # outside, and missing there
    lines += [["02988880000", "nobody", "never", "x"]]
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    wish = ReconciliationWish(first_day=date(2026, 3, 1), last_day=date(2026, 3, 31))
    records = read_call_details(io.StringIO(out.getvalue()), wish.format, vault)
    async with database.transaction() as session:
        run = await reconcile(session, tenant_id, wish, records, now=clock.now(), by="test")
    assert (run.theirs, run.ours, run.matched) == (10, 8, 6)
    assert run.counts == {
        "duration_differs": 1,
        "caller_number_differs": 1,
        "duplicate_there": 1,
        "not_answered_there": 1,
        "not_answered_here": 1,
        "missing_here": 1,
        "outside_period": 1,
        "missing_there": 2,
        "unreadable_row": 1,
    }


def test_given_a_file_without_a_column_when_read_then_it_is_named() -> None:
    with pytest.raises(CallDetailsInvalidError) as told:
        list(read_call_details(iter(["caller,callee\r\n"]), CallDetailFormat(), Vault(bytes(range(32)))))
    assert told.value.details["columns"] == ["start", "duration"]


async def _calls(database: Database, vault: Vault, tenant_id: UUID, start: datetime, calls: Any) -> None:
    """Ended calls; what they hang on does not matter here."""
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for phone, seconds in calls:
            answered = start if seconds is not None else None
            await session.execute(
                text(
                    "INSERT INTO calls (id, tenant_id, notification_id, attempt, callee_cipher, callee_index, day,"
                    " caller_number, caller_number_id, trunk_id, robot_id, node_id, script_version_id, text, verdict,"
                    " state, reserved_at, answered_at, ended_at, result) VALUES (:id, :tenant_id, :id, 1, '', :index,"
                    " '2026-03-02', '+862988880000', :id, :id, :id, :id, :id, '', '{}', 'ended', :start, :answered,"
                    " :ended, 'answered')"
                ),
                {
                    "id": new_id(),
                    "tenant_id": tenant_id,
                    "index": vault.index_of(Phone.parse(phone)),
                    "start": start,
                    "answered": answered,
                    "ended": start + timedelta(seconds=seconds or 0),
                },
            )


async def _post_one_side(database: Database, values: dict[str, object]) -> None:
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO ledger_entries (id, tenant_id, contract_id, kind, source, day, at)"
                " VALUES (:id, :tenant_id, :contract_id, 'payment', 'x', CAST(:now AS timestamptz)::date, :now)"
            ),
            values,
        )
        await session.execute(
            text("INSERT INTO ledger_lines VALUES (:id, 1, :tenant_id, 'bank', NULL, 5)"), values
        )
