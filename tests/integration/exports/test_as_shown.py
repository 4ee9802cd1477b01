"""An export takes over a table as it is seen: its columns in their order, its sort, the reader's language."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.support.hall.builders import Hall
from tests.support.reports.history import History, begin_history
from tests.support.reports.sheet import rows_of

from yunhu.domains.tasks.public import TaskWorker
from yunhu.entrypoints.chores import all_handlers
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.http import Services

_FORMULA = "=HYPERLINK(1)"


@pytest.fixture
async def history(database: Database, hall: Hall, vault: Vault, clock: ManualClock) -> History:
    """Three visits, one every five minutes, to windows 1 to 3."""
    written = await begin_history(database, hall, vault, clock.now())
    async with database.transaction() as session:
        for number in range(3):
            at = clock.now() + timedelta(minutes=5 * number)
            await written.visit(session, at, matter=_FORMULA, window=str(number + 1))
    return written


async def _book(client: httpx.AsyncClient, services: Services, **body: Any) -> bytes:
    answer = await client.post("/api/v1/exports", json=body)
    assert answer.status_code == 202, answer.text
    assert await TaskWorker(services.database, services.clock, all_handlers(services)).run_one()
    path = f"/api/v1/exports/{answer.json()['task_id']}"
    task = (await client.get(path)).json()
    assert task["state"] == "done", task["message"]
    return (await client.get(f"{path}/content")).content


async def test_given_columns_and_the_oldest_first_when_exported_then_the_workbook_is_as_the_table_was(
    client: httpx.AsyncClient, services: Services, database: Database, history: History
) -> None:
    columns = ["window", "matter", "result", "callee", "script"]
    book = await _book(client, services, offer="calls", columns=columns, sort="reserved_at", language="zh")
    head, *rows = rows_of(book)
    assert head == ["窗口", "事项", "结果", "被叫号码", "话术"]
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert {tuple(row[1:3]) for row in rows} == {(f"'{_FORMULA}", "已接听")}
    assert all("****" in row[3] and row[4] for row in rows)
    assert dict(rows_of(book, 2))["排序"] == "呼叫时间，从旧到新"
    async with database.transaction() as session:
        changes = await session.scalar(
            text("SELECT changes FROM audit_entries WHERE action = 'export.start'")
        )
    assert ", ".join(columns) in str(changes)


async def test_given_a_reader_of_english_when_the_newest_come_first_then_so_it_is_and_in_english(
    client: httpx.AsyncClient, services: Services, history: History
) -> None:
    wish = {"columns": ["window", "result"], "sort": "-reserved_at", "language": "en"}
    book = await _book(client, services, offer="calls", **wish)
    assert rows_of(book) == [["Window", "Result"], ["3", "answered"], ["2", "answered"], ["1", "answered"]]
    assert dict(rows_of(book, 2))["Sorted by"] == "Called at, newest first"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", ["撤销授权", "grant.revoke", "授权"]),
        ("en", ["Revoked a grant", "grant.revoke", "Grant"]),
    ],
)
async def test_given_the_audit_log_when_exported_then_actions_and_fields_are_in_the_readers_words(
    client: httpx.AsyncClient, services: Services, clock: ManualClock, language: str, told: list[str]
) -> None:
    expires_at = (clock.now() + timedelta(days=1)).isoformat()
    wish = {"kinds": ["calls"], "purpose": "=1+1 核查", "expires_at": expires_at}
    given = await client.post("/api/v1/grants", json=wish)
    assert given.is_success, given.text
    revoked = await client.post(f"/api/v1/grants/{given.json()['id']}/revoke")
    assert revoked.is_success, revoked.text
    columns = ["action", "action_word", "subject_kind", "changes", "reason"]
    filters = {"action": "grant"}
    book = await _book(client, services, offer="audit", columns=columns, filters=filters, language=language)
    _, newest, oldest = rows_of(book)
    assert newest[:3] == told
    assert {"en": "kinds: [", "zh": "范围：["}[language] in oldest[3]
    assert oldest[4] == "'=1+1 核查"


@pytest.mark.parametrize(
    ("body", "id_", "details"),
    [
        ({"sort": "window"}, "exports.sort_unknown", {"sort": "window", "sorts": ["reserved_at"]}),
        ({"sort": "-callee"}, "exports.sort_unknown", {"sort": "-callee", "sorts": ["reserved_at"]}),
        ({"columns": ["window", "secret"]}, "exports.column_unknown", {"column": "secret"}),
        ({"offer": "report_calls", "sort": "key"}, "exports.sort_unknown", {"sort": "key", "sorts": []}),
        ({"sort": "reserved_at desc"}, "request.invalid", None),
        ({"columns": []}, "request.invalid", None),
    ],
)
async def test_given_what_the_list_does_not_have_when_it_is_asked_for_then_refused_at_once(
    client: httpx.AsyncClient, body: Mapping[str, Any], id_: str, details: Mapping[str, Any] | None
) -> None:
    filters = {"from": "2026-02-01", "to": "2026-02-09"} if "offer" in body else {}
    answer = await client.post("/api/v1/exports", json={"offer": "calls", "filters": filters, **body})
    told = answer.json()
    assert (told["status"], told["id"]) == (422 if details else 400, id_), told
    if details is not None:
        assert told["details"] == details


async def test_given_the_offers_when_listed_then_each_says_what_it_can_be_sorted_by(
    client: httpx.AsyncClient,
) -> None:
    offers = {one["name"]: one for one in (await client.get("/api/v1/exports/offers")).json()}
    assert (offers["calls"]["sorts"], offers["caller_numbers"]["sorts"]) == (["reserved_at"], [])
    assert offers["calls"]["has_phones"]
    assert not offers["audit"]["has_phones"]
