"""Import of consents: wholly or not at all, encrypted, with a report of what is bad."""

from typing import Any

import pytest
from sqlalchemy import text
from tests.support.dispatch.rig import rows

from yunhu.domains.consent import importing
from yunhu.domains.tasks.public import TaskWorker
from yunhu.entrypoints.chores import all_handlers
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.http import Services

HEADER = "phone,given_at,purpose,valid_until,reference\r\n"
GOOD = "".join(f"138000{n:05},2026-02-01 09:00,notice,,F-{n}\r\n" for n in range(1, 31))
CONSENTS = "SELECT count(*) FROM consents"


@pytest.fixture
def worker(settings, database, vault, clock) -> TaskWorker:
    from prometheus_client import CollectorRegistry

    services = Services(settings, database, vault, clock, CollectorRegistry())
    return TaskWorker(database, clock, all_handlers(services))


@pytest.fixture
def take(client, worker):
    async def run(content: str | bytes, **wish: Any) -> dict[str, Any]:
        data = content.encode() if isinstance(content, str) else content
        files = {"file": ("consents.csv", data, "text/csv")}
        uploaded = await client.post("/api/v1/documents?kind=consent_import", files=files)
        assert uploaded.status_code == 201, uploaded.text
        asked = {"document_id": uploaded.json()["id"], "purpose": "queue", **wish}
        answer = await client.post("/api/v1/consents/imports", json=asked)
        assert answer.status_code == 202, answer.text
        assert await worker.run_one()
        task = await client.get(f"/api/v1/tasks/{answer.json()['task_id']}")
        return {"document_id": asked["document_id"], **task.json()}

    return run


async def report_of(client, task: dict[str, Any]) -> str:
    answer = await client.get(f"/api/v1/documents/{task['result_document_id']}/content")
    return answer.content.decode("utf-8-sig")


async def count(database: Database) -> int:
    return int((await rows(database, CONSENTS))[0].count)


async def test_given_good_rows_when_imported_then_all_stand_encrypted_with_their_file_as_evidence(
    take, client, database, vault: Vault
):
    task = await take(HEADER + GOOD)
    assert (task["state"], task["report"]) == ("done", {"rows": 30, "imported": 30, "known": 0, "bad": 0})
    assert (task["done_units"], task["total_units"]) == (30, 30)
    kept = await rows(database, "SELECT * FROM consents ORDER BY reference")
    assert {(row.source, row.purpose, str(row.document_id)) for row in kept} == {
        ("import", "notice", task["document_id"])
    }
    assert {vault.open_phone(row.callee_cipher).dialled for row in kept} == {
        f"138000{n:05}" for n in range(1, 31)
    }
    assert all(b"138000" not in row.callee_cipher for row in kept)
    shown = (await client.get("/api/v1/consents", params={"phone": "13800000007", "standing": True})).json()
    assert [item["reference"] for item in shown["items"]] == ["F-7"]
    assert len(await rows(database, "SELECT 1 FROM audit_entries WHERE action = 'consent.import'")) == 1


async def test_given_one_bad_row_when_imported_then_nothing_is_and_the_report_names_it(
    take, client, database
):
    task = await take(HEADER + GOOD + "12,2026-02-01,,,\r\n13800000001,morgen,,,\r\n")
    assert (task["state"], task["report"]["bad"], task["report"]["imported"]) == ("failed", 2, 0)
    assert "2 of 32 rows" in task["message"]
    assert await count(database) == 0
    report = await report_of(client, task)
    assert [line.split(",")[:2] for line in report.splitlines()] == [
        ["line", "faults"],
        ["32", "phone"],
        ["33", "given_at"],
    ]
    assert "13800000001" not in report


async def test_given_bad_rows_to_be_skipped_when_imported_then_the_good_ones_stand(take, client, database):
    task = await take(HEADER + "12,2026-02-01,,,\r\n" + GOOD, skip_bad_rows=True)
    assert (task["state"], task["report"]) == ("done", {"rows": 31, "imported": 30, "known": 0, "bad": 1})
    assert await count(database) == 30
    assert "2,phone" in await report_of(client, task)


