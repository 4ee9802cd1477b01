"""Exports over HTTP, made by a node's worker and a process of its own, read back as workbooks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from tests.support.hall.builders import Hall, build_hall
from tests.support.hall.plugin import client_of
from tests.support.reports.history import History, Told, begin_history
from tests.support.reports.sheet import moment, rows_of, sheet_names

from yunhu.domains.identity.public import TENANT_SCOPES, Scope
from yunhu.domains.tasks.public import TaskHandler, TaskWorker
from yunhu.entrypoints.chores import all_handlers, all_jobs
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.http import Services
from yunhu.foundation.jobs import JobMetrics, JobRunner

PHONE = "13912345678"
_FORMULA = "=HYPERLINK(1)"


@pytest.fixture
async def history(database: Database, hall: Hall, vault: Vault, clock: ManualClock) -> History:
    """Two calls to one phone, one about a matter that is written like a formula."""
    written = await begin_history(database, hall, vault, clock.now())
    async with database.transaction() as session:
        await written.visit(session, clock.now(), matter=_FORMULA, window="3", phone=PHONE)
        later = clock.now() + timedelta(minutes=5)
        await written.visit(session, later, Told(result="busy", talk=None), matter="社保", phone=PHONE)
    return written


async def test_given_a_list_of_calls_when_exported_then_the_workbook_has_them_masked_and_harmless(
    client: httpx.AsyncClient, services: Services, history: History
) -> None:
    task = await _export(client, services, offer="calls")
    assert (task["state"], task["done_units"], task["report"]["rows"]) == ("done", 2, 2)
    head, *rows = await _sheet(client, task)
    assert head[:3] == ["呼叫时间", "被叫号码", "外显号码"]
    newest, oldest = (dict(zip(head, row, strict=True)) for row in rows)
    assert newest["被叫号码"] == "139****5678"
    assert newest["结果"] == "忙线"
    assert oldest["事项"] == f"'{_FORMULA}"
    assert oldest["通话时长(秒)"] == 12
    assert f"{moment(oldest['呼叫时间']):%Y-%m-%d %H:%M}" == "2026-02-09 10:00"
    assert PHONE not in str(rows)


async def test_given_filters_and_columns_then_only_those_are_in_it(
    client: httpx.AsyncClient, services: Services, history: History
) -> None:
    task = await _export(
        client,
        services,
        offer="calls",
        filters={"result": "busy", "phone": PHONE},
        columns=["result", "callee"],
        language="en",
    )
    assert await _sheet(client, task) == [["Result", "Callee"], ["busy", "139****5678"]]


async def test_given_whole_numbers_for_a_reason_then_they_are_written_and_the_look_is_on_record(
    client: httpx.AsyncClient, services: Services, database: Database, history: History
) -> None:
    task = await _export(
        client, services, offer="calls", columns=["callee"], whole_phones=True, reason="核对投诉"
    )
    assert (await _sheet(client, task))[1:] == [[PHONE], [PHONE]]
    async with database.transaction() as session:
        found = await session.execute(
            text("SELECT action, reason FROM audit_entries WHERE subject_id = :id ORDER BY sequence"),
            {"id": task["id"]},
        )
        assert [tuple(row) for row in found] == [("export.start", "核对投诉"), ("look.phone", "核对投诉")]


async def test_given_whole_numbers_without_a_reason_or_the_permission_then_refused(
    client: httpx.AsyncClient, app: Litestar, database: Database, vault: Vault, clock: ManualClock
) -> None:
    answer = await client.post("/api/v1/exports", json={"offer": "calls", "whole_phones": True})
    assert (answer.status_code, answer.json()["id"]) == (422, "exports.reason_needed")
    scopes = sorted(TENANT_SCOPES - {Scope.PHONES_REVEAL})
    other = await build_hall(database, vault, clock.now(), slug="other", scopes=scopes)
    async with client_of(app, other.token) as theirs:
        body = {"offer": "calls", "whole_phones": True, "reason": "核对"}
        assert (await theirs.post("/api/v1/exports", json=body)).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "id_"),
    [
        ({"offer": "nothing"}, 404, "exports.offer_unknown"),
        ({"offer": "calls", "columns": ["secret"]}, 422, "exports.column_unknown"),
        ({"offer": "calls", "filters": {"colour": "red"}}, 422, "exports.list_refused"),
        ({"offer": "calls", "filters": {"phone": "12"}}, 422, "exports.list_refused"),
        ({"offer": "report_calls", "filters": {"colour": "red"}}, 400, "request.invalid"),
        (
            {"offer": "report_calls", "filters": {"from": "2026-02-09", "to": "2026-02-01"}},
            422,
            "reports.range_invalid",
        ),
    ],
)
async def test_given_an_impossible_export_then_it_is_refused_at_once(
    client: httpx.AsyncClient, body: Mapping[str, Any], status: int, id_: str
) -> None:
    answer = await client.post("/api/v1/exports", json=body)
    assert (answer.status_code, answer.json()["id"]) == (status, id_)


@pytest.mark.parametrize(
    ("offer", "rows"),
    [("notifications", 2), ("messages", 0), ("journeys", 0)],
)
async def test_given_every_list_then_it_can_be_exported(
    client: httpx.AsyncClient, services: Services, history: History, offer: str, rows: int
) -> None:
    assert (await _export(client, services, offer=offer))["report"]["rows"] == rows


async def test_given_a_report_when_exported_then_its_lines_and_total_are_in_it(
    client: httpx.AsyncClient, services: Services, history: History
) -> None:
    filters = {"by": "result", "from": "2026-02-09", "to": "2026-02-09"}
    task = await _export(
        client, services, offer="report_calls", filters=filters, columns=["key", "attempts", "answer_rate"]
    )
    assert (await _sheet(client, task))[1:] == [
        ["answered", 1, 1],
        ["busy", 1, 0],
        [None, 2, 0.5],
    ]


async def test_given_more_rows_than_a_batch_then_every_one_is_written_once(
    client: httpx.AsyncClient, services: Services, database: Database, history: History
) -> None:
    async with database.transaction() as session:
        for number in range(2100):
            at = services.clock.now() + timedelta(seconds=number)
            await history.notification(session, at)
    task = await _export(client, services, offer="notifications", columns=["id"])
    rows = await _sheet(client, task)
    assert len({row[0] for row in rows[1:]}) == len(rows) - 1 == 2102


async def test_given_a_week_later_then_the_file_is_erased(
    client: httpx.AsyncClient, services: Services, database: Database, clock: ManualClock, history: History
) -> None:
    task = await _export(client, services, offer="calls")
    runner = JobRunner(database, clock, all_jobs(services), JobMetrics(CollectorRegistry()))
    content = f"/api/v1/exports/{task['id']}/content"
    await runner.run_due()
    assert (await client.get(content)).status_code == 200
    clock.advance(timedelta(days=7, hours=2))
    await runner.run_due()
    assert (await client.get(content)).status_code == 410


async def test_given_a_writer_that_breaks_then_the_task_says_so(
    client: httpx.AsyncClient, services: Services, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUNHU_LOG_LEVEL", "no such level")
    monkeypatch.setattr("yunhu.domains.exports.tasks.environment_of", lambda _: {})
    task = await _export(client, services, offer="calls")
    assert (task["state"], task["result_document_id"]) == ("failed", None)
    assert "no such level" in task["message"]


async def _export(client: httpx.AsyncClient, services: Services, **body: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/exports", json=body)
    assert answer.status_code == 202, answer.text
    handlers: Mapping[str, TaskHandler] = all_handlers(services)
    assert await TaskWorker(services.database, services.clock, handlers).run_one()
    found: dict[str, Any] = (await client.get(f"/api/v1/tasks/{answer.json()['task_id']}")).json()
    return found


async def _sheet(client: httpx.AsyncClient, task: dict[str, Any]) -> list[list[Any]]:
    assert task["state"] == "done", task["message"]
    answer = await client.get(f"/api/v1/exports/{task['id']}/content")
    assert answer.status_code == 200
    assert len(sheet_names(answer.content)) == 2
    return rows_of(answer.content)