async def test_given_a_file_when_imported_again_then_nothing_is_doubled_and_withdrawals_hold(
    take, client, database, clock
):
    await take(HEADER + GOOD + GOOD[: GOOD.index("\n") + 1])
    assert await count(database) == 30
    [one] = (await client.get("/api/v1/consents", params={"phone": "13800000003"})).json()["items"]
    await client.post(f"/api/v1/consents/{one['id']}/withdraw", json={"reason": "x"})
    again = await take(HEADER + GOOD)
    assert again["report"] == {"rows": 30, "imported": 0, "known": 30, "bad": 0}
    [found] = await rows(database, "SELECT count(*) FROM consents WHERE withdrawn_at IS NULL")
    assert found.count == 29


async def test_given_gb18030_and_chinese_names_when_imported_then_read(take, database):
    content = "手机号码,同意时间,凭证编号\n13800000001,2026/2/1 9:00,表单甲\n".encode("gb18030")
    task = await take(content, encoding="gb18030")
    assert task["report"]["imported"] == 1
    [row] = await rows(database, "SELECT reference, purpose FROM consents")
    assert tuple(row) == ("表单甲", "queue")
    wrong = await take(content)
    assert wrong["state"] == "failed"


async def test_given_references_that_mean_something_to_a_copy_when_imported_then_they_stand_as_written(
    take, database
):
    references = [r"\N", r"\.", r"a\tb", "C:\\文件\\", '"say ""x"""']
    written = "".join(f"138000{n:05},2026-02-01,,,{one}\n" for n, one in enumerate(references, start=1))
    task = await take(HEADER + written)
    assert task["report"]["imported"] == len(references)
    kept = {row.reference for row in await rows(database, "SELECT reference FROM consents")}
    assert kept == {*references[:4], 'say "x"'}


async def test_given_a_file_when_imported_then_ids_are_of_version_7_and_in_the_order_of_the_callees(
    take, database
):
    await take(HEADER + GOOD)
    kept = await rows(database, "SELECT id, callee_index FROM consents ORDER BY id")
    assert {row.id.version for row in kept} == {7}
    assert [row.callee_index for row in kept] == sorted(row.callee_index for row in kept)


async def test_given_an_unknown_column_when_imported_then_refused_before_any_row(take, database):
    task = await take("phone,given_at,price\n13800000001,2026-02-01,1\n")
    assert (task["state"], task["report"]["rows"]) == ("failed", 0)
    assert await count(database) == 0


async def test_given_many_blocks_when_imported_then_it_tells_how_far_it_is_and_can_be_cancelled(
    take, client, database, monkeypatch
):
    monkeypatch.setattr(importing, "_BLOCK", 200)
    seen: list[tuple[int, int]] = []

    async def watch(context, done, total=None):
        seen.append((done, total))
        if len(seen) == 3:
            async with database.transaction() as session:
                await session.execute(text("UPDATE tasks SET cancel_requested = true"))
        await context.alive()

    monkeypatch.setattr("yunhu.domains.tasks.worker.TaskContext.progress", watch)
    task = await take(HEADER + "".join(GOOD for _ in range(400)))
    assert task["state"] == "cancelled"
    assert await count(database) == 0
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert all(done <= total for done, total in seen)


async def test_given_somebody_elses_document_when_an_import_is_asked_for_then_there_is_none(
    client, operator_client
):
    files = {"file": ("consents.csv", HEADER.encode(), "text/csv")}
    uploaded = await operator_client.post("/api/v1/operator/documents?kind=consent_import", files=files)
    asked = {"document_id": uploaded.json()["id"], "purpose": "queue"}
    answer = await client.post("/api/v1/consents/imports", json=asked)
    assert (answer.status_code, answer.json()["id"]) == (404, "documents.not_found")
